#!/usr/bin/env python3
"""Writes ``docs/rules/``: a page for each kind of finding, and the list of all rules.

The pages are the docstrings in ``flake8_async_block/rules``, followed by the calls that the
catalogue knows; ``async-block explain`` prints the same. They are written to files so that they
can be read, and linked to, without installing anything; a test fails when the files are not what
this script would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from flake8_async_block.model.rule import Rule
from flake8_async_block.rules import ALL_RULES
from flake8_async_block.rules.api_lists import documentation

DIRECTORY: Final = Path(__file__).parent / "rules"
_GENERATED: Final = (
    "<!-- Written by docs/write_rule_pages.py; edit the docstring or the catalogue in src. -->\n\n"
)
_INTRODUCTION: Final = """\
# Rules

The hundreds say how a call is reached, the last two digits what it is: `ASB102` is an HTTP call in
a coroutine, `ASB202` one that is reached through helpers. `async-block explain ASB102` prints the
same page on the terminal.

| code | name | what is found | by default |
|---|---|---|---|
"""


def documents() -> dict[str, str]:
    """What belongs into the directory: file name → text."""
    pages: dict[str, list[Rule]] = {}
    for rule in ALL_RULES:
        pages.setdefault(rule.page, []).append(rule)
    rows = "".join(_rows(pages.values()))
    return {
        "README.md": f"{_GENERATED}{_INTRODUCTION}{rows}",
        **{_file_name(about): _page(about) for about in pages.values()},
    }


def _file_name(about: Sequence[Rule]) -> str:
    return f"{about[0].name}.md"


def _page(about: Sequence[Rule]) -> str:
    title = ", ".join(f"{rule.code} {rule.name}" for rule in about)
    return f"{_GENERATED}# {title}\n\n{documentation(about[0])}"


def _rows(pages: Iterable[Sequence[Rule]]) -> Iterator[str]:
    files = {rule.code: _file_name(about) for about in pages for rule in about}
    for rule in ALL_RULES:
        link = f"[{rule.code}]({files[rule.code]})"
        state = "on" if rule.default else "off"
        yield f"| {link} | `{rule.name}` | {rule.summary} | {state} |\n"


def main() -> None:
    """Write every file, and remove those that no rule asks for any more."""
    DIRECTORY.mkdir(exist_ok=True)
    wanted = documents()
    for stale in set(DIRECTORY.glob("*.md")) - {DIRECTORY / name for name in wanted}:
        stale.unlink()
    for name, text in wanted.items():
        (DIRECTORY / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
