"""The page about settings names what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from flake8_async_block.config import DEFAULT_EXCLUDE, Config, load_config


def page(repository: Path) -> str:
    return (repository / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_every_key_is_documented(repository: Path) -> None:
    section = page(repository).split("## Keys")[1].split("On the command line")[0]
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))
    keys = {field.name.replace("_", "-") for field in fields(Config)} - {"root", "source"}
    assert documented == keys


def test_examples_are_valid(repository: Path, tmp_path: Path) -> None:
    table, exclude, milder, without = re.findall(r"```toml\n(.*?)```", page(repository), re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(table)
    codes = ("ASB108", "ASB201")
    config = load_config(tmp_path, config_file=None, known_codes=codes, overrides={})
    assert config.per_file_ignores == (("tests/*", ("ASB1", "ASB2")),)
    (tmp_path / "pyproject.toml").write_text(f"[tool.async-block]\n{exclude}")
    config = load_config(tmp_path, config_file=None, known_codes=(), overrides={})
    assert config.exclude == DEFAULT_EXCLUDE
    (tmp_path / "pyproject.toml").write_text(f"{milder}\n{without}")
    known = ("ASB101", "ASB201", "ASB501")
    config = load_config(tmp_path, config_file=None, known_codes=known, overrides={})
    assert config.cost_in("tests/unit/test_a.py") == "unbounded"
    assert config.cost_in("app/a.py") == "bounded"
    assert not config.is_selected("ASB101", "tests/unit/test_a.py")
