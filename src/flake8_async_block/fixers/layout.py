"""Where lines break in a call, so that what a fixer adds looks as if it had been written there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import libcst as cst

from flake8_async_block.fixers.base import Splice
from flake8_async_block.fixers.locate import ParsedSource

_WIDTHS: Final = (88, 100, 120)
_SELDOM: Final = 50
"""One line in so many may be longer than the limit of the file..."""
_FEW: Final = 4
"""... or so many, where it has few lines."""
_FORMATTED: Final = (cst.FormattedString, getattr(cst, "TemplatedString", cst.FormattedString))
_BRACKETS: Final = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))


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


def width_of(source: ParsedSource) -> int:
    """How many characters a line of the file may have, as far as its lines tell.

    It is the least of the usual limits that almost all of the lines keep to.
    """
    lengths = [len(line.decode()) for line in source.text.splitlines()]
    exceptions = max(_FEW, len(lengths) // _SELDOM)
    for width in _WIDTHS[:-1]:
        if sum(length > width for length in lengths) <= exceptions:
            return width
    return _WIDTHS[-1]


def unit_to_break(source: ParsedSource, call: cst.Call, extra: int) -> str | None:
    """By what to indent the arguments of a call, if it gets too long for its line.

    Args:
        source: the file.
        call: any call.
        extra: how many characters are added to its line.

    Returns:
        White space, or None if the call fits, has no arguments, or had better not be broken.
    """
    start, end = source.span(call)
    line = source.line(start)
    if not call.args or source.line(end - 1) != line or _in_string(source, start, end):
        return None
    last = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
    text = source.text[source.line_starts[line - 1] : last].rstrip(b"\r\n")
    code = text.decode()
    before = text[: start - source.line_starts[line - 1]]
    if b"#" in text[end - source.line_starts[line - 1] :] or _is_open(before):
        # A comment may be about this very line; inside of brackets it would look odd.
        return None
    if len(code) + extra <= width_of(source):
        return None
    return "\t" if code.startswith("\t") else "    "


def _is_open(text: bytes) -> bool:
    return any(text.count(one) > text.count(other) for one, other in _BRACKETS)


def _in_string(source: ParsedSource, start: int, end: int) -> bool:
    return any(
        isinstance(node, _FORMATTED) and span[0] <= start and end <= span[1]
        for node in source.spans
        if isinstance(node, _FORMATTED) and (span := source.span(node))
    )


def on_one_line(source: ParsedSource, call: cst.Call) -> int | None:
    """How long the arguments of a call are that share one line below it; None if they do not."""
    start, end = source.span(call.args[0])[0], source.span(call.args[-1])[1]
    callee_end, _ = source.arguments_start(call)
    if source.line(start) != source.line(end - 1):
        return None
    if b"#" in source.text[callee_end : source.span(call)[1]]:
        return None
    return len(source.text[start:end].decode())


def one_by_one(source: ParsedSource, call: cst.Call, line_start: str) -> Iterator[Splice]:
    """Have each argument but the first begin a line."""
    owner = source.span(call)
    for before, after in pairwise(call.args):
        end, start = source.span(before)[1], source.span(after)[0]
        comma = source.text.index(b",", end, start)
        yield Splice(comma + 1, start, line_start, owner)


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
    inside = source.lines_inside_strings
    owner = source.span(node)
    for line in range(first, last + 1):
        start = source.line_starts[line - 1]
        end = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
        if line not in inside and source.text[start:end].strip():
            yield Splice(start, start, unit, owner)
