"""Where an object was made: routers have no identity in a value, only in the place of their call.

``app.include_router(items.router)`` in one file and ``router = APIRouter(prefix="/items")`` in
another speak of the same router. Following names to the call that made it finds that out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.values import (
    Instance,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
)
from flake8_async_block.model.path import PathNode, PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_DEEPEST: Final = 24
_COLLECTIONS: Final = frozenset({PathOp.LIST, PathOp.TUPLE})
_ENDS: Final = _COLLECTIONS | {PathOp.FUNCTION, PathOp.CLASS, PathOp.BINARY, PathOp.ITEM}
_SELF_REFERENCES: Final = frozenset({"router", "app"})
"""Attributes by which frameworks reach the collection of routes of the same application."""


class Origin(NamedTuple):
    """A node of a module: the call, the function or the class that a name stands for."""

    module: str
    node: int


def origin_of(resolver: Resolver, module: str, path: int, depth: int = 0) -> Origin | None:
    """Follow names, imports and attributes to what they were bound to.

    Args:
        module: the file in which ``path`` stands.
        path: the node to begin with.
        depth: how many steps were taken already; chains that do not end are given up.
    """
    if depth > _DEEPEST:
        return None
    node = resolver.summary(module).nodes[path]
    if node.op == PathOp.GLOBAL:
        return _named(resolver, module, node.name, depth)
    if node.op == PathOp.NAME:
        return _imported(resolver, module, node.name, depth)
    if node.op == PathOp.ATTRIBUTE:
        return _attribute(resolver, module, node, depth)
    if node.op == PathOp.TYPED:
        return origin_of(resolver, module, node.operands[1], depth + 1)
    if node.op == PathOp.NARROWED:
        return origin_of(resolver, module, node.operands[0], depth + 1)
    if node.op == PathOp.UNION:
        found = [origin_of(resolver, module, operand, depth + 1) for operand in node.operands]
        return next((origin for origin in found if origin is not None), None)
    if node.op == PathOp.CALL:
        return _made_by_function(resolver, module, node, depth) or Origin(module, path)
    if node.op in _ENDS:
        return Origin(module, path)
    return None


def members_of(resolver: Resolver, module: str, path: int, depth: int = 0) -> Iterator[Origin]:
    """What a path stands for: one thing, or the elements of a list, also of joined lists."""
    origin = origin_of(resolver, module, path)
    if origin is None or depth > _DEEPEST:
        return
    node = resolver.summary(origin.module).nodes[origin.node]
    if node.op not in _COLLECTIONS and node.op != PathOp.BINARY:
        yield origin
        return
    for operand in node.operands:
        element = resolver.summary(origin.module).nodes[operand]
        inner = element.operands[0] if element.op == PathOp.STAR else operand
        if element.op == PathOp.TUPLE:
            yield Origin(origin.module, operand)
        else:
            yield from members_of(resolver, origin.module, inner, depth + 1)


def _named(resolver: Resolver, module: str, name: str, depth: int) -> Origin | None:
    summary = resolver.summary(module)
    path = summary.names.get(name)
    if path is not None:
        return origin_of(resolver, module, path, depth + 1)
    for star in summary.stars:
        source = resolver.project.find(star, module)
        if source is not None and resolver.project.summary(source) is not None:
            found = _named(resolver, source, name, depth + 1) if depth < _DEEPEST else None
            if found is not None:
                return found
    return None


def _imported(resolver: Resolver, module: str, name: str, depth: int) -> Origin | None:
    stem = name.lstrip(".")
    dots = name[: len(name) - len(stem)]
    parts = stem.split(".")
    for cut in range(len(parts) - 1, -1 if dots else 0, -1):
        source = resolver.project.find(dots + ".".join(parts[:cut]), module)
        if source is None or resolver.project.summary(source) is None:
            continue
        if len(parts) - cut > 1 and parts[-1] not in _SELF_REFERENCES:
            return None
        return _named(resolver, source, parts[cut], depth)
    return None


def _attribute(resolver: Resolver, module: str, node: PathNode, depth: int) -> Origin | None:
    for value in resolver.evaluate(module, node.operands[0]):
        if isinstance(value, ProjectModule):
            return _named(resolver, value.path, node.name, depth)
        if isinstance(value, (Instance, ProjectClass)):
            cls = value.of if isinstance(value, Instance) else value
            for path in resolver.class_facts(cls).attributes.get(node.name, ()):
                found = origin_of(resolver, cls.path, path, depth + 1)
                if found is not None:
                    return found
    if node.name in _SELF_REFERENCES:
        return origin_of(resolver, module, node.operands[0], depth + 1)
    return None


def _made_by_function(resolver: Resolver, module: str, node: PathNode, depth: int) -> Origin | None:
    for value in resolver.evaluate(module, node.operands[0]):
        if isinstance(value, ProjectFunction):
            for path in resolver.function_facts(value).returned:
                found = origin_of(resolver, value.path, path, depth + 1)
                if found is not None:
                    return found
    return None
