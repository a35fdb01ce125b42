"""``sync-handler``: drop ``async`` from a handler that awaits nothing; its framework takes threads.

That nobody calls the handler, and that nothing in it needs the event loop, was made sure of when
the plan was made: it takes the whole project to know. What the text shows is checked here again.
"""

from __future__ import annotations

import re
from typing import Final

import libcst as cst

from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.locate import children
from flake8_async_block.model.diagnostic import Diagnostic

_ASYNC: Final = re.compile(rb"async[ \t\f]+(?=def\b)")


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    start, _ = context.source.range_of(diagnostic.span)
    function = _handler_at(context.source.module, start, context)
    if function is None or function.asynchronous is None:
        return Refused("it does not stand in an async function")
    if any(_needs_async(node) for node in _own_nodes(function)):
        return Refused("the function awaits or yields something")
    span = context.source.span(function)
    found = _ASYNC.match(context.source.text, span[0])
    if found is None:
        return Refused("more than a space stands between `async` and `def`")
    return Edited((Splice(span[0], found.end(), "", span),), covers=span, absorbs=True)


def _handler_at(
    node: cst.CSTNode, offset: int, context: FileContext, found: cst.FunctionDef | None = None
) -> cst.FunctionDef | None:
    """The innermost function around an offset."""
    for child in children(node):
        start, end = context.source.span(child)
        if start <= offset < end:
            if isinstance(child, cst.FunctionDef):
                found = child
            return _handler_at(child, offset, context, found)
    return found


def _own_nodes(function: cst.FunctionDef) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = []
    pending = list(children(function.body))
    while pending:
        node = pending.pop()
        found.append(node)
        if not isinstance(node, (cst.FunctionDef, cst.Lambda)):
            pending += children(node)
    return found


def _needs_async(node: cst.CSTNode) -> bool:
    if isinstance(node, (cst.Await, cst.Yield)):
        return True
    return getattr(node, "asynchronous", None) is not None


FIXER: Final = Fixer("sync-handler", _edit)
