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
        other()
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
            "    other()",
            """
            app.py:21:5 `other()`, in `handler`
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
        ("held", "app.py:30: there is no call on this line"),
    ],
)
def test_silence_is_explained(capsys: pytest.CaptureFixture[str], text: str, answer: str) -> None:
    assert explain(capsys, text).strip() == dedent(answer).strip()


@pytest.mark.usefixtures("project")
def test_a_finding_comes_with_its_chain(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "    slow()")
    assert "is: slow (helpers.py:5)\n" in told
    assert "    ASB201: `slow` sleeps on the event loop through slow → time.sleep" in told
    assert told.endswith("      app.py:18 `slow()`\n      helpers.py:5 `time.sleep(1)`\n")


@pytest.mark.usefixtures("project")
def test_what_keeps_a_finding_back(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "noqa")
    assert "ASB101: `time.sleep`" in told
    assert "(not reported: a comment silences it)" in told
    told = explain(capsys, "    requests.get", "--ignore", "ASB102")
    assert "(not reported: the settings turn ASB102 off)" in told


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
        "app.py:25:11 `requests.get( url, )`",
        "app.py:25:5 `print(requests.get( url, ))`",
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
