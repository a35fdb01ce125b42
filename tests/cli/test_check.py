"""``async-block check``, from the arguments to the exit status."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest
from jsonschema import validate

from flake8_async_block.cli import main
from flake8_async_block.engine import Engine
from flake8_async_block.reporters.json import SCHEMA
from tests.cli.projects import BLOCKING, CLEAN, settings, write

CODES = re.compile(r"^(\S+):(\d+):(\d+) (ASB\d+) ", re.MULTILINE)


class Run:
    """The command in the test's directory, within this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str) -> int:
        status = main(argv)
        self.out, self.err = self._capsys.readouterr()
        return status

    @property
    def found(self) -> list[str]:
        return [f"{path} {code}" for path, _, _, code in CODES.findall(self.out)]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capsys)


def test_a_package_by_itself_is_imported_by_its_name(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        app__low="import time\n\n\ndef rest():\n    time.sleep(1)\n",
        app__api="from app.low import rest\n\n\nasync def get():\n    rest()\n",
    )
    (tmp_path / "app" / "__init__.py").touch()
    assert run("check", "app") == 1
    assert run.found == ["app/api.py ASB201"]


class TestStatus:
    def test_findings(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, app__a=BLOCKING, b=CLEAN)
        assert run("check") == 1
        assert CODES.findall(run.out) == [
            ("app/a.py", "6", "5", "ASB101"),
            ("app/a.py", "7", "12", "ASB102"),
        ]
        assert run.out.splitlines()[-1].startswith("2 findings in 1 of 2 files; by rule: ")
        assert run.err == ""

    def test_clean(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, b=CLEAN)
        assert run("check", ".") == 0
        assert run.out == "no findings in 1 file\n"

    def test_exit_zero(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING)
        assert run("check", "--exit-zero") == 0
        assert run.found == ["a.py ASB101", "a.py ASB102"]

    def test_nothing_to_check(self, run: Run) -> None:
        assert run("check") == 0
        assert run.err == "async-block: warning: no Python files to check in .\n"

    @pytest.mark.parametrize(
        ("content", "place"),
        [
            (b"def f(:\n", "bad.py:1: error: "),
            (b"x = 1\n\nif\n", "bad.py:3: error: "),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "bad.py"),
            (b"x = '\xff'\n", "bad.py"),
            (b"# coding: klingon\n", "bad.py"),
        ],
    )
    def test_file_that_is_not_python(
        self, run: Run, tmp_path: Path, content: bytes, place: str
    ) -> None:
        write(tmp_path, a=BLOCKING)
        (tmp_path / "bad.py").write_bytes(content)
        assert run("check") == 2
        assert run.found == ["a.py ASB101", "a.py ASB102"]
        errors = [line for line in run.out.splitlines() if ": error: " in line]
        assert len(errors) == 1
        assert errors[0].startswith(place)
        assert "1 file could not be checked" in run.out
        assert run.err == ""

    def test_dangling_link(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "gone.py").symlink_to("nowhere.py")
        assert run("check", "gone.py") == 2
        assert run.out.startswith("gone.py: error: cannot read the file: No such file")

    def test_interrupted(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*arguments: object, **more: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Engine, "check", interrupt)
        assert run("check") == 130
        assert (run.out, run.err) == ("", "")

    def test_a_fault_of_our_own(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*arguments: object, **more: object) -> None:
            raise ZeroDivisionError("ours")

        monkeypatch.setattr(Engine, "check", fail)
        assert run("check") == 2
        assert run.err.startswith("Traceback")
        assert "ZeroDivisionError: ours" in run.err


class TestMistakes:
    def check(self, run: Run, *argv: str, message: str) -> None:
        assert run("check", *argv) == 2
        assert run.out == ""
        assert run.err.startswith("async-block: error: ")
        assert message in run.err
        assert run.err.count("\n") == 1

    def test_missing_path(self, run: Run) -> None:
        self.check(run, "gone.py", message="gone.py: no such file or directory")

    def test_unknown_code(self, run: Run) -> None:
        self.check(run, "--select", "ASB1O2", message="did you mean 'ASB102'?")

    def test_unknown_key(self, run: Run, tmp_path: Path) -> None:
        settings(tmp_path, "selct = []")
        self.check(
            run, message="pyproject.toml: [tool.async-block] has no key 'selct', did you mean"
        )

    def test_unwritable_report(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=CLEAN)
        self.check(
            run, "--output-file", "no/such/dir", message="no/such/dir: cannot write the report"
        )

    def test_missing_config(self, run: Run) -> None:
        self.check(run, "--config", "gone.toml", message="gone.toml: cannot read the file")


class TestOutput:
    def test_json(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, app__a=BLOCKING, app__bad="(")
        settings(tmp_path)
        monkeypatch.chdir(tmp_path / "app")
        assert run("check", "..", "--output-format", "json") == 2
        document = json.loads(run.out)
        validate(document, json.loads(SCHEMA.read_text()))
        places = [(d["path"], d["line"], d["col"], d["code"]) for d in document["diagnostics"]]
        assert places == [("a.py", 6, 5, "ASB101"), ("a.py", 7, 12, "ASB102")]
        assert [error["path"] for error in document["errors"]] == ["bad.py"]

    def test_to_a_file(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING)
        assert run("check", "--output-format", "json", "--output-file", "report.json") == 1
        assert run.out == ""
        assert json.loads((tmp_path / "report.json").read_text())["summary"]["findings"] == 2

    def test_quiet(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING)
        assert run("check", "-q") == 1
        assert len(run.out.splitlines()) == 2


