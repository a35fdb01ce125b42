"""Branches that are seldom taken, by what their text shows.

A branch that runs once in the life of a process, on a cache miss or on an error costs less than
one that every request takes, and one that only runs where there is no event loop costs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Final

from flake8_async_block.extract.loops import own_nodes
from flake8_async_block.model.summary import Guard, GuardName

_PROBES: Final = frozenset({"get_running_loop", "get_event_loop", "current_task"})
_STARTERS: Final = frozenset({"run_until_complete", "run_forever"})
_RUNNERS: Final = frozenset({"asyncio", "anyio", "trio", "uvloop"})
"""What starts a loop, which is only possible where none runs: the latter by ``run``."""
_PASSED_THROUGH: Final = (ast.For, ast.With, ast.Try)
_WEIGHTS: Final = {
    guard: weight
    for weight, guard in enumerate(
        (Guard.NONE, Guard.ERROR, Guard.CACHE_MISS, Guard.ONCE, Guard.NO_LOOP)
    )
}

_LASTING: Final = frozenset({"self", "cls", "app", "application"})
"""The object or class of a method, and what serves all requests."""
_REMEMBERED: Final = frozenset({Guard.CACHE_MISS, Guard.ONCE})


def stronger(first: GuardName, second: GuardName) -> GuardName:
    """Of two guards around the same code, the one that says more."""
    return max(first, second, key=_WEIGHTS.__getitem__)


def guard_of_branch(
    test: ast.expr,
    body: Sequence[ast.stmt],
    is_shared: Callable[[str], bool],
    probed: frozenset[str],
    after: ast.stmt | None = None,
) -> GuardName:
    """What guards the body of ``if test:``.

    Args:
        is_shared: whether a variable outlives the call, because it is the module's.
        probed: the variables that hold the running loop, or nothing where none runs.
        after: the statement that follows the whole ``if``.
    """
    if isinstance(test, ast.BoolOp):
        guards = [guard_of_branch(part, body, is_shared, probed, after) for part in test.values]
        if isinstance(test.op, ast.And):
            return max(guards, key=_WEIGHTS.__getitem__)
        # ``refresh or self.x is None``: also where somebody asks for it.
        return Guard.CACHE_MISS if _REMEMBERED.intersection(guards) else Guard.NONE
    subject = _missing_value(test)
    if subject is not None and _starts_the_loop_asked(subject, body):
        return Guard.NO_LOOP
    if subject is not None:
        guard = _guard_of_missing(subject, body, is_shared, probed)
        if guard == Guard.NONE and _is_given_back(subject, after) and _fetches(body, subject):
            return _how_seldom(subject, is_shared)
        return guard
    container = _missing_key(test)
    if container is not None and _fills(body, container):
        return Guard.CACHE_MISS
    return Guard.NONE


def guard_of_rest(
    test: ast.expr,
    rest: Sequence[ast.stmt],
    is_shared: Callable[[str], bool],
    probed: frozenset[str],
) -> GuardName:
    """What guards the statements that are only reached where ``test`` does not hold.

    Args:
        is_shared: as for :func:`guard_of_branch`.
        probed: as for :func:`guard_of_branch`.
    """
    if _starts_the_loop_asked(test, rest):
        return Guard.NO_LOOP
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and probed:
        # Of ``loop and loop.is_running()`` a running loop fails no part.
        test = test.values[0]
    if isinstance(test, ast.Call) and _terminal(test.func) == "is_running":
        assert isinstance(test.func, (ast.Name, ast.Attribute))
        test = test.func.value if isinstance(test.func, ast.Attribute) else test.func
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        if isinstance(test.ops[0], ast.In) and _fills(rest, test.comparators[0]):
            return Guard.CACHE_MISS
        if not isinstance(test.ops[0], ast.IsNot) or not _is_none(test.comparators[0]):
            return Guard.NONE
        test = test.left
    test = _looked_up(test)
    if not isinstance(test, (ast.Name, ast.Attribute)):
        return Guard.NONE
    return _guard_of_missing(test, rest, is_shared, probed)


def is_early_exit(node: ast.If) -> bool:
    """Whether what follows the statement is only reached where its test does not hold."""
    return not node.orelse and isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue))


def names_of_probes(
    body: Sequence[ast.stmt], handlers: Sequence[ast.ExceptHandler]
) -> frozenset[str]:
    """The variables to which a ``try`` binds the running loop, and None where there is none."""
    if not any(guard_of_handler(body, handler) == Guard.NO_LOOP for handler in handlers):
        return frozenset()
    return frozenset(
        target.id
        for handler in handlers
        for statement in handler.body
        if isinstance(statement, ast.Assign) and _is_none(statement.value)
        for target in statement.targets
        if isinstance(target, ast.Name)
    )


def _guard_of_missing(
    subject: ast.expr,
    body: Sequence[ast.stmt],
    is_shared: Callable[[str], bool],
    probed: frozenset[str],
) -> GuardName:
    """What guards ``body``, which is only run where ``subject`` is None or empty."""
    if isinstance(subject, ast.Name) and subject.id in probed:
        return Guard.NO_LOOP
    guard = _how_seldom(subject, is_shared)
    if guard != Guard.NONE and (_assigns(body, subject) or _always_fills(body, subject)):
        return guard
    return Guard.NONE


def _starts_the_loop_asked(test: ast.expr, other: Sequence[ast.stmt]) -> bool:
    """Whether ``test`` asks whether a loop runs, and ``other``, for where none does, starts one."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = test.values[-1]
    return (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Attribute)
        and test.func.attr == "is_running"
        and "loop" in _terminal(test.func.value).lower()
        and any(isinstance(node, ast.Call) and _starts_loop(node.func) for node in own_nodes(other))
    )


