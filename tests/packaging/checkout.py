"""Copies the checkout as a commit would hold it: tracked files, and new ones not ignored."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".nox", "__pycache__", "*.egg-info", "dist")


def git(directory: Path, *arguments: str) -> str:
    """Run git in ``directory`` as an author of its own, and return what it prints."""
    return subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=clean_environment(),
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


def clean_environment() -> dict[str, str]:
    """The environment without what ties git or Python to this checkout, and with an author."""
    ties = ("GIT_", "PYTHONPATH", "PYTHONHOME", "PRE_COMMIT", "VIRTUAL_ENV")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(ties)}
    for role in ("AUTHOR", "COMMITTER"):
        environment[f"GIT_{role}_NAME"] = "Test"
        environment[f"GIT_{role}_EMAIL"] = "test@example.org"
    return environment


def copy_checkout(repository: Path, target: Path) -> Path:
    """Copy the files of ``repository``, without environments and caches, to a new directory."""
    if not (repository / ".git").exists():
        shutil.copytree(repository, target, ignore=_LEFT_OUT)
        return target
    listed = git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (repository / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(repository / name, target / name)
    return target


def commit_everything(directory: Path) -> str:
    """Make ``directory`` a git repository with one commit, and return the commit's name."""
    git(directory, "init", "--quiet")
    git(directory, "add", "--all")
    git(directory, "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "everything")
    return git(directory, "rev-parse", "HEAD").strip()
