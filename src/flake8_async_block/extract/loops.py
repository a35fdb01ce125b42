"""Loops without a bound that the text shows: how control moves in them, and what may end them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from flake8_async_block.model.diagnostic import Span

OTHER_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SUSPENDING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
_EXITS: Final = frozenset({"sys.exit", "os._exit", "exit", "quit", "os.abort"})
_CATCH_ALL: Final = frozenset(
    {"Exception", "BaseException", "KeyboardInterrupt", "SystemExit", "GeneratorExit"}
    | {"CancelledError"}
)
_EVERYTHING: Final = frozenset({"Exception", "BaseException"})
_SUPPRESSORS: Final = frozenset({"suppress", "raises", "assertRaises"})


class Conduct(NamedTuple):
    """How control moves in a loop's body.

    ``suspends``: an ``await``, ``async for``, ``async with`` or ``yield`` stands inside.
    ``leaves``: a ``break``, ``return``, ``raise`` or exit leaves it.
    """

    suspends: bool
    leaves: bool


def conduct_of(body: Sequence[ast.stmt]) -> Conduct:
    """How control moves in the loop of which ``body`` is the body."""
    suspends = any(
        isinstance(inner, _SUSPENDING) or _is_async_comprehension(inner)
        for inner in own_nodes(body)
    )
    return Conduct(suspends, _leaves(body) or has_break(body))


def _leaves(body: Sequence[ast.stmt], caught: bool = False) -> bool:
    """Whether a ``return``, an exception or an exit leaves ``body``.

    Args:
        caught: whether every exception is caught before it gets out of the loop.
    """
    for statement in body:
        if isinstance(statement, ast.Return):
            return True
        if isinstance(statement, (ast.Raise, ast.Assert)):
            if not caught:
                return True
            continue
        if isinstance(statement, OTHER_SCOPES):
            continue
        if any(_is_exit_call(node) for node in _own_expressions(statement)):
            return True
        for name, block in _named_blocks(statement):
            inside = caught or (name == "body" and _catches_everything(statement))
            if _leaves(block, inside):
                return True
    return False


def _catches_everything(statement: ast.stmt) -> bool:
    """Whether a ``try`` statement lets no ordinary exception out of its body."""
    for handler in getattr(statement, "handlers", ()):
        caught = handler.type
        members = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        if any(member is None or _last_name(member) in _EVERYTHING for member in members):
            return True
    return False


def header_span(node: ast.While | ast.For, last: ast.expr) -> Span:
    """From the loop's keyword to the end of ``last``."""
    return Span(
        node.lineno,
        node.col_offset,
        last.end_lineno or node.lineno,
        last.end_col_offset or node.col_offset,
    )


def yields(body: Sequence[ast.stmt]) -> bool:
    """Whether ``body`` hands control to whoever iterates over the function."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(body))


def has_break(body: Sequence[ast.stmt]) -> bool:
    """Whether a ``break`` leaves the loop of which ``body`` is the body."""
    for statement in body:
        if isinstance(statement, ast.Break):
            return True
        if isinstance(statement, OTHER_SCOPES):
            continue
        if isinstance(statement, (ast.While, ast.For, ast.AsyncFor)):
            if has_break(statement.orelse):
                return True
            continue
        for block in _blocks(statement):
            if has_break(block):
                return True
    return False


def deciding_parts(node: ast.While) -> list[ast.expr] | None:
    """The variables and attributes of which a condition is made, if the body sets none of them.

    None if it is made of anything else, or of constants alone.
    """
    parts = _parts_of(node.test)
    if not parts:
        return None
    assigned = {
        inner.attr
        for inner in own_nodes(node.body)
        if isinstance(inner, ast.Attribute) and not isinstance(inner.ctx, ast.Load)
    }
    for part in parts:
        root = part
        while isinstance(root, ast.Attribute):
            if root.attr in assigned:
                return None
            root = root.value
        if not isinstance(root, ast.Name) or binds(node.body, root.id):
            return None
    return parts


def _parts_of(test: ast.expr) -> list[ast.expr] | None:
    if isinstance(test, ast.Constant):
        return []
    if isinstance(test, (ast.Name, ast.Attribute)):
        return [test]
    inner: list[ast.expr]
    if isinstance(test, ast.UnaryOp):
        inner = [test.operand]
    elif isinstance(test, ast.BoolOp):
        inner = test.values
    elif isinstance(test, ast.Compare):
        inner = [test.left, *test.comparators]
    else:
        return None
    found: list[ast.expr] = []
    for part in inner:
        parts = _parts_of(part)
        if parts is None:
            return None
        found += parts
    return found


def binds(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether anything in ``body`` binds or deletes the variable ``name``."""
    for node in own_nodes(body):
        if isinstance(node, ast.Name):
            if node.id == name and not isinstance(node.ctx, ast.Load):
                return True
        elif isinstance(node, ast.alias):
            if (node.asname or node.name.partition(".")[0]) == name:
                return True
        elif getattr(node, "name", None) == name or getattr(node, "rest", None) == name:
            return True
    return False


def catches_the_end(handlers: Sequence[ast.ExceptHandler]) -> bool:
    """Whether a handler waits for one certain exception, as a way out of what it guards."""
    for handler in handlers:
        caught = handler.type
        members = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        for member in members:
            if member is not None and _last_name(member) not in _CATCH_ALL:
                return True
    return False


def suppresses_the_end(items: Sequence[ast.withitem]) -> bool:
    """Whether a ``with`` statement takes an exception for a way out of its body."""
    return any(
        isinstance(item.context_expr, ast.Call)
        and _last_name(item.context_expr.func) in _SUPPRESSORS
        for item in items
    )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _blocks(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    for _, block in _named_blocks(statement):
        yield block


def _named_blocks(statement: ast.stmt) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    for name in ("body", "orelse", "finalbody"):
        yield name, getattr(statement, name, ())
    for handler in getattr(statement, "handlers", ()):
        yield "handler", handler.body
    for case in getattr(statement, "cases", ()):
        yield "case", case.body


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement outside of the statements that it holds."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, OTHER_SCOPES):
            pending.extend(
                child
                for child in ast.iter_child_nodes(node)
                if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
            )


def own_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of some statements outside of the functions and classes that they define."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, OTHER_SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _is_async_comprehension(node: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) and bool(node.is_async)


def _is_exit_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _EXITS
