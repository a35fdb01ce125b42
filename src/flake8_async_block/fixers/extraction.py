"""Whether statements of a coroutine can become a function that a thread runs, and its interface.

The function is a closure: what it only reads, it sees by name. What it assigns is its own, so a
name that is used afterwards is returned, and one whose earlier value counts is passed in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from flake8_async_block.fixers.base import Refused
from flake8_async_block.fixers.scopes import (
    TRY,
    Flow,
    Function,
    Names,
    bound,
    bound_in,
    last_simple,
    leaves_loop,
    loaded,
    may_swallow,
    nested_scopes,
    nested_scopes_in,
    own_nodes,
    own_nodes_in,
    suites,
)

_LOOPS: Final = (ast.While, ast.For, ast.AsyncFor)
_WITH_DEFAULT: Final = 2
"""So many arguments of ``next`` keep it from raising."""
_SUSPENDING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
_FRAME_READERS: Final = frozenset({"locals", "vars", "dir", "eval", "exec"})


class Place(NamedTuple):
    """One statement in a list of statements that ``owner`` holds."""

    owner: ast.AST
    suite: Sequence[ast.stmt]
    number: int


class Stretch(NamedTuple):
    """Neighbouring statements: ``first`` to ``last`` (inclusive) of the innermost place's list.

    ``around`` are the places in the function that lead there, the outermost first.
    """

    function: Function
    around: tuple[Place, ...]
    first: int
    last: int

    @property
    def statements(self) -> Sequence[ast.stmt]:
        return self.around[-1].suite[self.first : self.last + 1]


class Interface(NamedTuple):
    """What goes into the new function and what comes out.

    ``passed`` are the names whose values it is called with; ``given`` those it returns; ``ends``
    tells that the stretch always returns, and its own ``return`` statements give the result.
    """

    passed: tuple[str, ...]
    given: tuple[str, ...]
    ends: bool


def places_to(tree: ast.Module, line: int, column: int) -> tuple[Place, ...]:
    """The places of the statements around a position (line from 1, column from 0, UTF-8)."""
    found: list[Place] = []

    def search(owner: ast.AST) -> None:
        for suite in suites(owner):
            for index, statement in enumerate(suite):
                end = (statement.end_lineno or 0, statement.end_col_offset or 0)
                if (statement.lineno, statement.col_offset) <= (line, column) < end:
                    found.append(Place(owner, suite, index))
                    search(statement)
                    return

    search(tree)
    return tuple(found)


def interface_of(stretch: Stretch) -> Interface | Refused:
    """Judge a stretch of statements.

    Returns:
        How it becomes a function, or why it cannot, in words that end no sentence.
    """
    statements = stretch.statements
    reason = _cannot_leave(statements) or _cannot_move(stretch)
    if reason is not None:
        return Refused(reason)
    names = tuple(dict.fromkeys(name for name, _ in bound(statements)))
    flow = Flow(frozenset(names))
    known = flow.run(statements, frozenset())
    ends = known is None
    if all(isinstance(statement, ast.Raise) for statement in statements):
        return Refused("it raises an exception, and nothing else")
    if any(isinstance(node, ast.Return) for node in own_nodes(statements)):
        following = stretch.last + 1 < len(stretch.around[-1].suite)
        if not ends or following:
            return Refused("it may return from the middle of the function")
    used = _used_after(stretch) if not ends or _in_loop(stretch) else frozenset()
    given = tuple(name for name in names if name in used) if not ends else ()
    passed = {name for name in names if name in flow.early}
    if known is not None:
        passed |= {name for name in given if name not in known}
    if _in_loop(stretch):
        # What one round leaves, the next one may begin with.
        given = tuple(name for name in names if name in given or name in passed)
    for name in sorted(passed):
        if not _has_value_before(stretch, name):
            return Refused(f"`{name}` may have no value here")
    # A stretch that always ends in an exception gives nothing, and still leaves what it assigned.
    kept = frozenset(names if ends else given)
    reason = _lost_by_exceptions(stretch, kept) or _captured(stretch, frozenset(names))
    if reason is not None:
        return Refused(reason)
    return Interface(tuple(name for name in names if name in passed), given, ends)


def _cannot_leave(statements: Sequence[ast.stmt]) -> str | None:
    if leaves_loop(statements):
        return "a `break` or `continue` in it is for a loop around it"
    for node in own_nodes(statements):
        if isinstance(node, _SUSPENDING):
            return "it awaits or yields something itself"
        if isinstance(node, ast.comprehension) and node.is_async:
            return "it awaits or yields something itself"
        if isinstance(node, ast.Delete):
            return "it deletes something"
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            return "it assigns to names outside the function"
    for statement in statements:
        for node in ast.walk(statement):
            if _may_stop_iteration(node):
                return "StopIteration cannot leave a worker thread"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "super" and not node.args:
                    return "`super()` works in the method itself only"
                if node.func.id in _FRAME_READERS:
                    return f"`{node.func.id}()` may look at the function's variables"
    return None


def _may_stop_iteration(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return any(
            isinstance(inner, ast.Name) and inner.id == "StopIteration" for inner in ast.walk(node)
        )
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "__next__"
    named_next = isinstance(node.func, ast.Name) and node.func.id == "next"
    return named_next and len(node.args) < _WITH_DEFAULT


def _cannot_move(stretch: Stretch) -> str | None:
    outside = {
        name
        for node in own_nodes_in(stretch.function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }
    for name, node in bound(stretch.statements):
        if name in outside:
            return f"it assigns to `{name}`, which is not the function's own"
        if isinstance(node, ast.ExceptHandler) and any(
            other.id == name for other in _loads_outside(stretch)
        ):
            return f"`{name}` is used outside of it, too"
    return None


def _loads_outside(stretch: Stretch) -> Iterator[ast.Name]:
    inside = {id(node) for node in loaded(stretch.statements)}
    return (node for node in loaded(stretch.function.body) if id(node) not in inside)


def _in_loop(stretch: Stretch) -> bool:
    return any(isinstance(place.owner, _LOOPS) for place in stretch.around)


def _used_after(stretch: Stretch) -> Names:
    """The names that what follows may read as the stretch leaves them."""
    deleted = frozenset(
        node.id
        for node in own_nodes_in(stretch.function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    )
    if _in_loop(stretch):
        return deleted | frozenset(node.id for node in _loads_outside(stretch))
    names = frozenset(name for name, _ in bound(stretch.statements))
    flow = Flow(names)
    for place in stretch.around:
        number = stretch.last if place is stretch.around[-1] else place.number
        flow.run(place.suite[number + 1 :], frozenset())
        if isinstance(place.owner, TRY):
            for suite in suites(place.owner):
                if suite is not place.suite:
                    flow.run(suite, frozenset())
    # A function inside may run at any time.
    inside = {id(node) for node in ast.walk(ast.Module(list(stretch.statements), []))}
    for scope in nested_scopes_in(stretch.function):
        if id(scope) not in inside:
            flow.early.update(node.id for node in loaded((scope,)) if node.id in names)
    return deleted | frozenset(flow.early)


def _has_value_before(stretch: Stretch, name: str) -> bool:
    """Whether a name has a value for certain wherever the stretch begins."""
    function = stretch.function
    for node in own_nodes_in(function):
        if isinstance(node, ast.Delete) and any(name == other for other, _ in bound((node,))):
            return False
        if isinstance(node, ast.ExceptHandler) and node.name == name:
            return False
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters += [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    if name in {parameter.arg for parameter in parameters}:
        return True
    for place in stretch.around:
        index = stretch.first if place is stretch.around[-1] else place.number
        flow = Flow(frozenset())
        if name in (flow.run(place.suite[:index], frozenset()) or ()):
            return True
        if any(name == other for other, _ in bound(_header_targets(place))):
            return True
    return False


def _header_targets(place: Place) -> Iterator[ast.expr]:
    """What the statement around a place binds before the place is reached."""
    owner = place.owner
    if isinstance(owner, (ast.For, ast.AsyncFor)) and place.suite is owner.body:
        yield owner.target
    elif isinstance(owner, (ast.With, ast.AsyncWith)):
        yield from (item.optional_vars for item in owner.items if item.optional_vars is not None)


def _lost_by_exceptions(stretch: Stretch, kept: Names) -> str | None:
    """A name that keeps what it was assigned, now, when an exception comes before the end."""
    if not kept:
        return None
    last = last_simple(stretch.statements)
    elsewhere = [
        name
        for name, node in bound(stretch.statements)
        if name in kept and not _is_target(node, last)
    ]
    if not elsewhere:
        return None
    for place in stretch.around:
        guarded = _guarded_by(place)
        if guarded is None:
            continue
        inside = {id(node) for node in loaded(guarded)}
        for node in loaded(stretch.function.body):
            if node.id in elsewhere and id(node) not in inside:
                return f"an exception in it could come after `{node.id}` is set"
    return None


def _guarded_by(place: Place) -> Sequence[ast.stmt] | None:
    """The statements after whose exceptions the function goes on, if the place is among them."""
    owner = place.owner
    if isinstance(owner, TRY):
        return place.suite if place.suite is not getattr(owner, "finalbody", None) else None
    if isinstance(owner, (ast.With, ast.AsyncWith)) and may_swallow(owner):
        return place.suite
    return None


def _is_target(node: ast.AST, statement: ast.stmt) -> bool:
    """Whether a simple statement assigns to the name, once its value is there."""
    if isinstance(statement, ast.Assign):
        return any(node is inner for target in statement.targets for inner in ast.walk(target))
    return isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and node is statement.target


def _captured(stretch: Stretch, names: Names) -> str | None:
    """A nested function keeps the variable itself, which there would now be two of."""
    inside = {id(node) for node in nested_scopes(stretch.statements)}
    own = {id(node) for _, node in bound(stretch.statements)}
    elsewhere = {node.id for node in _loads_outside(stretch)}
    elsewhere |= {name for name, node in bound_in(stretch.function) if id(node) not in own}
    for scope in nested_scopes_in(stretch.function):
        kept = {node.id for node in ast.walk(scope) if isinstance(node, ast.Name)} & names
        if id(scope) in inside:
            kept &= elsewhere
        if kept:
            return f"a function inside keeps hold of `{min(kept)}`"
    return None
