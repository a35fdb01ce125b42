"""What the documents promise is there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from flake8_async_block import ALL_RULES, Config

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/design.md"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_inside_the_repository_leads_somewhere(repository: Path, name: str) -> None:
    document = repository / name
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_the_readme_shows_every_hook_and_no_other(repository: Path) -> None:
    hooks = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text("utf-8"))
    readme = (repository / "README.md").read_text("utf-8")
    shown = {name for name in re.findall(r"- id: (\S+)", readme) if name != "flake8"}
    assert shown == {hook["id"] for hook in hooks}


def test_every_target_named_in_the_documents_exists(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (repository / name).read_text("utf-8")
        for target in re.findall(r"^\$ make +([a-z-]+)", text, re.MULTILINE):
            assert target in targets, target


def test_the_readme_lists_every_setting_and_no_other(repository: Path) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    section = readme.partition("## Configuration")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    kept = {"root", "source"}  # what load_config finds out, not what is set
    settings = {field.name.replace("_", "-") for field in fields(Config) if field.name not in kept}
    assert sorted(listed) == sorted(settings)


def test_the_readme_lists_every_rule_and_no_other(repository: Path) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    assert re.findall(r"^\| (ASB\d+) \|", readme, re.MULTILINE) == [rule.code for rule in ALL_RULES]
