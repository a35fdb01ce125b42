"""Every backend with every strategy that needs one, run for real.

The functions below block by name only; what they do is to say in which thread they were called.
"""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest
import trio

from flake8_async_block import Config, Engine, FixOptions

BACKENDS = ("anyio", "asyncio", "trio", "starlette", "executor")
BODIES = {
    "thread": "    return urlopen(url, timeout=3)\n",
    "helper": "    return helper(url, timeout=3)\n",
    "block": "    with urlopen(url) as answer:\n        text = answer.read()\n    return text\n",
    "native": "    time.sleep(0.001)\n    return url\n",
    "checkpoint": "    while True:\n        tick()\n",
}
HEAD = """\
import time
from urllib.request import urlopen


def helper(url, timeout):
    return urlopen(url, timeout=timeout)


async def fetch(url):
"""


class Answer:
    """What is read from it tells where it was opened and where it was read."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.threads = {threading.get_ident()}

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *error: object) -> None:
        self.threads.add(threading.get_ident())

    def read(self) -> Answer:
        self.threads.add(threading.get_ident())
        return self


def fixed(root: Path, strategy: str, backend: str) -> ModuleType:
    path = root / "app.py"
    path.write_text(HEAD + BODIES[strategy])
    engine = Engine(Config(root=root, backend=backend))
    options = FixOptions(unsafe=True, strategies=(strategy,))
    (file,) = engine.fix([path], options).files
    assert file.changed, file.refused
    assert not file.refused
    module = ModuleType("app")
    exec(compile(file.after, str(path), "exec"), vars(module))
    return module


def run(module: ModuleType, backend: str) -> object:
    if backend == "trio":
        return trio.run(module.fetch, "u")
    return asyncio.run(module.fetch("u"))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("strategy", ["thread", "helper", "block"])
def test_work_leaves_the_thread_of_the_loop(tmp_path: Path, strategy: str, backend: str) -> None:
    module = fixed(tmp_path, strategy, backend)
    vars(module)["urlopen"] = lambda url, **_: Answer(url)
    answer = run(module, backend)
    assert isinstance(answer, Answer)
    assert answer.url == "u"
    assert len(answer.threads) == 1
    assert threading.get_ident() not in answer.threads


@pytest.mark.parametrize("backend", BACKENDS)
def test_errors_come_back(tmp_path: Path, backend: str) -> None:
    module = fixed(tmp_path, "thread", backend)

    def refuse(url: str, timeout: int) -> None:
        raise ConnectionRefusedError(url, timeout)

    vars(module)["urlopen"] = refuse
    with pytest.raises(ConnectionRefusedError) as caught:
        run(module, backend)
    assert caught.value.args == ("u", 3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_sleep_is_awaited(tmp_path: Path, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = fixed(tmp_path, "native", backend)
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept on the loop"))
    assert run(module, backend) == "u"


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_endless_loop_pauses(tmp_path: Path, backend: str) -> None:
    module = fixed(tmp_path, "checkpoint", backend)

    rounds = iter(range(4))

    def tick() -> None:
        if next(rounds) == 3:
            raise KeyError

    vars(module)["tick"] = tick
    with pytest.raises(KeyError):
        run(module, backend)
