from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from flake8_async_block import __version__


def test_the_changelog_begins_with_the_version_of_the_package(repository: Path) -> None:
    changelog = (repository / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_the_installed_distribution_has_the_version_of_the_package() -> None:
    assert metadata.version("flake8-async-block") == __version__


def test_the_readme_pins_the_hooks_to_this_version(repository: Path) -> None:
    assert f"rev: v{__version__}\n" in (repository / "README.md").read_text("utf-8")
