"""``async-block fix``: what is written, what is left, and the exit status."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flake8_async_block.cli import main
from flake8_async_block.engine import Engine, FixOptions, FixResult
from tests.cli.projects import BLOCKING, CLEAN, settings, write

LEFT = """\
import requests


async def read(box, url):
    box.total += requests.get(url)
"""
"""``box.total`` is read before the call, and another task could change it meanwhile."""


class Run:
    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capfdbinary

    def __call__(self, *argv: str) -> int:
        status = main(argv)
        out, err = self._capture.readouterr()
        self.raw, self.out, self.err = out, out.decode(), err.decode()
        return status


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capfdbinary)


def test_writes_and_then_has_nothing_to_do(run: Run, tmp_path: Path) -> None:
    write(tmp_path, app__a=BLOCKING, b=CLEAN)
    (tmp_path / "app/a.py").chmod(0o755)
    assert run("fix") == 1
    fixed = (tmp_path / "app/a.py").read_text()
    assert "await asyncio.to_thread(requests.get, url)" in fixed
    assert (tmp_path / "app/a.py").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "b.py").read_text() == CLEAN
    assert run.out.splitlines()[0] == "app/a.py: 2 fixed, 0 left"
    assert "    app/a.py:7:12 ASB102 " in run.out
    assert run.out.splitlines()[-1] == "2 fixed, 0 left; 1 file changed"
    assert run("fix") == 0
    assert run.out == "0 fixed, 0 left; 0 files changed\n"
    assert (tmp_path / "app/a.py").read_text() == fixed
    assert run("check") == 0


def test_diff_writes_nothing_and_is_what_fix_does(run: Run, tmp_path: Path) -> None:
    text = BLOCKING.replace("\n", "\r\n")
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(text.encode())
    assert run("fix", "--diff", "a.py") == 1
    assert (tmp_path / "a.py").read_bytes() == text.encode()
    assert "a.py: 2 would be fixed, 0 left" in run.err
    patch = run.raw
    assert run("fix", "b.py") == 1
    subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "a.py").read_bytes() == (tmp_path / "b.py").read_bytes() != text.encode()


def test_diff_of_nothing(run: Run, tmp_path: Path) -> None:
    write(tmp_path, b=CLEAN)
    assert run("fix", "--diff") == 0
    assert run.out == ""


def test_what_is_left_has_a_reason(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=LEFT)
    assert run("fix") == 1
    assert (tmp_path / "a.py").read_text() == LEFT
    first, second, last = run.out.splitlines()
    assert first == "a.py: 0 fixed, 1 left"
    place, reason = second.split(": left: ")
    assert place.startswith("    a.py:5:18 ASB102 ")
    assert len(reason) > 10
    assert last == "0 fixed, 1 left; 0 files changed"


def test_selected_rules_only(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING)
    assert run("fix", "--select", "ASB102") == 1
    fixed = (tmp_path / "a.py").read_text()
    assert "    time.sleep(1)\n" in fixed
    assert "return requests.get(url)" not in fixed


@pytest.mark.parametrize("backend", ["asyncio", "anyio"])
def test_backend(run: Run, tmp_path: Path, backend: str) -> None:
    write(tmp_path, a=BLOCKING)
    settings(tmp_path, 'backend = "starlette"')
    assert run("fix", "--backend", backend, "--select", "ASB102") == 1
    assert f"await {backend}.to_thread" in (tmp_path / "a.py").read_text()


def test_suppressed_findings_are_kept(run: Run, tmp_path: Path) -> None:
    text = BLOCKING.replace("(1)", "(1)  # noqa: ASB101").replace("(url)\n", "(url)  # noqa\n")
    text = text.replace("read(url)  # noqa", "read(url)")
    write(tmp_path, a=text)
    assert run("fix") == 0
    assert (tmp_path / "a.py").read_text() == text


def test_broken_file(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING, bad="def f(:\n")
    assert run("fix") == 2
    assert "bad.py:1: error: " in run.out
    assert "2 fixed, 0 left; 1 file changed" in run.out
    assert (tmp_path / "a.py").read_text() != BLOCKING


def test_quiet(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING)
    assert run("fix", "-q") == 1
    assert run.out == "a.py: 2 fixed, 0 left\n"


def test_file_that_changes_meanwhile(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a=BLOCKING)
    fix = Engine.fix

    def fix_slowly(engine: Engine, paths: list[Path], options: FixOptions) -> FixResult:
        result = fix(engine, paths, options)
        (tmp_path / "a.py").write_text("changed\n")
        return result

    monkeypatch.setattr(Engine, "fix", fix_slowly)
    assert run("fix") == 2
    assert "a.py: error: not written: the file was changed meanwhile, run again\n" in run.out
    assert (tmp_path / "a.py").read_text() == "changed\n"


def test_link_out_of_the_project(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    settings(project)
    write(tmp_path, outside=BLOCKING)
    (project / "a.py").symlink_to("../outside.py")
    monkeypatch.chdir(project)
    assert run("fix") == 2
    assert "a.py: error: not written: " in run.out
    assert (tmp_path / "outside.py").read_text() == BLOCKING


def test_missing_path(run: Run) -> None:
    assert run("fix", "gone") == 2
    assert run.err == "async-block: error: gone: no such file or directory\n"
