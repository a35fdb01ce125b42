"""Which thread backend a fix uses when nobody says: the one that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_async_block import Config, Engine, FixOptions

BODY = "import time\n\nimport requests\n\n\nasync def f(url):\n    return requests.get(url)\n"


def fixed(root: Path, code: str, **others: str) -> str:
    (root / "app.py").write_text(code)
    for name, text in others.items():
        (root / name.replace("_", ".", 1)).write_text(text)
    (file,) = Engine(Config(root=root)).fix([root / "app.py"], FixOptions()).files
    return file.after.decode()


def test_nothing_in_use_means_the_standard_library(tmp_path: Path) -> None:
    after = fixed(tmp_path, BODY)
    assert "await asyncio.to_thread(requests.get, url)" in after
    assert "anyio" not in after


@pytest.mark.parametrize("package", ["anyio", "fastapi", "starlette"])
def test_what_the_file_imports(tmp_path: Path, package: str) -> None:
    assert "await anyio.to_thread.run_sync(" in fixed(tmp_path, f"import {package}\n{BODY}")


@pytest.mark.parametrize(
    ("name", "text", "uses_anyio"),
    [
        ("requirements_txt", "FastAPI>=0.100\n", True),
        ("requirements_txt", "aiohttp\nrequests\n", False),
        ("pyproject_toml", '[project]\ndependencies = ["starlette"]\n', True),
        ("pyproject_toml", '[project]\nname = "x"\ndependencies = ["sanic"]\n', False),
    ],
)
def test_what_the_project_needs(tmp_path: Path, name: str, text: str, uses_anyio: bool) -> None:
    assert ("anyio" in fixed(tmp_path, BODY, **{name: text})) == uses_anyio


def test_trio(tmp_path: Path) -> None:
    after = fixed(tmp_path, f"import trio\n{BODY}", requirements_txt="fastapi")
    assert "await trio.to_thread.run_sync(" in after
    both = fixed(tmp_path, f"import asyncio\nimport trio\n{BODY}", requirements_txt="")
    assert "await asyncio.to_thread(" in both


@pytest.mark.parametrize(
    ("imports", "call", "expected"),
    [
        ("import asyncio", "asyncio.to_thread", "asyncio.to_thread"),
        ("from asyncio import to_thread", "to_thread", "to_thread"),
        (
            "from fastapi.concurrency import run_in_threadpool",
            "run_in_threadpool",
            "run_in_threadpool",
        ),
        ("from anyio import to_thread", "to_thread.run_sync", "to_thread.run_sync"),
    ],
)
def test_what_the_file_calls_comes_first(
    tmp_path: Path, imports: str, call: str, expected: str
) -> None:
    code = f"import fastapi\n{imports}\n{BODY}\n\nasync def g():\n    await {call}(print)\n"
    assert f"return await {expected}(requests.get, url)" in fixed(tmp_path, code)


def test_most_calls_decide(tmp_path: Path) -> None:
    code = (
        f"import asyncio\nimport anyio.to_thread\n{BODY}\n\nasync def g():\n"
        "    await anyio.to_thread.run_sync(print)\n"
        "    await asyncio.to_thread(print, 1)\n    await asyncio.to_thread(print, 2)\n"
    )
    assert "return await asyncio.to_thread(requests.get, url)" in fixed(tmp_path, code)


@pytest.mark.parametrize(
    ("code", "others", "on_twisted"),
    [
        (f"from twisted.internet import defer\n{BODY}", {}, True),
        (f"import asyncio\nfrom twisted.internet import defer\n{BODY}", {}, False),
        (BODY, {"server_py": "from twisted.internet import reactor\n"}, True),
        (BODY, {"server_py": "import asyncio\nfrom twisted.internet import defer\n"}, False),
        (BODY, {"server_py": "twisted = 1\n"}, False),
    ],
)
def test_nothing_of_asyncio_is_awaited_on_the_reactor(
    tmp_path: Path, code: str, others: dict[str, str], on_twisted: bool
) -> None:
    after = fixed(tmp_path, code, **others)
    assert (after == code) == on_twisted
    for found in Engine(Config(root=tmp_path)).check([tmp_path / "app.py"]).diagnostics:
        assert ("deferToThread(requests.get, ...)" in found.remedy) == on_twisted
        assert ("Twisted's reactor" in (found.why_not or "")) == on_twisted


def test_a_loop_on_the_reactor(tmp_path: Path) -> None:
    code = "from twisted.internet import defer\n\n\nasync def f():\n    while True:\n        pass\n"
    assert fixed(tmp_path, code) == code
    own = code.replace("from twisted.internet import defer", "import asyncio")
    assert "        await asyncio.sleep(0)\n" in fixed(tmp_path, own)
