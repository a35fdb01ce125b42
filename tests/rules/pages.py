"""Takes the rules' pages apart: sections, and the blocks of code in them.

In a block of Python a marker names what is found on its line, and every line without one is
silent: ``time.sleep(1)  # error: ASB101``. ``# error with cost = "brief": ASB108`` marks what is
only found with that setting.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from flake8_async_block import ALL_RULES, CheckResult, Config, Diagnostic, Engine

SECTIONS: Final = (
    "What it does",
    "Why it freezes the server",
    "Example",
    "Remedies",
    "When to ignore it",
    "What stays silent",
    "See also",
)

_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARKER: Final = re.compile(r"  # error(?P<brief> with cost = \"brief\")?: (?P<code>ASB\d{3})$")


class Page(NamedTuple):
    """One text of documentation and the rules it is about, in the order of their codes."""

    codes: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return self.codes[0]


class Block(NamedTuple):
    """A fenced block: its language, and the number of its section's blocks before it."""

    page: Page
    section: str
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}-{self.section.replace(' ', '_')}-{self.number}"


class Found(NamedTuple):
    line: int
    code: str


def read_pages() -> tuple[Page, ...]:
    """Every page once."""
    codes: dict[str, list[str]] = {}
    for rule in ALL_RULES:
        codes.setdefault(rule.page, []).append(rule.code)
    return tuple(Page(tuple(about), text) for text, about in codes.items())


def sections_of(page: Page) -> dict[str, str]:
    """The text under each heading of the second level; under "", what comes before the first."""
    parts = re.split(r"^## (.+)$", page.text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def blocks_of(page: Page, language: str, section: str = "") -> list[Block]:
    """The blocks in a language, of one section or of all."""
    return [
        Block(page, heading, number, found[1], found[2])
        for heading, text in sections_of(page).items()
        for number, found in enumerate(_BLOCK.finditer(text))
        if found[1] == language and section in ("", heading)
    ]


def marked(text: str, cost: str = "bounded") -> list[Found]:
    """What the markers in ``text`` announce under a setting of ``cost``."""
    return [
        Found(number, marker["code"])
        for number, line in enumerate(text.splitlines(), 1)
        if (marker := _MARKER.search(line)) and (cost == "brief" or not marker["brief"])
    ]


def check(
    directory: Path,
    text: str,
    page: Page,
    *,
    cost: str = "bounded",
    suppress: bool = True,
) -> CheckResult:
    """Check ``text`` as the file ``app.py`` of a project that selects what the page is about."""
    directory.joinpath("app.py").write_text(text, encoding="utf-8")
    config = Config(root=directory, cost=cost, extend_select=page.codes)
    return Engine(config).check([directory / "app.py"], suppress=suppress)


def places(diagnostics: tuple[Diagnostic, ...]) -> list[Found]:
    return [Found(found.span.line, found.code) for found in diagnostics]
