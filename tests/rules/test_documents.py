"""``docs/rules/`` is what the docstrings say, and its links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from docs import write_rule_pages
from flake8_async_block.rules import ALL_RULES


def test_the_files_are_up_to_date(repository: Path) -> None:
    kept = {
        path.name: path.read_text(encoding="utf-8")
        for path in (repository / "docs" / "rules").glob("*.md")
    }
    assert kept == write_rule_pages.documents(), "run docs/write_rule_pages.py"


def test_the_list_names_every_rule_and_no_other() -> None:
    listed = re.findall(
        r"^\| \[(ASB\d+)\]\(([a-z-]+\.md)\) \| `([a-z-]+)`",
        write_rule_pages.documents()["README.md"],
        re.MULTILINE,
    )
    assert [(code, name) for code, _, name in listed] == [
        (rule.code, rule.name) for rule in ALL_RULES
    ]


def test_links_between_the_files() -> None:
    files = write_rule_pages.documents()
    for name, text in files.items():
        for target in re.findall(r"\]\((?!https://)([^)]+)\)", text):
            assert target in files, (name, target)


def test_writing_mends_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "rules"
    shutil.copytree(write_rule_pages.DIRECTORY, copy)
    (copy / "README.md").write_text("old")
    (copy / "no-such-rule.md").write_text("old")
    (copy / "blocking-sleep.md").unlink()
    monkeypatch.setattr(write_rule_pages, "DIRECTORY", copy)
    write_rule_pages.main()
    written = {path.name: path.read_text(encoding="utf-8") for path in copy.iterdir()}
    assert written == write_rule_pages.documents()