class TestSettings:
    def test_from_the_project_of_the_paths(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, app__in__a=BLOCKING)
        settings(tmp_path / "app", 'ignore = ["ASB101"]')
        assert run("check", "app/in") == 1
        assert run.found == ["app/in/a.py ASB102"]
        monkeypatch.chdir(tmp_path / "app" / "in")
        assert run("check") == 1
        assert run.found == ["a.py ASB102"]

    def test_options_win(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING)
        settings(tmp_path, 'select = ["ASB102"]')
        assert run("check", "--select", "ASB101") == 1
        assert run.found == ["a.py ASB101"]
        assert run("check", "--extend-ignore", "ASB102") == 0

    def test_per_file_ignores(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING, tests__a=BLOCKING)
        settings(tmp_path, "[tool.async-block.per-file-ignores]", '"tests/*" = ["ASB101"]')
        assert run("check") == 1
        assert run.found == ["a.py ASB101", "a.py ASB102", "tests/a.py ASB102"]

    def test_exclude_and_gitignore(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING, gen__a=BLOCKING, old__a=BLOCKING, venv__a=BLOCKING)
        settings(tmp_path, 'extend-exclude = ["old/"]')
        (tmp_path / ".gitignore").write_text("gen\n")
        assert run("check", "--select", "ASB101") == 1
        assert run.found == ["a.py ASB101"]
        assert run("check", "--select", "ASB101", "--no-gitignore") == 1
        assert run.found == ["a.py ASB101", "gen/a.py ASB101"]
        assert run("check", "--select", "ASB101", "old/a.py") == 1
        assert run("check", "--select", "ASB101", "old/a.py", "--force-exclude") == 0

    def test_comments(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING.replace("sleep(1)", "sleep(1)  # noqa: ASB101"))
        assert run("check") == 1
        assert run.found == ["a.py ASB102"]
        assert "(1 suppressed)" in run.out


class TestStandardInput:
    def feed(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    def test_takes_the_place_of_a_file(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, app__a=CLEAN)
        settings(tmp_path, 'ignore = ["ASB102"]')
        self.feed(monkeypatch, BLOCKING)
        assert run("check", "-", "--stdin-filename", "app/a.py") == 1
        assert run.found == ["app/a.py ASB101"]
        assert (tmp_path / "app/a.py").read_text() == CLEAN

    def test_file_that_is_not_there(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, BLOCKING)
        assert run("check", "-", "--stdin-filename", "new/a.py") == 1
        assert run.found == ["new/a.py ASB101", "new/a.py ASB102"]

    def test_without_a_name(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, BLOCKING)
        assert run("check", "-") == 1
        assert run.found == ["stdin.py ASB101", "stdin.py ASB102"]

    def test_comments_and_broken_text(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, BLOCKING + "# flake8: noqa\n")
        assert run("check", "-") == 0
        self.feed(monkeypatch, "def f(:\n")
        assert run("check", "-", "--stdin-filename", "x.py") == 2
        assert run.out.startswith("x.py:1: error: ")

    def test_there_is_none(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert run("check", "-") == 2
        assert run.err == "async-block: error: -: there is no standard input to read\n"


HELPED = """\
import time
from fastapi import FastAPI

app = FastAPI()


def helper():
    time.sleep(1)


@app.get("/a")
async def first():
    helper()
    helper()


@app.post("/b")
async def second():
    helper()
"""


class TestGrouping:
    def test_by_blocker(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=HELPED)
        assert run("check", "--group-by", "blocker", "--no-cache") == 1
        assert run.out.splitlines() == [
            "a.py:8 time.sleep in helper: time.sleep(1)",
            "    3 findings (ASB201); freezes 2 handlers: GET /a, POST /b",
            "    a.py:13:5 ASB201 in first (GET /a): helper()",
            "    a.py:14:5 ASB201 in first (GET /a): helper()",
            "    a.py:19:5 ASB201 in second (POST /b): helper()",
            *run.out.splitlines()[-3:],
        ]
        assert run.out.splitlines()[-2:] == [
            "2 handlers can freeze the server; the worst is GET /a, 2 ways",
            "3 findings in 1 of 1 file; 1 blocking line; by rule: ASB201 3; by file: a.py 3",
        ]

    def test_what_is_suppressed_counts_nowhere(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=HELPED.replace("    helper()\n    helper()", "    helper()  # noqa"))
        assert run("check", "--no-cache") == 1
        assert run.out.splitlines()[-2:] == [
            "POST /b can freeze the server",
            "1 finding in 1 of 1 file (1 suppressed); by rule: ASB201 1; by file: a.py 1",
        ]

    def test_the_same_file_twice_counts_once(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path, a=HELPED)
        assert run("check", "a.py", "./a.py", ".", "--no-cache") == 1
        twice = run.out
        assert run("check", ".", "--no-cache") == 1
        assert run.out == twice
