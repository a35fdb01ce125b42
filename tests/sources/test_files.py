"""Reading, writing and naming files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from flake8_async_block.model.diagnostic import FileError
from flake8_async_block.sources import display_path, read_source, write_atomically


def test_display_path(tmp_path: Path) -> None:
    assert display_path(tmp_path / "a" / "b.py", tmp_path) == "a/b.py"
    assert display_path(tmp_path / "b.py", tmp_path / "a") == "../b.py"


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\r\n")
    assert read_source(path, "a.py") == b"x = 1\r\n"


def test_read_errors_are_values(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.py", tmp_path):
        error = read_source(path, "shown.py")
        assert isinstance(error, FileError)
        assert (error.path, error.line) == ("shown.py", 0)
        assert error.message.startswith("cannot read the file: ")


def test_write_replaces_content_and_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o750)
    write_atomically(path, b"new\r\n", root=tmp_path)
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert list(tmp_path.iterdir()) == [path]


def test_readers_see_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    seen = []
    replace = os.replace

    def look(source: str, target: str) -> None:
        seen.append((path.read_bytes(), Path(source).read_bytes(), Path(source).parent))
        replace(source, target)

    monkeypatch.setattr("os.replace", look)
    write_atomically(path, b"new", root=tmp_path)
    assert seen == [(b"old", b"new", tmp_path)]


def test_failed_write_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new", root=tmp_path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_link_inside_the_project_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("real/a.py")
    write_atomically(tmp_path / "link.py", b"new", root=tmp_path)
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real/a.py").read_bytes() == b"new"


@pytest.mark.parametrize("through_directory", [True, False])
def test_link_out_of_the_project_is_refused(tmp_path: Path, through_directory: bool) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (outside / "a.py").write_bytes(b"old")
    if through_directory:
        (project / "in").symlink_to(outside)
        path = project / "in" / "a.py"
    else:
        path = project / "a.py"
        path.symlink_to(outside / "a.py")
    with pytest.raises(PermissionError, match="out of the project"):
        write_atomically(path, b"new", root=project)
    assert (outside / "a.py").read_bytes() == b"old"


def test_project_that_is_itself_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.py").write_bytes(b"old")
    (tmp_path / "project").symlink_to("real")
    write_atomically(tmp_path / "project/a.py", b"new", root=tmp_path / "project")
    assert (tmp_path / "real/a.py").read_bytes() == b"new"


def test_file_outside_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "a.py").write_bytes(b"old")
    (tmp_path / "b.py").symlink_to("a.py")
    write_atomically(tmp_path / "a.py", b"new", root=project)
    assert (tmp_path / "a.py").read_bytes() == b"new"
    with pytest.raises(PermissionError, match="symbolic link"):
        write_atomically(tmp_path / "b.py", b"newer", root=project)
