"""What the documents promise is there."""

from __future__ import annotations

import re
import subprocess
import sys
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
    section = readme.partition("## Rules")[2].partition("\n## ")[0]
    listed = re.findall(r"\bASB\d+(?= \|)", section)
    assert sorted(listed) == sorted(rule.code for rule in ALL_RULES)


def test_the_readme_shows_what_the_commands_print(repository: Path, tmp_path: Path) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    program, *_ = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "app.py").write_text(program, "utf-8")
    shown = re.findall(r"```console\n\$ async-block ([^\n]* app\.py)\n(.+?)```", readme, re.DOTALL)
    assert [command.split()[0] for command, _ in shown] == ["check", "fix"]
    for command, output in shown:
        ran = subprocess.run(
            [sys.executable, "-m", "flake8_async_block", *command.split()],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
        assert ran.stdout == output
        assert ran.returncode == 1
