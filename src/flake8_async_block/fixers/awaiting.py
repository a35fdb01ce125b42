"""The steps that every fixer shares which puts an ``await`` before a call."""

from __future__ import annotations

import libcst as cst

from flake8_async_block.fixers.base import FileContext, Refused, Splice
from flake8_async_block.fixers.locate import Located, ParsedSource
from flake8_async_block.fixers.placement import AwaitPlace
from flake8_async_block.model.diagnostic import Diagnostic


def call_at(diagnostic: Diagnostic, context: FileContext) -> Located | Refused:
    """Find the call that a finding reports."""
    wanted = context.source.range_of(diagnostic.span)
    for located in context.located.get(wanted, ()):
        if isinstance(located.node, cst.Call):
            return located
    return Refused("no call stands where the finding is")


def opening(
    span: tuple[int, int],
    text: str,
    place: AwaitPlace,
    source: ParsedSource,
    line_start: str = "",
) -> Splice:
    """The splice that puts ``await text`` before the node at ``span``.

    Args:
        line_start: the line break and the indentation between a parenthesis and the ``await``.
    """
    before = source.text[: span[0]][-1:]
    # `return(f)()` is legal, `returnawait` is a name.
    space = " " if before.isalnum() or before == b"_" or before >= b"\x80" else ""
    prefix = space + (f"({line_start}" if place.parenthesise else "")
    return Splice(span[0], span[0], f"{prefix}await {text}", span, await_at=len(prefix))
