"""A recorded answer holds exactly as long as what it depends on is the same."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from flake8_async_block.cache.recordings import Inputs, read_recording

QUESTION = "what?"
ANSWER = b"\0\nthat\0\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two files in a directory, old enough not to change within the same tick of the clock."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("a.py", "b \n ü.py"):
        (root / name).write_text("x = 1\n")
    for path in (*root.iterdir(), root):
        age(path)
    return root


def age(path: Path) -> None:
    os.utime(path, ns=(10**18 + 1, 10**18 + 1))


def record(project: Path, cache: Path) -> None:
    inputs = Inputs()
    inputs.add(map(str, [project, *project.iterdir(), project / "not-there.py"]))
    inputs.add_existence([str(project / ".git")])
    inputs.record(str(cache), QUESTION, ANSWER)


def answer(cache: Path, question: str = QUESTION) -> bytes | None:
    return read_recording(str(cache), question)


def test_nothing_has_changed(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    assert answer(tmp_path) == ANSWER
    assert answer(tmp_path, "something else?") is None


def test_a_file_has_grown(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    (project / "a.py").write_text("x = 10\n")
    age(project / "a.py")
    assert answer(tmp_path) is None


def test_a_file_is_a_different_one_of_the_same_size_and_time(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    other = tmp_path / "other"
    other.write_text("y = 2\n")
    age(other)
    other.replace(project / "a.py")
    age(project)
    assert answer(tmp_path) is None


@pytest.mark.parametrize("name", ["new.py", "not-there.py", ".git"])
def test_something_has_come(name: str, project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    (project / name).mkdir()
    assert answer(tmp_path) is None


def test_something_has_gone(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    (project / "a.py").unlink()
    assert answer(tmp_path) is None


def test_only_the_existence_of_some_things_matters(project: Path, tmp_path: Path) -> None:
    (project / ".git").mkdir()
    age(project)
    inputs = Inputs()
    inputs.add_existence([str(project / ".git")])
    inputs.record(str(tmp_path), QUESTION, ANSWER)
    (project / ".git" / "index").touch()
    assert answer(tmp_path) == ANSWER
    (project / ".git" / "index").unlink()
    (project / ".git").rmdir()
    assert answer(tmp_path) is None


def test_a_file_that_may_still_change_unseen_is_not_trusted(project: Path, tmp_path: Path) -> None:
    (project / "a.py").touch()
    record(project, tmp_path)
    assert answer(tmp_path) is None


def test_a_clock_of_whole_seconds_is_trusted_later(project: Path, tmp_path: Path) -> None:
    now = time.time_ns() // 10**9 * 10**9
    os.utime(project / "a.py", ns=(now - 10**9, now - 10**9))
    record(project, tmp_path)
    assert answer(tmp_path) is None
    os.utime(project / "a.py", ns=(now - 10**10, now - 10**10))
    record(project, tmp_path)
    assert answer(tmp_path) == ANSWER


def test_a_change_while_the_answer_was_made(project: Path, tmp_path: Path) -> None:
    inputs = Inputs()
    inputs.add([str(project / "a.py")])
    (project / "a.py").write_text("changed = True\n")
    age(project / "a.py")
    other = Inputs()
    other.add([str(project / "a.py")])
    inputs.add_known(other.signatures)
    inputs.record(str(tmp_path), QUESTION, ANSWER)
    assert answer(tmp_path) is None


def test_every_damage_is_a_miss(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    (file,) = tmp_path.glob("answer-*")
    content = file.read_bytes()
    for position in range(len(content)):
        file.write_bytes(content[:position])
        assert answer(tmp_path) is None
        file.write_bytes(
            content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        )
        assert answer(tmp_path) is None
    file.write_bytes(content)
    assert answer(tmp_path) == ANSWER


def test_a_directory_that_is_not_there_is_a_miss(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path / "missing")
    assert answer(tmp_path / "missing") is None


def test_the_number_of_answers_is_bounded(project: Path, tmp_path: Path) -> None:
    for number in range(100):
        inputs = Inputs()
        inputs.add([str(project / "a.py")])
        inputs.record(str(tmp_path), str(number), ANSWER)
    assert len(list(tmp_path.glob("answer-*"))) == 64
    assert answer(tmp_path, "99") == ANSWER


def test_what_tools_put_beside_the_sources_does_not_matter(project: Path, tmp_path: Path) -> None:
    record(project, tmp_path)
    for name in ("__pycache__", ".ruff_cache"):
        (project / name).mkdir()
    (project / ".coverage").touch()
    assert answer(tmp_path) == ANSWER
    (project / ".hidden.py").touch()
    assert answer(tmp_path) is None


def test_a_directory_that_has_just_changed_is_judged_by_its_listing(
    project: Path, tmp_path: Path
) -> None:
    (project / "data").mkdir()
    record(project, tmp_path)
    assert answer(tmp_path) == ANSWER
    (project / "data" / "new.py").touch()
    assert answer(tmp_path) is None


def test_two_looks_at_a_directory(project: Path, tmp_path: Path) -> None:
    def look() -> Inputs:
        inputs = Inputs()
        inputs.add([str(project)])
        return inputs

    first = look()
    (project / "__pycache__").mkdir()
    first.add_known(look().signatures)
    first.record(str(tmp_path), QUESTION, ANSWER)
    assert answer(tmp_path) == ANSWER
    (project / "c.py").touch()
    first.add_known(look().signatures)
    first.record(str(tmp_path), "again?", ANSWER)
    assert answer(tmp_path, "again?") is None
