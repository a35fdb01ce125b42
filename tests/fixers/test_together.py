"""What moves to a thread in one hop because the engine knows that nothing is risked."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from flake8_async_block import Config, Engine, FixOptions
from flake8_async_block.model.fix import FileFix

HEAD = """\
import asyncio
import json
import sqlite3
import threading
import time

import requests

CACHE = {}
LOCK = threading.Lock()


def pure(text):
    return text.strip()


def remember(text):
    CACHE[text] = 1


"""


def fixed(root: Path, body: str, *, unsafe: bool = False, strategies: tuple[str, ...] = ()) -> str:
    """The coroutines after the fix."""
    return result(root, body, unsafe=unsafe, strategies=strategies).after.decode()[len(HEAD) :]


def result(
    root: Path, body: str, *, unsafe: bool = False, strategies: tuple[str, ...] = ()
) -> FileFix:
    (root / "app.py").write_text(HEAD + textwrap.dedent(body))
    options = FixOptions(unsafe=unsafe, strategies=strategies)
    (file,) = Engine(Config(root=root)).fix([root / "app.py"], options).files
    return file


TOGETHER = {
    "a file": (
        """\
        async def f(path: str) -> str:
            with open(path) as file:
                return file.read()
        """,
        """\
        async def f(path: str) -> str:
            def get_result() -> str:
                with open(path) as file:
                    return file.read()

            return await asyncio.to_thread(get_result)
        """,
    ),
    "nothing comes back": (
        """\
        async def f(path: str, body: dict) -> None:
            with open(path, "w") as file:
                json.dump(body, file)
        """,
        """\
        async def f(path: str, body: dict) -> None:
            def dump_in_thread() -> None:
                with open(path, "w") as file:
                    json.dump(body, file)

            await asyncio.to_thread(dump_in_thread)
        """,
    ),
    "names that are set anew later stay inside": (
        """\
        async def f(a, b):
            with open(a) as file:
                text = pure(file.read())
            await asyncio.sleep(1)
            with open(b, "w") as file:
                file.write(text)
            del text
        """,
        """\
        async def f(a, b):
            def get_text():
                with open(a) as file:
                    return pure(file.read())

            text = await asyncio.to_thread(get_text)
            await asyncio.sleep(1)

            def write_in_thread():
                with open(b, "w") as file:
                    file.write(text)

            await asyncio.to_thread(write_in_thread)
            del text
        """,
    ),
    "two of the same name": (
        """\
        async def f(a, b):
            with open(a) as file:
                file.write(b)
            await asyncio.sleep(1)
            with open(b) as file:
                file.write(a)
        """,
        """\
        async def f(a, b):
            def write_in_thread():
                with open(a) as file:
                    file.write(b)

            await asyncio.to_thread(write_in_thread)
            await asyncio.sleep(1)

            def write_in_thread_2():
                with open(b) as file:
                    file.write(a)

            await asyncio.to_thread(write_in_thread_2)
        """,
    ),
    "what belongs to one thread": (
        """\
        async def f(path):
            connection = sqlite3.connect(path)
            try:
                rows = connection.execute("select 1").fetchall()
            finally:
                connection.close()
            return rows
        """,
        """\
        async def f(path):
            def get_rows():
                connection = sqlite3.connect(path)
                try:
                    rows = connection.execute("select 1").fetchall()
                finally:
                    connection.close()
                return rows

            rows = await asyncio.to_thread(get_rows)
            return rows
        """,
    ),
    "a sleep beside it has a better way": (
        """\
        async def f(path):
            time.sleep(1)
            with open(path) as file:
                return file.read()
        """,
        """\
        async def f(path):
            await asyncio.sleep(1)

            def get_result():
                with open(path) as file:
                    return file.read()

            return await asyncio.to_thread(get_result)
        """,
    ),
    "a list of its own": (
        """\
        async def f(path):
            found = []
            with open(path) as file:
                for line in file:
                    found.append(line.strip())
            return found
        """,
        """\
        async def f(path):
            found = []

            def work_in_thread():
                with open(path) as file:
                    for line in file:
                        found.append(line.strip())

            await asyncio.to_thread(work_in_thread)
            return found
        """,
    ),
    "what is made of what others have handed over": (
        """\
        async def f(path, store):
            rows = []
            for row in await store.all():
                rows.append({"id": row, **row})
            with open(path, "w") as file:
                for row in rows:
                    file.write("|".join(str(cell).ljust(9) for cell in row.values()))
        """,
        """\
        async def f(path, store):
            rows = []
            for row in await store.all():
                rows.append({"id": row, **row})

            def write_in_thread():
                with open(path, "w") as file:
                    for row in rows:
                        file.write("|".join(str(cell).ljust(9) for cell in row.values()))

            await asyncio.to_thread(write_in_thread)
        """,
    ),
    "behind a line of white space": (
        "async def f(path):\n    pure(path)\n    \n    with open(path) as file:\n"
        "        return file.read()\n",
        "async def f(path):\n    pure(path)\n    \n    def get_result():\n"
        "        with open(path) as file:\n            return file.read()\n\n"
        "    return await asyncio.to_thread(get_result)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), TOGETHER.values(), ids=TOGETHER)
def test_moves_together(tmp_path: Path, before: str, after: str) -> None:
    assert fixed(tmp_path, before) == textwrap.dedent(after)


@pytest.mark.parametrize(
    "statement",
    [
        "notify(file.read())",
        "remember(file.read())",
        "CACHE[path] = file.read()",
        "CACHE.update(x=file.read())",
        "box.text = file.read()",
        "box.add(file.read())",
        "box += file.read()",
        "asyncio.create_task(notify(file.read()))",
        "file.read(); print([notify(x) for x in box])",
        "for row in [{}, *box]: row.clear(file.read())",
        "file.read(); box.sort(key=lambda item: notify(item))",
    ],
)
def test_what_others_may_see_stays_on_the_loop(tmp_path: Path, statement: str) -> None:
    body = (
        f"async def f(path, box, notify):\n    with open(path) as file:\n        {statement}\n"
        "    return box\n"
    )
    after = fixed(tmp_path, body)
    assert "with await asyncio.to_thread(open, path) as file:\n" in after
    assert "await asyncio.to_thread(file.read)" in after
    assert "def " not in after.partition("\n")[2]


@pytest.mark.parametrize(
    ("around", "reason"),
    [
        ("with LOCK:", "`LOCK`"),
        ("async with asyncio.timeout(3):", "`timeout` could now end it early"),
    ],
)
def test_what_is_around_counts(tmp_path: Path, around: str, reason: str) -> None:
    body = (
        f"async def f(path):\n    {around}\n        with open(path) as file:\n"
        "            text = file.read()\n    return text\n"
    )
    file = result(tmp_path, body)
    assert not file.changed
    assert all(reason in left.reason for left in file.refused)
    assert result(tmp_path, body, unsafe=True).changed


@pytest.mark.parametrize(
    ("backend", "changes"), [("anyio", False), ("starlette", False), ("asyncio", True)]
)
def test_a_cancelled_task_cleans_up_in_one_go(tmp_path: Path, backend: str, changes: bool) -> None:
    body = (
        "async def f(path):\n    try:\n        await asyncio.sleep(1)\n    finally:\n"
        "        with open(path, 'w') as file:\n            file.write('ended')\n"
    )
    (tmp_path / "app.py").write_text(body)
    config = Config(root=tmp_path, backend=backend)
    (file,) = Engine(config).fix([tmp_path], FixOptions()).files
    assert file.changed == changes
    assert all("would end `finally` at once" in left.reason for left in file.refused)


def test_a_lock_of_any_name(tmp_path: Path) -> None:
    body = "gate = threading.RLock()\n\n\nasync def f():\n    with gate:\n        time.sleep(1)\n"
    file = result(tmp_path, body)
    assert not file.changed
    assert all("ASB406" in left.reason for left in file.refused)


def test_a_lock_is_taken_where_it_is_held(tmp_path: Path) -> None:
    body = "async def f():\n    with LOCK:\n        time.sleep(1)\n        print()\n"
    after = fixed(tmp_path, body, unsafe=True)
    assert after == textwrap.dedent("""\
        async def f():
            def sleep_in_thread():
                with LOCK:
                    time.sleep(1)
                    print()

            await asyncio.to_thread(sleep_in_thread)
        """)


def test_what_only_raises_is_no_block(tmp_path: Path) -> None:
    body = (
        "class Missing(Exception):\n    def __init__(self, text):\n        time.sleep(1)\n\n\n"
        "async def f(url):\n    raise Missing(requests.get(url))\n"
    )
    after = fixed(tmp_path, body)
    assert "await asyncio.to_thread(requests.get, url)" in after
    assert "\n    raise " in after


def test_what_must_not_move_is_not_taken_along(tmp_path: Path) -> None:
    body = (
        "async def f(path, connection: sqlite3.Connection):\n    with open(path) as file:\n"
        "        connection.execute(file.read())\n"
    )
    after = fixed(tmp_path, body, unsafe=True)
    assert "        connection.execute(await asyncio.to_thread(file.read))\n" in after


@pytest.mark.parametrize("statement", ["next(file)", "file.__next__()", "raise StopIteration"])
def test_stop_iteration_cannot_leave_a_thread(tmp_path: Path, statement: str) -> None:
    body = f"async def f(path):\n    with open(path) as file:\n        {statement}\n"
    assert "def " not in fixed(tmp_path, body, unsafe=True).partition("\n")[2]


def test_next_with_a_default_may_move(tmp_path: Path) -> None:
    body = "async def f(path):\n    with open(path) as file:\n        return next(file, None)\n"
    assert "await asyncio.to_thread(get_result)" in fixed(tmp_path, body)


def test_what_is_kept_for_later_belongs_to_other_threads_too(tmp_path: Path) -> None:
    body = (
        "class Store:\n    async def f(self, path):\n"
        "        self.connection = sqlite3.connect(path)\n"
        "        self.connection.execute('select 1')\n"
    )
    file = result(tmp_path, body, unsafe=True)
    assert not file.changed
    assert any("`self.connection` would be used" in left.reason for left in file.refused)


def test_calls_in_a_generator_expression_move_with_who_consumes_them(tmp_path: Path) -> None:
    body = "async def f(urls):\n    return any(requests.get(url).ok for url in urls)\n"
    assert not result(tmp_path, body).changed
    after = fixed(tmp_path, body, unsafe=True)
    assert "    return await asyncio.to_thread(get_result)\n" in after


def test_the_next_way_is_tried_where_one_is_refused(tmp_path: Path) -> None:
    body = (
        "async def f(path):\n    with open(path) as file:\n        text = file.read()\n"
        "        await asyncio.sleep(1)\n        return text\n"
    )
    file = result(tmp_path, body, strategies=("block", "thread"))
    assert b"with await asyncio.to_thread(open, path) as file:" in file.after
    assert not file.refused


def test_a_loop_that_polls_may_say_so_once_it_sleeps_properly(tmp_path: Path) -> None:
    body = (
        "class Job:\n    def __init__(self):\n        self.done = False\n\n"
        "    def stop(self):\n        self.done = True\n\n"
        "    async def wait(self):\n        while not self.done:\n            time.sleep(0.01)\n"
    )
    file = result(tmp_path, body)
    assert b"            await asyncio.sleep(0.01)\n" in file.after
    assert not file.refused
    (tmp_path / "app.py").write_bytes(file.after)
    found = Engine(Config(root=tmp_path)).check([tmp_path]).diagnostics
    assert [item.code for item in found] == ["ASB303"]
