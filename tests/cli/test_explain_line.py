"""``async-block explain PATH:LINE``: what is believed of a line, and why."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from flake8_async_block.cli import main

PROGRAM = dedent("""\
    import os
    import threading
    import time
    import requests
    from sqlalchemy.orm import Session

    from helpers import quiet, slow, unheard


    class Quiet:
        def get(self, url): return url


    async def handler(db, url: str, typed: Session, flag):
        db.execute(url)
        requests.get(url)
        await db.execute(url)
        slow()
        quiet()
        unheard()
        task = other()
        os.path.exists(url)
        threading.Event().wait(0)
        (Quiet() if flag else requests).get(url)
        print(requests.get(
            url,
        ))
        time.sleep(1)  # noqa: ASB101
        subprocess.run(url)
        held = url


    async def other(): ...


    def plain(): return requests.get("/")


    slow()
    """)
HELPERS = """\
import time
import outside


def slow(): time.sleep(1)


def quiet(): return 1


unheard = outside.make()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app.py").write_text(PROGRAM)
    (tmp_path / "helpers.py").write_text(HELPERS)
    (tmp_path / "pyproject.toml").write_text("[tool.async-block]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(PROGRAM.splitlines(), 1) if text in line)


def explain(capsys: pytest.CaptureFixture[str], text: str, *options: str) -> str:
    """What is printed about the first line that holds ``text``."""
    assert main(["explain", f"app.py:{line_of(text)}", *options]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "    db.execute",
            """
            app.py:15:5 `db.execute(url)`, in `handler`
                path: handler:db.execute
                is: unknown: parameter `db` has no annotation and no default
                no finding: receiver unknown: parameter `db` has no annotation and no default
            """,
        ),
        (
            "await db",
            """
            app.py:17:11 `db.execute(url)`, in `handler`
                path: handler:db.execute
                is: unknown: parameter `db` has no annotation and no default
                no finding: awaited: what is awaited does not block
            """,
        ),
        (
            "    quiet()",
            """
            app.py:19:5 `quiet()`, in `handler`
                path: helpers.quiet
                is: quiet (helpers.py:8)
                no finding: `quiet` runs here, and nothing in it is known to block
            """,
        ),
        (
            "unheard()",
            """
            app.py:20:5 `unheard()`, in `handler`
                path: helpers.unheard
                is: outside.make()
                no finding: receiver unknown: nothing is known of what `outside.make()` is
            """,
        ),
        (
            "task = other()",
            """
            app.py:21:12 `other()`, in `handler`
                path: other
                is: other (app.py:33)
                no finding: `other` makes a coroutine: its calls are judged where they stand
            """,
        ),
        (
            "exists",
            """
            app.py:22:5 `os.path.exists(url)`, in `handler`
                path: os.path.exists
                is: os.path.exists
                no finding: the cost of `os.path.exists`, `brief`, is below the configured line
            """,
        ),
        (
            "(Quiet()",
            """
            app.py:24:6 `Quiet()`, in `handler`
                path: Quiet
                is: Quiet (app.py:10)
                no finding: `Quiet` is not known to block

            app.py:24:5 `(Quiet() if flag else requests).get(url)`, in `handler`
                path: (Quiet() | requests).get
                is: Quiet.get (app.py:11)
                is: requests.get
                no finding: `requests.get` waits for an HTTP response, but `Quiet.get` runs here, \
and nothing in it is known to block: a finding needs every candidate to block
            """,
        ),
        (
            "subprocess",
            """
            app.py:29:5 `subprocess.run(url)`, in `handler`
                path: ?`subprocess` is not defined in this file.run
                is: unknown: `subprocess` is not defined in this file
                no finding: receiver unknown: `subprocess` is not defined in this file
            """,
        ),
    ],
)
def test_silence_is_explained(capsys: pytest.CaptureFixture[str], text: str, answer: str) -> None:
    assert explain(capsys, text).strip() == dedent(answer).strip()


@pytest.mark.usefixtures("project")
def test_a_finding_comes_with_its_chain(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "    slow()")
    assert told == dedent("""\
        app.py:18:5 `slow()`, in `handler`
            ASB201 blocking-sleep-in-helper: `slow` sleeps on the event loop through slow → \
time.sleep, in `async def handler`
            Where it runs
              no framework's entry point is known to reach it
              `handler` is an `async def`: it runs on the event loop
            What happens there
              app.py:18 in handler: slow()
                calls `slow`
              helpers.py:5 in slow: def slow(): time.sleep(1)
                `time.sleep` sleeps: nothing limits how long that takes (cost `unbounded`)
              documented at https://docs.python.org/3/library/time.html#time.sleep
            What can be done
              run it in a worker thread: `await asyncio.to_thread(slow, ...)`, or make it \
asynchronous with `asyncio.sleep`
              safe fix: run it in a worker thread
                async-block fix --line app.py:18
              unsafe fix: run the statements together in a worker thread, though other tasks run \
meanwhile
                async-block fix --line app.py:18 --strategy block --unsafe-fixes
              if it is meant to be so: `# noqa: ASB201 - the reason`
            More: `async-block explain ASB201`
        """)


@pytest.mark.usefixtures("project")
def test_what_keeps_a_finding_back(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "noqa")
    assert "ASB101 blocking-sleep: `time.sleep`" in told
    assert "\n    not reported: a comment silences it\n" in told
    told = explain(capsys, "    requests.get", "--ignore", "ASB102")
    assert "\n    not reported: the settings turn ASB102 off\n" in told


@pytest.mark.usefixtures("project")
def test_settings_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ASB108" in explain(capsys, "exists", "--cost", "brief")


@pytest.mark.usefixtures("project")
def test_arguments_of_the_call_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert "does not block with these arguments" in explain(capsys, "wait(0)")


