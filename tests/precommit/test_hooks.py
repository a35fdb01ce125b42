"""pre-commit for real: environments are built from this checkout, and hooks run on staged files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.checkout import clean_environment, commit_everything, copy_checkout, git

# One worker builds the environments, and the tests share them.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pre-commit")]

BAD = """\
import requests


async def read(url: str) -> str:
    return requests.get(url).text
"""

PreCommit = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class HookRepository:
    """This checkout, as a git repository that pre-commit can clone."""

    path: Path
    commit: str


@pytest.fixture(scope="session")
def hooks(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> HookRepository:
    path = copy_checkout(repository, tmp_path_factory.mktemp("hooks") / "async-block")
    return HookRepository(path, commit_everything(path))


@pytest.fixture(scope="session")
def pre_commit_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture
def sample(tmp_path: Path, hooks: HookRepository) -> Path:
    """A user's repository: one bad file is staged, another one is not."""
    project = tmp_path / "sample"
    project.mkdir()
    git(project, "init", "--quiet")
    (project / "pyproject.toml").write_text('[tool.async-block]\nextend-exclude = ["generated"]\n')
    (project / ".pre-commit-config.yaml").write_text(
        f"""\
repos:
  - repo: {hooks.path.as_posix()}
    rev: {hooks.commit}
    hooks:
      - id: async-block
      - id: async-block-fix
  - repo: local
    hooks:
      - id: flake8
        name: flake8
        entry: flake8 --select ASB
        language: python
        types: [python]
        additional_dependencies: [flake8, "{hooks.path.as_posix()}"]
"""
    )
    (project / "app.py").write_text(BAD)
    git(project, "add", "--all")
    (project / "unstaged.py").write_text(BAD)
    return project


@pytest.fixture
def pre_commit(sample: Path, pre_commit_home: Path) -> PreCommit:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", *arguments, "--color=never"],
            cwd=sample,
            env={**clean_environment(), "PRE_COMMIT_HOME": os.fspath(pre_commit_home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )

    return run


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def test_trying_the_check_hook_fails_with_the_finding(
    pre_commit: PreCommit, hooks: HookRepository
) -> None:
    tried = pre_commit("try-repo", os.fspath(hooks.path), "async-block", "--files", "app.py")
    assert tried.returncode == 1, tried.stdout
    assert "app.py:5:12 ASB102" in tried.stdout
    assert "unstaged.py" not in tried.stdout


def test_the_flake8_way_fails_with_the_finding(pre_commit: PreCommit) -> None:
    checked = pre_commit("run", "flake8")
    assert checked.returncode == 1, checked.stdout
    assert "app.py:5:12: ASB102" in checked.stdout
    assert "unstaged.py" not in checked.stdout


def test_after_the_fix_hook_every_hook_passes(pre_commit: PreCommit, sample: Path) -> None:
    found = pre_commit("run", "async-block")
    assert found.returncode == 1, found.stdout
    assert "app.py:5:12 ASB102" in found.stdout

    fixed = pre_commit("run", "async-block-fix")
    assert fixed.returncode == 1, fixed.stdout
    assert "files were modified by this hook" in fixed.stdout
    assert "return (await asyncio.to_thread(requests.get, url)).text" in _read(sample / "app.py")

    git(sample, "add", "app.py")
    passed = pre_commit("run")
    assert passed.returncode == 0, passed.stdout
    assert passed.stdout.count("Passed") == 3
    assert _read(sample / "unstaged.py") == BAD


def test_a_helper_that_is_not_staged_is_seen_through(pre_commit: PreCommit, sample: Path) -> None:
    (sample / "helper.py").write_text("import time\n\n\ndef work() -> None:\n    time.sleep(8)\n")
    (sample / "job.py").write_text(
        "from helper import work\n\n\nasync def report() -> None:\n    work()\n"
    )
    git(sample, "rm", "--quiet", "--cached", "app.py")
    git(sample, "add", "job.py")
    checked = pre_commit("run", "async-block")
    assert checked.returncode == 1, checked.stdout
    assert "job.py:5:5 ASB201" in checked.stdout
    assert "helper.py:5" in checked.stdout


def test_files_that_the_configuration_excludes_stay_excluded(
    pre_commit: PreCommit, sample: Path
) -> None:
    git(sample, "rm", "--quiet", "--cached", "app.py")
    (sample / "generated").mkdir()
    (sample / "generated" / "client.py").write_text(BAD)
    git(sample, "add", "generated")
    checked = pre_commit("run", "async-block")
    assert checked.returncode == 0, checked.stdout
