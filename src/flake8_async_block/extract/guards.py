"""Branches that are seldom taken, by what their text shows.

A branch that runs once in the life of a process, on a cache miss or on an error costs less than
one that every request takes, and one that only runs where there is no event loop costs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from flake8_async_block.model.summary import Guard

_PROBES: Final = frozenset({"get_running_loop", "get_event_loop", "current_task"})
_WEIGHTS: Final = {
    guard: weight
    for weight, guard in enumerate(
        (Guard.NONE, Guard.ERROR, Guard.CACHE_MISS, Guard.ONCE, Guard.NO_LOOP)
    )
}


def stronger(first: str, second: str) -> str:
    """Of two guards around the same code, the one that says more."""
    return max(first, second, key=_WEIGHTS.__getitem__)


def guard_of_branch(test: ast.expr, body: Sequence[ast.stmt], shared: frozenset[str]) -> str:
    """What guards the body of ``if test:``.

    Args:
        shared: the variables that outlive the call, because the function declares them global.
    """
    subject = _missing_value(test)
    if subject is not None and _outlives_call(subject, shared) and _assigns(body, subject):
        return Guard.ONCE
    container = _missing_key(test)
    if container is not None and _fills(body, container):
        return Guard.CACHE_MISS
    return Guard.NONE


def guard_of_handler(body: Sequence[ast.stmt], handler: ast.ExceptHandler) -> str:
    """What guards an ``except`` branch of the ``try`` with the given body."""
    if _names_runtime_error(handler.type) and any(
        isinstance(node, ast.Call) and _terminal(node.func) in _PROBES
        for statement in body
        for node in ast.walk(statement)
    ):
        return Guard.NO_LOOP
    return Guard.ERROR


def _missing_value(test: ast.expr) -> ast.expr | None:
    """``x`` of ``x is None`` and ``not x``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], (ast.Is, ast.Eq))
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    ):
        return test.left
    return None


def _missing_key(test: ast.expr) -> ast.expr | None:
    """``c`` of ``k not in c``."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn):
        return test.comparators[0]
    return None


def _outlives_call(subject: ast.expr, shared: frozenset[str]) -> bool:
    if isinstance(subject, ast.Name):
        return subject.id in shared
    return isinstance(subject, ast.Attribute)


def _assigns(body: Sequence[ast.stmt], subject: ast.expr) -> bool:
    wanted = ast.unparse(subject)
    return any(
        isinstance(node, (ast.Name, ast.Attribute))
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node) == wanted
        for statement in body
        for node in ast.walk(statement)
    )


def _fills(body: Sequence[ast.stmt], container: ast.expr) -> bool:
    wanted = ast.unparse(container)
    return any(
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == wanted
        for statement in body
        for node in ast.walk(statement)
    )


def _names_runtime_error(kind: ast.expr | None) -> bool:
    members = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(member is not None and _terminal(member) == "RuntimeError" for member in members)


def _terminal(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
