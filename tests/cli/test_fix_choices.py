"""``async-block fix`` for some findings only: by strategy, by line, by question and answer."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from flake8_async_block.cli import main

TWO = """\
import time

import requests


async def read(url):
    time.sleep(1)
    return requests.get(url)
"""
ROUTES = """\
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def index():
    time.sleep(1)


@app.get("/{path}")
async def lines(path: str, notify):
    with open(path) as file:
        return [notify(line) for line in file]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(TWO)
    (tmp_path / "b.py").write_text(ROUTES)
    return tmp_path


def answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_line_is_fixed_and_no_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--line", "a.py:8"]) == 1
    fixed = TWO.replace("requests.get(url)", "await asyncio.to_thread(requests.get, url)")
    assert (project / "a.py").read_text() == fixed.replace(
        "import time", "import asyncio\nimport time"
    )
    assert (project / "b.py").read_text() == ROUTES
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "1 fixed, 0 left; 1 file changed"
    assert main(["fix", "--line", "a.py:1"]) == 0


@pytest.mark.parametrize("place", ["a.py", "a.py:", "a.py:0", "a.py:x", ":3", "none.py:3"])
def test_no_such_line(project: Path, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--line", place]) == 2
    assert "--line" in capsys.readouterr().err
    assert (project / "a.py").read_text() == TWO


def test_unknown_strategy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--strategy", "thread,magic"]) == 2
    assert "--strategy: there is no strategy 'magic'" in capsys.readouterr().err


def test_the_strategy_of_the_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = '[tool.async-block]\nstrategy = ["sync-handler", "thread"]\n'
    (project / "pyproject.toml").write_text(settings)
    assert main(["fix", "b.py"]) == 1
    assert (project / "b.py").read_text() == ROUTES.replace("async def", "def")
    (project / "b.py").write_text(ROUTES)
    assert main(["fix", "b.py", "--strategy", "native"]) == 1
    assert "await anyio.sleep(1)" in (project / "b.py").read_text()


def test_the_first_strategy_that_fits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--strategy", "sync-handler,thread"]) == 1
    routes = (project / "b.py").read_text()
    assert routes == ROUTES.replace("async def", "def")
    assert "to_thread" in (project / "a.py").read_text()
    assert "time.sleep, 1" in (project / "a.py").read_text()
    assert " 0 left; " in capsys.readouterr().out.splitlines()[-1]


def test_blocks_need_leave(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "b.py", "--strategy", "block"]) == 1
    assert (project / "b.py").read_text() == ROUTES
    assert "--unsafe-fixes" in capsys.readouterr().out
    assert main(["fix", "b.py", "--strategy", "block", "--unsafe-fixes"]) == 1
    assert (
        "    return await anyio.to_thread.run_sync(get_result)\n" in (project / "b.py").read_text()
    )


def test_ask(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, "n\nwhat?\ny\n")
    assert main(["fix", "a.py", "--ask"]) == 1
    out = capsys.readouterr().out
    assert out.count("Make this change?") == 3
    assert "-    return requests.get(url)" in out
    text = (project / "a.py").read_text()
    assert "    time.sleep(1)\n" in text
    assert "to_thread" in text


@pytest.mark.parametrize(("reply", "fixed"), [("", 0), ("q\n", 0), ("y\n", 1), ("a\n", 2)])
def test_ask_ends(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reply: str,
    fixed: int,
) -> None:
    answers(monkeypatch, reply)
    assert main(["fix", "a.py", "--ask"]) == (1 if fixed else 0)
    assert (project / "a.py").read_text().count("await ") == fixed
    capsys.readouterr()


def test_require_clean(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=project, check=True, capture_output=True)

    assert main(["fix", "--require-clean"]) == 2
    assert "--require-clean" in capsys.readouterr().err
    git("init")
    assert main(["fix", "--require-clean"]) == 2
    assert "has changes without a commit" in capsys.readouterr().err
    git("add", ".")
    git("commit", "-m", "first")
    (project / "b.py").write_text(ROUTES + "\n")
    assert main(["fix", "--require-clean"]) == 2
    assert (project / "a.py").read_text() == TWO
    assert main(["fix", "a.py", "--require-clean"]) == 1
    assert (project / "a.py").read_text() != TWO
    capsys.readouterr()


def test_many_reasons_are_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = "\n".join("    any(requests.get(u) for u in urls)" for _ in range(12))
    (project / "a.py").write_text(f"import requests\n\nasync def f(urls):\n{calls}\n")
    assert main(["fix", "a.py"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "left, by reason:" in lines
    assert any(line.split()[:1] == ["12"] for line in lines)