@pytest.mark.usefixtures("project")
def test_off_the_loop(capsys: pytest.CaptureFixture[str]) -> None:
    assert "`plain` is not known to run on the event loop itself" in explain(capsys, "def plain")
    assert main(["explain", f"app.py:{len(PROGRAM.splitlines())}"]) == 0
    assert "runs when it is imported, not on the event loop" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_the_middle_of_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    line = line_of("print(requests") + 1
    assert main(["explain", f"app.py:{line}:13"]) == 0
    told = capsys.readouterr().out
    assert re.findall(r"^app.py:\S+ `.*?`", told, re.MULTILINE) == [
        "app.py:25:11 `requests.get(url)`",
        "app.py:25:5 `print(requests.get(url))`",
    ]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ("missing.py:3", "missing.py: there is no such file"),
        ("app.py:0", "app.py:0: the file has 39 lines"),
        ("app.py:900", "app.py:900: the file has 39 lines"),
        ("broken.py:1", "broken.py:1: not valid Python: "),
        ("nothing", "there is no rule 'nothing'"),
    ],
)
def test_mistakes_are_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], subject: str, message: str
) -> None:
    (project / "broken.py").write_text("def f(:\n")
    assert main(["explain", subject]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"async-block: error: {message}")
    assert told.err.count("\n") == 1


@pytest.mark.usefixtures("project")
def test_a_line_without_a_call_is_told_by_its_function(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "held").splitlines()
    assert told[:2] == [
        "app.py:30: there is no call on this line, which is part of `handler`",
        "    `handler` is an `async def`: it runs on the event loop",
    ]
    assert [line.split()[:2] for line in told[2:]] == [
        ["app.py:16:5", "ASB102"],
        ["app.py:18:5", "ASB201"],
        ["app.py:25:11", "ASB102"],
        ["app.py:28:5", "ASB101"],
    ]
    assert told[-1].endswith("(not reported: a comment silences it)")
    assert main(["explain", "app.py:1"]) == 0
    assert capsys.readouterr().out == (
        "app.py:1: there is no call on this line\n"
        "    the module's own code runs when it is imported, not on the event loop\n"
    )


SERVER = """\
import functools
import time
from fastapi import FastAPI

app = FastAPI()
state = None


@app.get("/a")
async def first():
    await between()


@app.get("/b")
async def second():
    return [await helper() for _ in range(2)]


@app.get("/thread")
def in_a_thread():
    time.sleep(1)


async def between():
    await helper()


async def helper():
    for name in open("/etc/passwd"):
        print(name)
    while True:
        helper.count += 1


class Slow:
    def __enter__(self):
        try:
            return 1 / 0
        except ZeroDivisionError:
            time.sleep(1)

    def __exit__(self, *_): ...


@functools.cache
def load():
    time.sleep(1)


async def others():
    with Slow():
        pass
    load()
    await others()
"""


class TestServer:
    @pytest.fixture(autouse=True)
    def server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        package = tmp_path / "package"
        (package / "inner").mkdir(parents=True)
        for directory in (package, package / "inner"):
            (directory / "__init__.py").touch()
        (package / "inner" / "server.py").write_text(SERVER)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def told(self, capsys: pytest.CaptureFixture[str], text: str) -> str:
        line = next(n for n, line in enumerate(SERVER.splitlines(), 1) if text in line)
        assert main(["explain", f"package/inner/server.py:{line}"]) == 0
        return capsys.readouterr().out.replace("package/inner/", "")

    def test_the_way_from_the_handler(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "for name in")
        place = told.partition("Where it runs\n")[2].partition("    What happens there")[0]
        assert dedent(place) == dedent("""\
            FastAPI runs `second` (server.py:15): GET /b
            server.py:16 in second: return [await helper() for _ in range(2)]
              gets to `helper`
            `helper` is an `async def`: it runs on the event loop
            also reached from GET /a
        """)

    def test_the_way_through_another_function(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "async def between")
        assert "part of `between`" in told
        assert "it is reached from GET /a\n" in told

    def test_iterating(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "for name in")
        assert "in helper: for name in open(" in told
        assert "`builtins.open` reads or writes files: on a slow or remote disk" in told

    def test_a_loop(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "while True")
        assert "server.py:31:5 `while True`, in `helper`" in told
        assert "ASB301 loop-without-await: " in told
        assert "--unsafe-fixes\n" in told

    def test_entering_and_an_error_path(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "with Slow")
        assert "enters a `with` block, which runs `Slow.__enter__`\n" in told
        assert "(cost `unbounded`), only on an error path\n" in told
        assert "time.sleep, though only on an error path, in `async def others`" in told

    def test_a_note(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "    load()")
        assert "a note, no finding: it happens only once in the life of the process\n" in told

    def test_in_a_thread(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = SERVER.splitlines()
        line = lines.index("def in_a_thread():") + 2
        assert main(["explain", f"package/inner/server.py:{line}"]) == 0
        assert "it sleeps; but not on the event loop: FastAPI runs it in a thread" in (
            capsys.readouterr().out
        )

    def test_an_awaited_function_of_the_project(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.told(capsys, "    await others()")
        assert "what blocks in `others` is reported there, line by line" in told

    def test_colours_change_no_word(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plain = self.told(capsys, "for name in")
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.delenv("NO_COLOR", raising=False)
        coloured = self.told(capsys, "for name in")
        assert coloured != plain
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_an_object_that_was_told_not_to_block(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        "import socket\nasync def f(s: socket.socket):\n    s.setblocking(False)\n    s.recv(1)\n",
        encoding="utf-8",
    )
    assert main(["explain", f"{path}:4"]) == 0
    assert "no finding: the object was told before that it shall not block" in (
        capsys.readouterr().out
    )
