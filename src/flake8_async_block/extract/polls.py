"""Loops in which a round may do nothing but look at something and sleep."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from flake8_async_block.extract.truth import is_always_true

_AGGREGATES: Final = frozenset({"len", "all", "any", "bool", "sum", "max", "min"})
_TELLING: Final = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
)
"""What tells people something, and changes nothing."""


class Poll(NamedTuple):
    """What a round looks at, and the call of which it awaits the result, if it does no more."""

    states: tuple[ast.expr, ...]
    pause: ast.Call


class _Round(NamedTuple):
    states: tuple[ast.expr, ...]
    pause: ast.Call | None
    is_over: bool
    """Whether ``continue`` ends it."""


def poll_of(node: ast.While) -> Poll | None:
    """What the loop looks at, if it may go round without doing anything else but to sleep."""
    states = [] if is_always_true(node.test) else _states_in(node.test)
    if states is None:
        return None
    # A cheap look first: most loops do not sleep.
    for idle in _idle_rounds(node.body):
        if idle.pause is not None and (states or idle.states):
            return Poll((*states, *idle.states), idle.pause)
    return None


def _idle_rounds(body: Sequence[ast.stmt]) -> Iterator[_Round]:
    """The ways through ``body`` on which nothing is done but to look and to sleep."""
    if not body:
        yield _Round((), None, False)
        return
    for first in _idle_steps(body[0]):
        if first.is_over:
            yield first
            continue
        for rest in _idle_rounds(body[1:]):
            if first.pause is not None and rest.pause is not None:
                continue
            pause = first.pause or rest.pause
            yield _Round(first.states + rest.states, pause, rest.is_over)


def _idle_steps(statement: ast.stmt) -> Iterator[_Round]:
    if isinstance(statement, ast.Pass):
        yield _Round((), None, False)
    elif isinstance(statement, ast.Continue):
        yield _Round((), None, True)
    elif isinstance(statement, ast.Expr):
        pause = _pause_in(statement.value)
        if pause is not None:
            yield _Round((), pause, False)
        elif _tells(statement.value):
            yield _Round((), None, False)
    elif isinstance(statement, ast.If):
        states = _states_in(statement.test)
        if states is not None:
            for block in (statement.body, statement.orelse):
                for idle in _idle_rounds(block):
                    yield idle._replace(states=(*states, *idle.states))
    elif isinstance(statement, ast.For) and not statement.orelse:
        states = _states_in(statement.iter)
        for idle in _idle_rounds(statement.body) if states is not None else ():
            if idle.pause is None:
                asked = [it for it in idle.states if not _asks_element(it, statement.target)]
                yield _Round((*(states or ()), *asked), None, False)
    elif isinstance(statement, ast.Try):
        yield from _idle_tries(statement)


def _idle_tries(statement: ast.Try) -> Iterator[_Round]:
    """``try: return queue.get_nowait()``, and a handler that sleeps."""
    if statement.finalbody or len(statement.body) > 1 or not statement.handlers:
        return
    question = getattr(statement.body[0], "value", None)
    if not isinstance(question, ast.Call) or not isinstance(question.func, ast.Attribute):
        return
    if not question.func.attr.endswith("_nowait") and not _asks_for_no_wait(question):
        return
    for handler in statement.handlers:
        for idle in _idle_rounds(handler.body):
            yield idle._replace(states=(question, *idle.states))


def _asks_element(state: ast.expr, target: ast.expr) -> bool:
    """Whether it is a question, such as ``get_nowait``, to what a ``for`` loop is at."""
    return (
        isinstance(state, ast.Call)
        and isinstance(state.func, ast.Attribute)
        and state.func.attr.endswith("_nowait")
        and ast.unparse(state.func.value) == ast.unparse(target)
    )


def _asks_for_no_wait(question: ast.Call) -> bool:
    """Whether it is ``get(block=False)`` or ``get(False)``."""
    given = [*question.args[:1], *[it.value for it in question.keywords if it.arg == "block"]]
    return any(isinstance(value, ast.Constant) and value.value is False for value in given)


def _pause_in(value: ast.expr) -> ast.Call | None:
    """The call that is awaited, with the seconds as its only argument or with none."""
    if not isinstance(value, ast.Await) or not isinstance(value.value, ast.Call):
        return None
    call = value.value
    given = [*call.args, *[keyword.value for keyword in call.keywords]]
    return call if len(given) <= 1 else None


def _tells(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.Call) and _last_name(value.func) in _TELLING


def _states_in(test: ast.expr) -> list[ast.expr] | None:
    """The variables, attributes and questions of which a condition is made; None if of more."""
    if isinstance(test, ast.Constant):
        return []
    if isinstance(test, (ast.Name, ast.Attribute)):
        return [test]
    parts: Sequence[ast.expr]
    if isinstance(test, ast.UnaryOp):
        parts = [test.operand]
    elif isinstance(test, ast.Subscript):
        # The key only says where to look.
        parts = [test.value]
    elif isinstance(test, ast.BoolOp):
        parts = test.values
    elif isinstance(test, ast.BinOp):
        parts = [test.left, test.right]
    elif isinstance(test, ast.Compare):
        parts = [test.left, *test.comparators]
    elif isinstance(test, ast.Call) and not test.keywords:
        if isinstance(test.func, ast.Name) and test.func.id in _AGGREGATES and len(test.args) == 1:
            parts = test.args
        elif isinstance(test.func, (ast.Name, ast.Attribute)):
            simple = all(_states_in(argument) is not None for argument in test.args)
            return [test] if simple else None
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
