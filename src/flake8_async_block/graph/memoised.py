"""Functions whose results are remembered: how seldom a call of one really runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import attribute_of
from flake8_async_block.graph.decorators import is_memoised
from flake8_async_block.graph.values import Instance, ProjectClass, ProjectFunction
from flake8_async_block.model.path import NO_PATH, PathNode, PathOp
from flake8_async_block.model.summary import Guard, GuardName, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_SAME_OBJECT: Final = (PathOp.TYPED, PathOp.NARROWED, PathOp.ENTER, PathOp.ASYNC_ENTER)


def how_seldom(resolver: Resolver, module: str, site: Site, called: ProjectFunction) -> GuardName:
    """How seldom ``called`` runs when a site of ``module`` calls it, as one of :class:`Guard`."""
    if not is_memoised(resolver, called):
        return Guard.NONE
    nodes = resolver.summary(module).nodes
    receiver = _receiver(nodes, site) if resolver.function_facts(called).owner else NO_PATH
    if receiver != NO_PATH and _is_new(resolver, module, receiver):
        # Results are kept for each object, and this one has none yet.
        return Guard.NONE
    keys = nodes[site.path].operands[1:] if site.kind == SiteKind.CALL else ()
    varies = any(_varies(nodes, key) for key in keys) or (
        receiver != NO_PATH and nodes[receiver].op == PathOp.ITERATE
    )
    return Guard.CACHE_MISS if varies else Guard.ONCE


def _receiver(nodes: Sequence[PathNode], site: Site) -> int:
    """The path of the object whose method is called, or whose attribute is read."""
    node = nodes[site.path]
    if site.kind == SiteKind.CALL:
        node = nodes[node.operands[0]]
    return node.operands[0] if node.op == PathOp.ATTRIBUTE else NO_PATH


def _is_new(resolver: Resolver, module: str, path: int) -> bool:
    """Whether a function makes the object at ``path`` itself, anew each time that it runs."""
    node = resolver.summary(module).nodes[path]
    while node.op in _SAME_OBJECT:
        path = node.operands[-1] if node.op == PathOp.TYPED else node.operands[0]
        node = resolver.summary(module).nodes[path]
    if node.op != PathOp.CALL:
        return False
    made = resolver.evaluate(module, node.operands[0])
    return bool(made) and all(
        isinstance(value, ProjectClass) and _makes_objects(resolver, value) for value in made
    )


def _makes_objects(resolver: Resolver, cls: ProjectClass) -> bool:
    """Whether calling a class gives another object each time, as far as its text tells."""
    return not resolver.class_facts(cls).decorators and not any(
        isinstance(value, ProjectFunction)
        for value in attribute_of(resolver, Instance(cls), "__new__")
    )


def _varies(nodes: Sequence[PathNode], path: int) -> bool:
    """Whether a value may be another one in every call."""
    node = nodes[path]
    if node.op in (PathOp.PARAMETER, PathOp.UNKNOWN, PathOp.ITERATE, PathOp.INSTANCE):
        return True
    return any(_varies(nodes, operand) for operand in node.operands)
