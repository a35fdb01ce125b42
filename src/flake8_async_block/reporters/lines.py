"""Lines of text in styled pieces: the same words for a pipe and for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Piece(NamedTuple):
    """A stretch of text in one style, in the notation of rich."""

    text: str
    style: str = ""


Line = list[Piece]


def printable(text: str) -> str:
    """Spell out control characters: they would break the line, or command the terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def number(amount: int, noun: str) -> str:
    """An amount with its noun, in the singular or the plural."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def listed(names: Sequence[str], most: int) -> str:
    """Names in one line, the first few of them and how many more there are."""
    more = len(names) - most
    # "1 more" would take as much room as the last name itself.
    return ", ".join(names[:most]) + f", and {more} more" if more > 1 else ", ".join(names)


def plain(lines: Iterable[Line]) -> str:
    """The words of the lines, each ended by a newline."""
    return "".join("".join(piece.text for piece in line) + "\n" for line in lines)


def coloured(lines: Iterable[Line]) -> str:
    """The same, with the escape sequences that a terminal understands."""
    import io

    from rich.console import Console
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=True, color_system="standard")
    for line in lines:
        # Soft wrapping: the terminal breaks long lines, so that they can be copied whole.
        console.print(Text.assemble(*line), soft_wrap=True, highlight=False)
    return buffer.getvalue()
