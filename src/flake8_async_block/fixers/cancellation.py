"""Where a cancelled task is cleaned up after, and an ``await`` would end that.

With AnyIO and Trio a cancelled task stays cancelled: every ``await`` in it raises again, at once,
until the cancelled scope is left. What a ``finally`` did in one go it would no longer do once its
call is awaited. With asyncio a cancellation is told once, and the cleanup goes on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from flake8_async_block.fixers.locate import ParsedSource
from flake8_async_block.fixers.scopes import TRY, Function, own_nodes_in

_STAYING_CANCELLED: Final = frozenset({"anyio", "starlette", "trio"})
_CAUGHT: Final = frozenset(
    {"BaseException", "Cancelled", "CancelledError", "get_cancelled_exc_class"}
)


def ends_when_cancelled(
    function: Function, span: tuple[int, int], source: ParsedSource, library: str
) -> str | None:
    """What cleanup an ``await`` would cut short in a cancelled task.

    Args:
        function: the innermost function around what shall be awaited.
        span: its offsets.
        source: the file.
        library: whose function is awaited, by the name of a backend or a module.

    Returns:
        A clause that ends no sentence, or None.
    """
    if library not in _STAYING_CANCELLED:
        return None
    cleanups = [
        (name, suite)
        for node in own_nodes_in(function)
        if isinstance(node, TRY)
        for name, suite in _cleanups(node)
    ]
    if function.name == "__aexit__":
        cleanups.append(("__aexit__", function.body))
    for name, suite in cleanups:
        if _holds(suite, span, source) and not _is_shielded(suite, span, source):
            return f"the await would end `{name}` at once in a task that was cancelled"
    return None


def _cleanups(node: ast.Try) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    """The parts of a statement that run when a task is cancelled."""
    if node.finalbody:
        yield "finally", node.finalbody
    for handler in node.handlers:
        kinds = ast.walk(handler.type) if handler.type is not None else ()
        names = {_last_name(kind) for kind in kinds}
        if handler.type is None or names & _CAUGHT:
            yield "except", handler.body


def _is_shielded(suite: Sequence[ast.stmt], span: tuple[int, int], source: ParsedSource) -> bool:
    return any(
        isinstance(node, (ast.With, ast.AsyncWith))
        and _holds(node.body, span, source)
        and any(_shields(item.context_expr) for item in node.items)
        for statement in suite
        for node in ast.walk(statement)
    )


def _shields(manager: ast.expr) -> bool:
    return isinstance(manager, ast.Call) and any(
        keyword.arg == "shield" and not _is_false(keyword.value) for keyword in manager.keywords
    )


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _holds(suite: Sequence[ast.stmt], span: tuple[int, int], source: ParsedSource) -> bool:
    first, last = suite[0], suite[-1]
    start = source.offset(first.lineno, first.col_offset)
    end = source.offset(last.end_lineno or 0, last.end_col_offset or 0)
    return start <= span[0] and span[1] <= end
