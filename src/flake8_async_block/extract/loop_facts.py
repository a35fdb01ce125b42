"""What is noted of loops where the flow around them is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from flake8_async_block.extract import loops
from flake8_async_block.extract.builder import span_of
from flake8_async_block.extract.scope import ScopeKind
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import Loop

if TYPE_CHECKING:
    from flake8_async_block.extract.expressions import ExpressionReader

_FALSE_CONSTANTS: Final = frozenset({"False", "None", "0", "0.0", "''", "b''"})
"""How a path writes the constants that are false."""
_UNBOUNDED_ITERABLES: Final = frozenset(
    {"itertools.count", "itertools.cycle", "itertools.repeat", "builtins.iter"}
)
"""Callables whose result may have no end; which arguments they got decides."""


def keeps_true(reader: ExpressionReader, node: ast.While, nonlocals: frozenset[str]) -> bool:
    """Whether the condition is a variable of the function which nothing can change.

    Args:
        nonlocals: the names that functions inside others may change.
    """
    scope = reader.scope
    decided = loops.fixed_name(node.test)
    if decided is None or scope.kind is not ScopeKind.FUNCTION:
        return False
    name, wanted = decided
    if name in scope.global_names | scope.nonlocal_names | nonlocals:
        return False
    path = scope.flow.get(name)
    if path is None or reader.table.nodes[path].op != PathOp.CONSTANT:
        return False
    is_true = reader.table.nodes[path].name not in _FALSE_CONSTANTS
    return is_true == wanted and not loops.binds(node.body, name)


def note_while(reader: ExpressionReader, node: ast.While, *, endless: bool) -> None:
    """Note a ``while`` that has no end, or that only looks and sleeps."""
    polling = loops.polling_of(node)
    if not endless and polling is None:
        return
    states: tuple[int, ...] = ()
    pause = NO_PATH
    if polling is not None:
        states = tuple(reader.read_silently(state) for state in polling.states)
        pause = reader.read_silently(polling.pause)
    conduct = loops.conduct_of(node.body)
    reader.function.loops.append(
        Loop(
            span=loops.header_span(node, node.test),
            extent=span_of(node),
            header=f"while {ast.unparse(node.test)}",
            endless=endless,
            suspends=conduct.suspends,
            leaves=conduct.leaves or reader.function.guards > 0,
            states=states,
            pause=pause,
        )
    )


def note_for(reader: ExpressionReader, node: ast.For, iterable: int) -> None:
    """Note a ``for`` over ``iterable`` if that may have no end."""
    if not _may_have_no_end(reader, iterable):
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


def _may_have_no_end(reader: ExpressionReader, iterable: int) -> bool:
    nodes = reader.table.nodes
    if nodes[iterable].op != PathOp.CALL:
        return False
    callee = nodes[nodes[iterable].operands[0]]
    if callee.op == PathOp.ATTRIBUTE:
        return f"{nodes[callee.operands[0]].name}.{callee.name}" in _UNBOUNDED_ITERABLES
    return callee.op == PathOp.NAME and callee.name in _UNBOUNDED_ITERABLES