def _starts_loop(callee: ast.expr) -> bool:
    name = _terminal(callee)
    if name == "run" and isinstance(callee, ast.Attribute):
        return _terminal(callee.value) in _RUNNERS
    return name in _STARTERS


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def guard_of_handler(body: Sequence[ast.stmt], handler: ast.ExceptHandler) -> GuardName:
    """What guards an ``except`` branch of the ``try`` with the given body."""
    if _names_runtime_error(handler.type) and any(
        isinstance(node, ast.Call) and _terminal(node.func) in _PROBES
        for statement in body
        for node in ast.walk(statement)
    ):
        return Guard.NO_LOOP
    return Guard.ERROR


def _missing_value(test: ast.expr) -> ast.expr | None:
    """``x`` of ``x is None`` and ``not x``, ``o.x`` of ``not hasattr(o, "x")``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _looked_up(test.operand)
    if (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], (ast.Is, ast.Eq))
        and _is_none(test.comparators[0])
    ):
        return _looked_up(test.left)
    return None


def _looked_up(node: ast.expr) -> ast.expr:
    """``o.x`` of ``hasattr(o, "x")`` and ``getattr(o, "x", None)``; everything else as it is."""
    if isinstance(node, ast.Call) and _terminal(node.func) in ("hasattr", "getattr"):
        holder, name = (*node.args, None, None)[:2]
        if holder is not None and isinstance(name, ast.Constant) and isinstance(name.value, str):
            return ast.Attribute(holder, name.value, ast.Load())
    return node


def _is_given_back(subject: ast.expr, after: ast.stmt | None) -> bool:
    """Whether a statement returns ``subject``, as it has to be there by then."""
    if not isinstance(after, ast.Return) or after.value is None:
        return False
    return type(after.value) is type(subject) and _is_same(after.value, subject)


def _fetches(body: Sequence[ast.stmt], subject: ast.expr) -> bool:
    """Whether ``body`` calls what can fill ``subject``: for an attribute, one of its object's."""
    for statement in body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Await):
            call = call.value
        if not isinstance(call, ast.Call):
            continue
        holder = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(subject, ast.Name) or (
            isinstance(subject, ast.Attribute)
            and holder is not None
            and _is_same(holder, subject.value)
        ):
            return True
    return False


def _missing_key(test: ast.expr) -> ast.expr | None:
    """``c`` of ``k not in c``."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn):
        return test.comparators[0]
    return None


def _how_seldom(subject: ast.expr, is_shared: Callable[[str], bool]) -> GuardName:
    """How seldom ``subject`` is missing that is kept once it was there.

    What a parameter holds may be another object in each call, such as the request.
    """
    if isinstance(subject, ast.Name):
        return Guard.ONCE if is_shared(subject.id) else Guard.NONE
    if not isinstance(subject, ast.Attribute):
        return Guard.NONE
    root = subject.value
    while isinstance(root, (ast.Attribute, ast.Subscript)):
        if isinstance(root, ast.Attribute) and root.attr in _LASTING:
            return Guard.ONCE
        root = root.value
    if isinstance(root, ast.Name) and root.id not in _LASTING and not is_shared(root.id):
        return Guard.CACHE_MISS
    return Guard.ONCE


def _assigns(body: Sequence[ast.stmt], subject: ast.expr) -> bool:
    """Whether ``subject`` is set in ``body``, and not emptied again as a flag would be."""
    found = False
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign) and _is_empty(node.value):
                if any(_is_same(target, subject) for target in node.targets):
                    return False
            elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                found = found or _is_same(node, subject)
    return found


def _is_same(first: ast.expr, second: ast.expr) -> bool:
    """Whether two expressions are written alike."""
    if isinstance(first, ast.Name) or isinstance(second, ast.Name):
        return _terminal(first) == _terminal(second) and type(first) is type(second)
    if isinstance(first, ast.Attribute) and isinstance(second, ast.Attribute):
        return first.attr == second.attr and _is_same(first.value, second.value)
    return type(first) is type(second) and ast.unparse(first) == ast.unparse(second)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _fills(body: Sequence[ast.stmt], container: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and _is_same(node.value, container)
        for statement in body
        for node in ast.walk(statement)
    )


def _always_fills(body: Sequence[ast.stmt], container: ast.expr) -> bool:
    """Whether ``body`` puts something into ``container`` without asking for anything else first."""
    return any(
        _fills([statement], container)
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        else isinstance(statement, _PASSED_THROUGH) and _always_fills(statement.body, container)
        for statement in body
    )


def _names_runtime_error(kind: ast.expr | None) -> bool:
    members = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(member is not None and _terminal(member) == "RuntimeError" for member in members)


def _terminal(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
