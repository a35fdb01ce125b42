"""Loops without a bound that the text shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.summary import Loop

_OTHER_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SUSPENDING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
_LEAVING: Final = (ast.Return, ast.Raise)
_EXITS: Final = frozenset({"sys.exit", "os._exit", "exit", "quit", "os.abort"})


def is_always_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def read_while(node: ast.While) -> Loop:
    """The facts of a ``while`` whose condition is a true constant."""
    suspends = leaves = False
    for inner in _own_nodes(node.body):
        if isinstance(inner, _SUSPENDING) or _is_async_comprehension(inner):
            suspends = True
        elif isinstance(inner, _LEAVING) or _is_exit_call(inner):
            leaves = True
    leaves = leaves or has_break(node.body)
    test = node.test
    return Loop(
        span=Span(
            node.lineno,
            node.col_offset,
            test.end_lineno or node.lineno,
            test.end_col_offset or node.col_offset,
        ),
        header=f"while {ast.unparse(test)}",
        suspends=suspends,
        leaves=leaves,
    )


def has_break(body: Sequence[ast.stmt]) -> bool:
    """Whether a ``break`` leaves the loop of which ``body`` is the body."""
    for statement in body:
        if isinstance(statement, ast.Break):
            return True
        if isinstance(statement, _OTHER_SCOPES):
            continue
        if isinstance(statement, (ast.While, ast.For, ast.AsyncFor)):
            if has_break(statement.orelse):
                return True
            continue
        for block in _blocks(statement):
            if has_break(block):
                return True
    return False


def _blocks(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, ())
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for case in getattr(statement, "cases", ()):
        yield case.body


def _own_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _OTHER_SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _is_async_comprehension(node: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) and bool(node.is_async)


def _is_exit_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _EXITS
