"""What is kept between runs never changes what a run says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flake8_async_block.cache.directory import DIRECTORY
from tests.cli.projects import BLOCKING, CLEAN, run, settings, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one finding behind an import, old enough for its answers to be kept."""
    settings(tmp_path)
    write(
        tmp_path,
        app__api="from app.work import work\n\n\nasync def read():\n    work()\n",
        app__work="import time\n\n\ndef work():\n    time.sleep(1)\n",
        app____init__="",
    )
    (tmp_path / DIRECTORY).mkdir()
    age(tmp_path)
    return tmp_path


def age(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if DIRECTORY not in path.parts:
            os.utime(path, ns=(10**18 + 1, 10**18 + 1))


def answers(root: Path) -> list[Path]:
    return sorted((root / DIRECTORY).glob("answer-*"))


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_second_run_says_the_same(project: Path, output: str) -> None:
    plain = run(project, "check", "--output-format", output, "--no-cache")
    assert answers(project) == []
    first = run(project, "check", "--output-format", output)
    (kept,) = answers(project)
    again = run(project, "check", "--output-format", output)
    assert answers(project) == [kept]
    for done in (plain, first, again):
        assert (done.returncode, done.stderr) == (1, b"")
        assert done.stdout == plain.stdout
    assert b"ASB201" in plain.stdout


def test_the_second_run_is_answered_from_the_recording(project: Path) -> None:
    from flake8_async_block.cli.replay import replay

    assert run(project, "check").returncode == 1
    (kept,) = answers(project)
    before = kept.stat().st_mtime_ns
    assert run(project, "check").returncode == 1
    assert kept.stat().st_mtime_ns == before
    assert replay(["fix"]) is None
    assert replay(["check", "-"]) is None
    assert replay(["check", "--output-file=x"]) is None


@pytest.mark.parametrize("aged", [False, True], ids=["just now", "long ago"])
def test_every_change_is_seen(project: Path, aged: bool) -> None:
    def check() -> bytes:
        if aged:
            age(project)
        return run(project, "check", "-q").stdout

    found = check()
    assert b"ASB201" in found
    # The file with the finding does not change; what it leads to does.
    write(project, app__work="def work():\n    pass\n")
    assert check() == b""
    write(project, app__work="import time\n\n\ndef work():\n    time.sleep(1)  #\n")
    assert check() == found
    write(project, app__new=BLOCKING)
    assert b"ASB102" in check()
    settings(project, 'ignore = ["ASB1"]')
    assert check() == found
    (project / ".gitignore").write_text("api.py\n")
    assert check() == b""
    (project / ".gitignore").unlink()
    assert check() == found
    (project / "app" / "pyproject.toml").write_text('[tool.async-block]\nignore = ["ASB2"]\n')
    if aged:
        age(project)
    assert run(project / "app", "check", "-q").stdout.count(b"ASB2") == 0
    (project / "app" / "work.py").unlink()
    assert check() == b""


def test_another_question_is_another_answer(project: Path) -> None:
    assert run(project, "check", "-q").stdout != b""
    assert run(project, "check", "-q", "--ignore", "ASB2").stdout == b""
    assert run(project / "app", "check", "-q").stdout.startswith(b"api.py")
    assert run(project, "check", "-q").stdout.startswith(b"app/api.py")


def test_a_file_from_standard_input_is_not_kept(project: Path) -> None:
    done = run(project, "check", "-", "--stdin-filename", "app/api.py", stdin=CLEAN.encode())
    assert done.returncode == 0
    assert answers(project) == []


def test_clearing(project: Path) -> None:
    run(project, "check")
    assert answers(project) != []
    done = run(project, "cache", "clear")
    assert done.returncode == 0
    assert b"freed" in done.stdout
    assert not (project / DIRECTORY).exists()
    assert run(project, "check").returncode == 1


def test_the_cache_is_made_where_the_command_is_run_and_nowhere_else(project: Path) -> None:
    (project / DIRECTORY).rmdir()
    outside = project.parent / f"{project.name}-outside"
    outside.mkdir()
    run(outside, "check", str(project))
    assert not (outside / DIRECTORY).exists()
    assert not (project / DIRECTORY).exists()
    run(project / "app", "check")
    assert (project / DIRECTORY).is_dir()


def test_a_cache_that_is_a_file_does_no_harm(project: Path) -> None:
    (project / DIRECTORY).rmdir()
    (project / DIRECTORY).write_text("")
    for _ in range(2):
        assert run(project, "check").returncode == 1


def test_shards_add_up(project: Path) -> None:
    write(project, app__more=BLOCKING)
    whole = run(project, "check", "-q").stdout.splitlines()
    parts = [run(project, "check", "-q", "--shard", f"{number}/3") for number in (1, 2, 3)]
    assert sorted(line for part in parts for line in part.stdout.splitlines()) == sorted(whole)
    assert {part.returncode for part in parts} == {0, 1}


@pytest.mark.parametrize(
    ("option", "value"),
    [("--shard", "0/3"), ("--shard", "4/3"), ("--shard", "1"), ("--jobs", "0"), ("--jobs", "x")],
)
def test_nonsense_is_one_clear_line(project: Path, option: str, value: str) -> None:
    done = run(project, "check", option, value)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert repr(value).encode() in done.stderr
