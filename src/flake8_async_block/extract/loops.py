"""Loops without a bound that the text shows, and loops that look at something again and again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from flake8_async_block.model.diagnostic import Span

OTHER_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SUSPENDING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
_LEAVING: Final = (ast.Return, ast.Raise)
_EXITS: Final = frozenset({"sys.exit", "os._exit", "exit", "quit", "os.abort"})
_CATCH_ALL: Final = frozenset(
    {"Exception", "BaseException", "KeyboardInterrupt", "SystemExit", "GeneratorExit"}
    | {"CancelledError"}
)
_SUPPRESSORS: Final = frozenset({"suppress", "raises", "assertRaises"})
_STATE_METHODS: Final = frozenset({"is_set", "done", "empty", "full", "locked", "qsize"})


class Conduct(NamedTuple):
    """How control moves in a loop's body.

    ``suspends``: an ``await``, ``async for``, ``async with`` or ``yield`` stands inside.
    ``leaves``: a ``break``, ``return``, ``raise`` or exit leaves it.
    """

    suspends: bool
    leaves: bool


class Polling(NamedTuple):
    """A loop that does nothing but look at ``states`` and sleep for ``pause``, a call."""

    states: tuple[ast.expr, ...]
    pause: ast.Call


def is_always_true(test: ast.expr) -> bool:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Constant) and not test.operand.value
    return isinstance(test, ast.Constant) and bool(test.value)


def conduct_of(body: Sequence[ast.stmt]) -> Conduct:
    """How control moves in the loop of which ``body`` is the body."""
    suspends = leaves = False
    for inner in _own_nodes(body):
        if isinstance(inner, _SUSPENDING) or _is_async_comprehension(inner):
            suspends = True
        elif isinstance(inner, _LEAVING) or _is_exit_call(inner):
            leaves = True
    return Conduct(suspends, leaves or has_break(body))


def header_span(node: ast.While | ast.For, last: ast.expr) -> Span:
    """From the loop's keyword to the end of ``last``."""
    return Span(
        node.lineno,
        node.col_offset,
        last.end_lineno or node.lineno,
        last.end_col_offset or node.col_offset,
    )


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


def fixed_name(test: ast.expr) -> tuple[str, bool] | None:
    """The variable that alone decides a condition, and the truth value that keeps it going."""
    if isinstance(test, ast.Name):
        return test.id, True
    if not isinstance(test, ast.UnaryOp) or not isinstance(test.op, ast.Not):
        return None
    return (test.operand.id, False) if isinstance(test.operand, ast.Name) else None


def binds(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether anything in ``body`` binds or deletes the variable ``name``."""
    for node in _own_nodes(body):
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


def polling_of(node: ast.While) -> Polling | None:
    """What the loop looks at, if all else it does is to sleep."""
    body = [statement for statement in node.body if not isinstance(statement, ast.Pass)]
    test: ast.expr | None = node.test
    if is_always_true(node.test):
        way_out = next((item for item in body if isinstance(item, ast.If)), None)
        if way_out is None or way_out.orelse or len(way_out.body) != 1:
            return None
        if not isinstance(way_out.body[0], (ast.Break, ast.Return)):
            return None
        body.remove(way_out)
        test = way_out.test
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return None
    awaited = body[0].value
    if not isinstance(awaited, ast.Await) or not isinstance(awaited.value, ast.Call):
        return None
    call = awaited.value
    given = [*call.args, *[keyword.value for keyword in call.keywords]]
    states = None if test is None else _states_in(test)
    if not states or len(given) != 1 or not isinstance(given[0], ast.Constant):
        return None
    return Polling(tuple(states), call)


def _states_in(test: ast.expr) -> list[ast.expr] | None:
    """The variables, attributes and questions of which a condition is made; None if of more."""
    if isinstance(test, ast.Constant):
        return []
    if isinstance(test, (ast.Name, ast.Attribute)):
        return [test]
    if isinstance(test, ast.UnaryOp):
        return _states_in(test.operand)
    parts: list[ast.expr]
    if isinstance(test, ast.BoolOp):
        parts = test.values
    elif isinstance(test, ast.Compare):
        parts = [test.left, *test.comparators]
    elif isinstance(test, ast.Call) and not test.keywords:
        callee = test.func
        if isinstance(callee, ast.Name) and callee.id == "len" and len(test.args) == 1:
            parts = test.args
        elif isinstance(callee, ast.Attribute) and callee.attr in _STATE_METHODS and not test.args:
            return [test]
        else:
            return None
    else:
        return None
    found: list[ast.expr] = []
    for part in parts:
        states = _states_in(part)
        if states is None:
            return None
        found += states
    return found


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


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
        if not isinstance(node, OTHER_SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _is_async_comprehension(node: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) and bool(node.is_async)


def _is_exit_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _EXITS
