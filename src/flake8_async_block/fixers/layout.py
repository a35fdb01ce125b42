"""Where lines break in a call, so that what a fixer adds looks as if it had been written there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import libcst as cst

from flake8_async_block.fixers.base import Splice
from flake8_async_block.fixers.locate import ParsedSource, descendants

_STRINGS: Final = (cst.SimpleString, cst.FormattedString)


class BrokenOpen(NamedTuple):
    """A call whose arguments begin on a line of their own.

    ``newline`` ends the line of its ``(``; ``indent`` stands before the first argument; ``unit`` is
    how much deeper that is than the line on which the call begins.
    """

    newline: str
    indent: str
    unit: str


def broken_open(source: ParsedSource, call: cst.Call) -> BrokenOpen | None:
    """How the arguments of a call are laid out, or None if one stands beside the ``(``."""
    if not call.args:
        return None
    _, parenthesis = source.arguments_start(call)
    first = source.span(call.args[0])[0]
    line_start = source.line_starts[source.line(first) - 1]
    indent = source.text[line_start:first]
    continued = source.text[parenthesis + 1 : first].lstrip(b" \t").startswith(b"\\")
    if line_start <= parenthesis or indent.strip() or continued:
        return None
    indentation = indent.decode()
    base = indentation_at(source, source.span(call)[0])
    deeper = indentation.startswith(base) and len(indentation) > len(base)
    unit = indentation[len(base) :] if deeper else "    "
    return BrokenOpen(newline_at(source, parenthesis), indentation, unit)


def indentation_at(source: ParsedSource, offset: int) -> str:
    """The white space at the beginning of the line in which an offset lies."""
    start = source.line_starts[source.line(offset) - 1]
    line = source.text[start:]
    return line[: len(line) - len(line.lstrip(b" \t\f"))].decode()


def newline_at(source: ParsedSource, offset: int) -> str:
    """How the line in which an offset lies ends."""
    line = source.line(offset)
    end = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
    text = source.text[source.line_starts[line - 1] : end]
    return text[len(text.rstrip(b"\r\n")) :].decode() or "\n"


def indented(
    source: ParsedSource, node: cst.CSTNode, first: int, last: int, unit: str
) -> Iterator[Splice]:
    """Move the lines ``first`` to ``last`` (from 1) deeper by ``unit``.

    Lines that are blank, or begin inside a string of ``node``, stay as they are.

    Args:
        source: the file.
        node: what all of these lines belong to.
        first: the first line.
        last: the last line.
        unit: the white space to add.
    """
    inside = lines_inside_strings(source, node)
    owner = source.span(node)
    for line in range(first, last + 1):
        start = source.line_starts[line - 1]
        end = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
        if line not in inside and source.text[start:end].strip():
            yield Splice(start, start, unit, owner)


def lines_inside_strings(source: ParsedSource, node: cst.CSTNode) -> frozenset[int]:
    """The lines, from 1, that begin inside a string literal."""
    return frozenset(
        line
        for inner in descendants(node)
        if isinstance(inner, _STRINGS)
        for line in range(
            source.line(source.span(inner)[0]) + 1, source.line(source.span(inner)[1] - 1) + 1
        )
    )
