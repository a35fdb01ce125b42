"""What is noted of loops where the flow around them is known."""

from __future__ import annotations

import ast
from typing import Final

from flake8_async_block.extract import loops
from flake8_async_block.extract.builder import span_of
from flake8_async_block.extract.polls import poll_of
from flake8_async_block.extract.recorder import Recorder
from flake8_async_block.extract.scope import ScopeKind
from flake8_async_block.extract.truth import is_always_true
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import Loop

_SOURCES: Final = frozenset(
    {"itertools.count", "itertools.cycle", "itertools.repeat", "builtins.iter"}
)
"""Callables whose result may have no end; which arguments they got decides."""
_FINITE: Final = frozenset(
    {"builtins.range", "builtins.sorted", "builtins.list", "builtins.set", "builtins.dict"}
    | {"builtins.tuple", "builtins.reversed", "builtins.vars", "builtins.dir"}
)
"""Callables that are often iterated over, and always come to an end."""
_DEEPEST: Final = 4


def note_while(reader: Recorder, node: ast.While, nonlocals: frozenset[str]) -> None:
    """Note a ``while`` that may have no end, or that only looks and sleeps.

    Args:
        nonlocals: the names that functions inside others may change.
    """
    endless = is_always_true(node.test)
    poll = poll_of(node)
    conduct = loops.conduct_of(node.body)
    leaves = conduct.leaves or reader.function.guards > 0
    decided_by: tuple[tuple[str, int], ...] = ()
    if not endless and not leaves:
        decided_by = _decided_by(reader, node, nonlocals)
    if not endless and poll is None and not decided_by:
        return
    states: tuple[int, ...] = ()
    pause = NO_PATH
    if poll is not None:
        states = tuple(reader.read_silently(state) for state in poll.states)
        pause = reader.read_silently(poll.pause)
    reader.function.loops.append(
        Loop(
            span=loops.header_span(node, node.test),
            extent=span_of(node),
            header=f"while {ast.unparse(node.test)}",
            endless=endless or bool(decided_by),
            suspends=conduct.suspends,
            leaves=leaves,
            states=states,
            pause=pause,
            decided_by=decided_by,
        )
    )


def _decided_by(
    reader: Recorder, node: ast.While, nonlocals: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    """What a condition is made of, if nothing in the loop's text can change it."""
    parts = loops.deciding_parts(node)
    if parts is None:
        return ()
    scope = reader.scope
    found = {}
    for part in parts:
        if isinstance(part, ast.Name):
            name = part.id
            is_global = scope.kind is ScopeKind.MODULE or name in scope.global_names
            if name in nonlocals or name in scope.nonlocal_names:
                return ()
            if not is_global and name not in scope.flow:
                path = reader.read_silently(part)
                if reader.table.nodes[path].op != PathOp.GLOBAL:
                    # A variable of a function around this one, which may set it meanwhile.
                    return ()
        found[ast.unparse(part)] = reader.read_silently(part)
    return tuple(found.items())


def note_for(reader: Recorder, node: ast.For, iterable: int) -> None:
    """Note a ``for`` over ``iterable`` if that may have no end."""
    if not _may_have_no_end(reader, iterable, 0):
        return
    conduct = loops.conduct_of(node.body)
    reader.function.loops.append(
        Loop(
            span=loops.header_span(node, node.iter),
            extent=span_of(node),
            header=f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}",
            endless=True,
            suspends=conduct.suspends,
            leaves=conduct.leaves or reader.function.guards > 0,
            iterable=iterable,
        )
    )


def _may_have_no_end(reader: Recorder, iterable: int, depth: int) -> bool:
    """Whether an iterable is made by something that may have no end.

    What generators of the project give has an end or none, which only the whole project tells. In
    coroutines, where it matters most, every call of something that may be one is noted.
    """
    nodes = reader.table.nodes
    node = nodes[iterable]
    if node.op != PathOp.CALL or depth > _DEEPEST:
        return False
    callee = nodes[node.operands[0]]
    name = callee.name
    if callee.op == PathOp.ATTRIBUTE:
        name = f"{nodes[callee.operands[0]].name}.{callee.name}"
    if name in _SOURCES:
        return True
    if name.startswith(("itertools.", "builtins.")):
        return name not in _FINITE and any(
            _may_have_no_end(reader, operand, depth + 1) for operand in node.operands[1:]
        )
    if callee.op == PathOp.FUNCTION:
        return True
    return reader.function.is_async and callee.op in (PathOp.GLOBAL, PathOp.NAME)
