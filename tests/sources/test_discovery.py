"""Which files a run checks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_async_block.config import DEFAULT_EXCLUDE
from flake8_async_block.model.diagnostic import FileError
from flake8_async_block.model.errors import UsageError
from flake8_async_block.sources import find_sources


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def found(
    root: Path,
    *names: str,
    exclude: tuple[str, ...] = (),
    gitignore: bool = True,
    force: bool = False,
) -> list[str]:
    paths = [root / name for name in names] or [root]
    files = find_sources(
        paths, root=root, exclude=exclude, respect_gitignore=gitignore, force_exclude=force
    )
    return [path.relative_to(root).as_posix() for path in files]


def test_python_files_sorted_and_once(tmp_path: Path) -> None:
    touch(tmp_path, "b.py", "a/z.py", "a/y.txt", "a/x.pyi", "c")
    assert found(tmp_path) == ["a/z.py", "b.py"]
    assert found(tmp_path, "a", "b.py", ".", "a/z.py") == ["a/z.py", "b.py"]


def test_named_file_of_any_suffix(tmp_path: Path) -> None:
    touch(tmp_path, "script", "stub.pyi")
    assert found(tmp_path, "script", "stub.pyi") == ["script", "stub.pyi"]


def test_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a/b.py", "c.py")
    monkeypatch.chdir(tmp_path / "a")
    files = find_sources(
        [Path("../c.py"), Path()], root=tmp_path, exclude=(), respect_gitignore=True
    )
    assert files == (tmp_path / "a/b.py", tmp_path / "c.py")


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.py: no such file or directory"):
        found(tmp_path, "gone.py")


def test_file_that_is_only_a_buffer(tmp_path: Path) -> None:
    path = tmp_path / "new.py"
    files = find_sources(
        [path], root=tmp_path, exclude=(), respect_gitignore=True, present={path: b""}
    )
    assert files == (path,)


def test_default_excludes(tmp_path: Path) -> None:
    skipped = ["venv/a.py", "x/.venv/lib/a.py", "x/node_modules/a/b.py", "x.egg-info/a.py"]
    skipped += ["build/lib/a.py", "dist/a.py", "a/__pycache__/a.py", ".tox/py/a.py", ".git/a.py"]
    touch(tmp_path, "a.py", "builder/a.py", "x/venvs/a.py", *skipped)
    assert found(tmp_path, exclude=DEFAULT_EXCLUDE) == ["a.py", "builder/a.py", "x/venvs/a.py"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("gen", ["a.py", "b/a.py", "b/gen_x.py"]),
        ("/gen", ["a.py", "b/a.py", "b/gen/c.py", "b/gen_x.py"]),
        ("./gen", ["a.py", "b/a.py", "b/gen/c.py", "b/gen_x.py"]),
        ("gen/", ["a.py", "b/a.py", "b/gen_x.py"]),
        ("b/gen", ["a.py", "b/a.py", "b/gen_x.py", "gen/d.py"]),
        ("b/*", ["a.py", "gen/d.py"]),
        ("**/gen/**", ["a.py", "b/a.py", "b/gen_x.py"]),
        ("gen_*.py", ["a.py", "b/a.py", "b/gen/c.py", "gen/d.py"]),
        ("*_x.py", ["a.py", "b/a.py", "b/gen/c.py", "gen/d.py"]),
        ("a.py", ["b/gen/c.py", "b/gen_x.py", "gen/d.py"]),
        ("[ab].py", ["b/gen/c.py", "b/gen_x.py", "gen/d.py"]),
    ],
)
def test_exclude_patterns(tmp_path: Path, pattern: str, left: list[str]) -> None:
    touch(tmp_path, "a.py", "b/a.py", "b/gen/c.py", "b/gen_x.py", "gen/d.py")
    assert found(tmp_path, exclude=(pattern,)) == left


def test_bad_pattern(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exclude"):
        found(tmp_path, exclude=("!",))


@pytest.mark.parametrize("pattern", ["old", "old/", "/old", "*ld", "o?d"])
def test_named_although_excluded(tmp_path: Path, pattern: str) -> None:
    touch(tmp_path, "old/a.py", "old/in/b.py", "new.py")
    assert found(tmp_path, "old/a.py", "new.py", exclude=(pattern,)) == ["new.py", "old/a.py"]
    assert found(tmp_path, "old", exclude=(pattern,)) == ["old/a.py", "old/in/b.py"]
    assert found(tmp_path, "old/in", exclude=(pattern,)) == ["old/in/b.py"]
    named = ["old", "old/a.py", "old/in", "new.py"]
    assert found(tmp_path, *named, exclude=(pattern,), force=True) == ["new.py"]


class TestGitignore:
    def test_nested_files_and_exceptions(self, tmp_path: Path) -> None:
        touch(tmp_path, ".git/HEAD", "a.py", "gen/b.py", "sub/gen/c.py", "sub/keep_me.py")
        touch(tmp_path, "sub/keep.py", "sub/deep/x_local.py", "sub/deep/y_local.py")
        (tmp_path / ".gitignore").write_text("# comment\n\ngen/\n*_local.py\nkeep*\n")
        (tmp_path / "sub/.gitignore").write_text("!keep.py\n/deep/x*\n")
        (tmp_path / "sub/deep/.gitignore").write_text("!*_local.py\n")
        assert found(tmp_path) == [
            "a.py",
            "sub/deep/x_local.py",
            "sub/deep/y_local.py",
            "sub/keep.py",
        ]

    def test_agrees_with_git(self, tmp_path: Path) -> None:
        git = ["git", "-C", str(tmp_path)]
        subprocess.run([*git, "init", "-q"], check=True)
        touch(tmp_path, *(f"{d}{n}.py" for d in ("", "a/", "a/b/", "a/b/c/", "x/") for n in "pqr"))
        (tmp_path / ".gitignore").write_text(
            "/p.py\nb/q.py\n*/r.py\n!a/r.py\na/**/c\nx/\n!x/p.py\n"
        )
        (tmp_path / "a/.gitignore").write_text("p.py\n!b/p.py\n")
        (tmp_path / "a/b/.gitignore").write_text("r.py \n\\#x\n")
        listed = subprocess.run(
            [*git, "ls-files", "--others", "--exclude-standard", "*.py"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert found(tmp_path) == sorted(listed.stdout.split())

    def test_files_above_the_root_up_to_the_repository(self, tmp_path: Path) -> None:
        touch(tmp_path, "repo/.git/HEAD", "repo/app/a.py", "repo/app/b.py", "repo/app/in/c.py")
        (tmp_path / ".gitignore").write_text("a.py\n")
        (tmp_path / "repo/.gitignore").write_text("b.py\n")
        assert found(tmp_path / "repo/app") == ["a.py", "in/c.py"]
        assert found(tmp_path / "repo/app", "in") == ["in/c.py"]

    def test_without_a_repository_the_root_is_the_limit(self, tmp_path: Path) -> None:
        touch(tmp_path, "app/in/a.py", "app/in/b.py")
        (tmp_path / ".gitignore").write_text("a.py\n")
        (tmp_path / "app/.gitignore").write_text("b.py\n")
        assert found(tmp_path / "app") == ["in/a.py"]
        assert found(tmp_path / "app", "in") == ["in/a.py"]

    def test_repository_inside_an_ignored_directory(self, tmp_path: Path) -> None:
        touch(tmp_path, ".git/HEAD", "work/repo/.git/HEAD", "work/repo/a.py")
        (tmp_path / ".gitignore").write_text("work/\n")
        assert found(tmp_path / "work/repo") == ["a.py"]

    def test_disregarded(self, tmp_path: Path) -> None:
        touch(tmp_path, ".git/HEAD", "a.py")
        (tmp_path / ".gitignore").write_text("*.py\n")
        assert found(tmp_path, gitignore=False) == ["a.py"]

    def test_named_although_ignored(self, tmp_path: Path) -> None:
        touch(tmp_path, ".git/HEAD", "gen/a.py", "gen/b.py")
        (tmp_path / ".gitignore").write_text("gen/\n")
        (tmp_path / "gen/.gitignore").write_text("b.py\n")
        assert found(tmp_path) == []
        assert found(tmp_path, "gen") == ["gen/a.py"]
        assert found(tmp_path, "gen/b.py") == ["gen/b.py"]
        assert found(tmp_path, "gen", "gen/b.py", force=True) == []


def test_links(tmp_path: Path) -> None:
    touch(tmp_path, "a/x.py")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "a/link.py").symlink_to("x.py")
    (tmp_path / "a/dangling.py").symlink_to("gone.py")
    assert found(tmp_path) == ["a/link.py", "a/x.py"]
    assert found(tmp_path, "a/loop/a") == ["a/loop/a/link.py", "a/loop/a/x.py"]


def test_unreadable_directory_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a/x.py", "b.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("os.scandir", refuse)
    errors: list[FileError] = []
    files = find_sources(
        [tmp_path], root=tmp_path, exclude=(), respect_gitignore=True, on_error=errors.append
    )
    assert files == (tmp_path / "b.py",)
    assert errors == [FileError("a", 0, "cannot read the directory: Permission denied")]


def test_deep_tree(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 600) + "/x.py"
    touch(tmp_path, deep)
    assert found(tmp_path) == [deep]


def test_plain_runs_do_not_load_the_pattern_library(tmp_path: Path) -> None:
    touch(tmp_path, "a.py")
    program = (
        "import sys; from pathlib import Path; from flake8_async_block.config import *\n"
        "from flake8_async_block.sources import find_sources\n"
        f"root = Path({str(tmp_path)!r})\n"
        "files = find_sources([root], root=root, exclude=DEFAULT_EXCLUDE, respect_gitignore=True)\n"
        "print(len(files), 'pathspec' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "False"]
