"""What findings about loops and offloading say, show, and plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_async_block import Config, Diagnostic, Engine
from flake8_async_block.model.diagnostic import Applicability


def check(directory: Path, text: str, *, cost: str = "bounded") -> tuple[Diagnostic, ...]:
    path = directory / "app.py"
    path.write_text(text)
    return Engine(Config(root=directory, cost=cost)).check([path]).diagnostics


def only(directory: Path, text: str, *, cost: str = "bounded") -> Diagnostic:
    (found,) = check(directory, text, cost=cost)
    return found


HELPERS = """\
def forever():
    while True:
        pass


def around():
    forever()


async def handler():
    around()
"""


def test_an_endless_helper_is_told_with_the_way_to_its_loop(tmp_path: Path) -> None:
    found = only(tmp_path, HELPERS)
    assert found.message == (
        "`around` never returns (`while True` in around → forever), in `async def handler`"
    )
    assert [(hop.line, hop.function, hop.text) for hop in found.trace] == [
        (11, "handler", "around()"),
        (7, "around", "forever()"),
        (2, "forever", "while True:"),
    ]
    assert found.fix is None
    assert found.why_not is not None


def test_a_helper_in_another_module(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("def forever():\n    while True:\n        pass\n")
    found = only(tmp_path, "import helpers\n\n\nasync def handler():\n    helpers.forever()\n")
    assert [hop.path for hop in found.trace] == ["app.py", "helpers.py"]


def test_an_endless_helper_that_also_blocks_is_one_finding(tmp_path: Path) -> None:
    text = HELPERS.replace("pass", "time.sleep(1)")
    assert [item.code for item in check(tmp_path, f"import time\n\n\n{text}")] == ["ASB301"]


@pytest.mark.parametrize(
    ("body", "applicability"),
    [("print()", Applicability.SAFE), ("ROWS.append(1)", Applicability.UNSAFE)],
)
def test_a_checkpoint_is_unsafe_where_state_is_shared(
    body: str, applicability: Applicability, tmp_path: Path
) -> None:
    text = f"ROWS = []\n\n\nasync def handler():\n    while True:\n        {body}\n"
    plan = only(tmp_path, text).fix
    assert plan is not None
    assert (plan.strategy, plan.applicability) == ("checkpoint", applicability)
    assert dict(plan.parameters) == {"backend": "asyncio"}


def test_the_pool_is_told_with_its_size(tmp_path: Path) -> None:
    text = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/watch")
def watch():
    while True:
        pass
"""
    found = only(tmp_path, text)
    assert found.code == "ASB304"
    assert "one of the pool's threads (40 by default)" in found.message
    assert str(found.handler) == "GET /watch"


def test_a_call_before_the_offload_is_told_once(tmp_path: Path) -> None:
    text = """\
import asyncio
import time


async def handler():
    await asyncio.to_thread(time.sleep(1))
"""
    found = only(tmp_path, text)
    assert found.code == "ASB401"
    assert found.message == (
        "`time.sleep` runs here, and only its result gets to `asyncio.to_thread`,"
        " in `async def handler`"
    )
    assert found.fix is not None
    assert (found.fix.strategy, found.fix.applicability) == ("unwrap", Applicability.SAFE)


def test_further_arguments_leave_open_which_call_they_are_for(tmp_path: Path) -> None:
    text = """\
import asyncio


def work():
    pass


async def handler():
    await asyncio.to_thread(work(), 2)
"""
    found = only(tmp_path, text)
    assert found.fix is None
    assert found.why_not == "it is not clear which call the further arguments are for"


@pytest.mark.parametrize(
    ("call", "why_not"),
    [
        ("threading.Timer(1, work(8))", "`threading.Timer` does not hand arguments on"),
        ("asgiref.sync.sync_to_async(work(8))", "`asgiref.sync.sync_to_async` does not hand"),
        ("loop.call_soon(time.sleep(1))", "the event loop would run it, and wait for it"),
    ],
)
def test_what_is_not_handed_on_is_not_unwrapped(call: str, why_not: str, tmp_path: Path) -> None:
    text = f"""\
import asyncio
import threading
import time

import asgiref.sync


def work(number):
    pass


async def handler(loop: asyncio.AbstractEventLoop):
    {call}
"""
    found = only(tmp_path, text)
    assert (found.code, found.fix) == ("ASB401", None)
    assert (found.why_not or "").startswith(why_not)


def test_a_forgotten_await_is_told(tmp_path: Path) -> None:
    text = "import asyncio\n\n\nasync def handler():\n    asyncio.sleep(1)\n"
    found = only(tmp_path, text)
    assert (found.code, found.fix) == ("ASB409", None)
    assert found.message == (
        "`asyncio.sleep` is not awaited, so nothing of it runs, in `async def handler`"
    )


def test_an_endless_function_in_a_shared_pool_is_told_with_the_way_to_its_loop(
    tmp_path: Path,
) -> None:
    text = f"import asyncio\n\n\n{HELPERS}".replace(
        "async def handler():\n    around()",
        "async def handler():\n    await asyncio.to_thread(around)",
    )
    found = only(tmp_path, text)
    assert found.code == "ASB304"
    assert "runs `around`, which never returns" in found.message
    assert [hop.function for hop in found.trace] == ["handler", "around", "forever"]


def test_foreign_keywords_are_named(tmp_path: Path) -> None:
    text = """\
import anyio.to_thread


async def handler():
    await anyio.to_thread.run_sync(print, sep="", end="", limiter=None)
"""
    found = only(tmp_path, text)
    assert found.message.startswith("`anyio.to_thread.run_sync` does not hand `sep=`, `end=` on")
    assert found.fix is not None
    assert found.fix.strategy == "partial"


def test_a_held_lock_is_told_once_also_where_locks_count(tmp_path: Path) -> None:
    text = """\
import asyncio
import threading

lock = threading.Lock()


async def handler():
    with lock:
        await asyncio.sleep(1)
"""
    found = only(tmp_path, text, cost="brief")
    assert found.code == "ASB406"
    assert found.message.startswith("`lock` stays locked during `await asyncio.sleep(1)`")


def test_waiting_for_the_own_loop_is_no_matter_for_a_thread(tmp_path: Path) -> None:
    text = """\
import asyncio


async def work():
    await asyncio.sleep(1)


async def handler(loop):
    asyncio.run_coroutine_threadsafe(work(), loop).result()
"""
    found = only(tmp_path, text)
    assert (found.code, found.fix) == ("ASB405", None)
    assert "await the coroutine itself" in found.remedy


def test_a_wrapper_may_start_what_it_is_given(tmp_path: Path) -> None:
    text = """\
import threading


def start(function):
    threading.Thread(target=function).start()


async def handler():
    start(print)
"""
    assert check(tmp_path, text) == ()


def test_nothing_of_it_without_the_rule(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(HELPERS)
    engine = Engine(Config(root=tmp_path, extend_ignore=("ASB3",)))
    assert engine.check([path]).diagnostics == ()
