"""What a message says besides the call: how the project calls it, how often, and for whom."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from flake8_async_block import check_paths


def messages(tmp_path: Path, program: str) -> list[str]:
    (tmp_path / "pyproject.toml").write_text("[tool.async-block]\n")
    (tmp_path / "app.py").write_text(dedent(program))
    return [found.message for found in check_paths([tmp_path]).diagnostics]


def test_a_name_of_ones_own_comes_with_the_known_one(tmp_path: Path) -> None:
    program = """
        import time
        from time import sleep as nap

        async def f():
            nap(1)
            time.sleep(1)
    """
    assert messages(tmp_path, program) == [
        "`nap` (time.sleep) sleeps on the event loop, in `async def f`",
        "`time.sleep` sleeps on the event loop, in `async def f`",
    ]


def test_a_long_receiver_is_cut(tmp_path: Path) -> None:
    program = """
        from pathlib import Path

        async def f(directory, name):
            (Path(directory) / "templates" / f"{name}.html").read_text()
            Path(directory).read_text()
    """
    first, second = messages(tmp_path, program)
    assert first.startswith("`(…).read_text` reads or writes files")
    assert second.startswith("`Path(directory).read_text` reads or writes files")


@pytest.mark.parametrize(
    ("helper", "seldom"),
    [
        ("time.sleep(1)", ""),
        ("try: return 1 / x\n    except ZeroDivisionError: time.sleep(1)", "on an error path"),
        ("if x not in CACHE: CACHE[x] = time.sleep(1)", "on a cache miss"),
    ],
)
def test_a_rare_branch_is_told(tmp_path: Path, helper: str, seldom: str) -> None:
    program = (
        f"import time\nCACHE = {{}}\n\ndef helper(x):\n    {helper}\n\n"
        "async def f(x):\n    helper(x)\n"
    )
    though = f", though only {seldom}" if seldom else ""
    assert messages(tmp_path, program) == [
        f"`helper` sleeps on the event loop through helper → time.sleep{though}, in `async def f`"
    ]


def test_a_handler_without_a_route_is_not_named_twice(tmp_path: Path) -> None:
    program = """
        import time
        from tornado.web import RequestHandler

        class Export(RequestHandler):
            def get(self):
                time.sleep(1)
    """
    assert messages(tmp_path, program) == [
        "`time.sleep` sleeps on the event loop, in `def Export.get` (GET):"
        " Tornado runs it on the event loop"
    ]


def test_no_await_is_promised_where_none_can_stand(tmp_path: Path) -> None:
    program = """
        import asyncio
        import time

        def on_change():
            time.sleep(1)

        async def f(pipe):
            asyncio.get_running_loop().add_reader(pipe, on_change)
            time.sleep(1)
    """
    (tmp_path / "pyproject.toml").write_text("[tool.async-block]\n")
    (tmp_path / "app.py").write_text(dedent(program))
    plain, coroutine = check_paths([tmp_path]).diagnostics
    assert plain.fix is None
    assert not plain.alternatives
    assert plain.why_not == "it stands in `def on_change`, which is not async"
    assert plain.remedy == (
        "from an `async def`, which `on_change` is not, use `await asyncio.sleep(...)`"
    )
    assert coroutine.fix is not None
    assert coroutine.remedy == "use `await asyncio.sleep(...)`"
