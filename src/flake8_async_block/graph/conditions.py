"""Conditions of the catalogue about the arguments of a call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flake8_async_block.catalogue.schema import Condition
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.values import Literal, literal_value
from flake8_async_block.model.path import PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def any_holds(resolver: Resolver, conditions: Iterable[Condition], arguments: Arguments) -> bool:
    return any(_holds(resolver, condition, arguments) for condition in conditions)


def all_hold(resolver: Resolver, conditions: Iterable[Condition], arguments: Arguments) -> bool:
    return all(_holds(resolver, condition, arguments) for condition in conditions)


def _holds(resolver: Resolver, condition: Condition, arguments: Arguments) -> bool:
    path = arguments.find(condition.argument, condition.position)
    if condition.given is not None:
        return condition.given == (path is not None and not _is_none(resolver, arguments, path))
    if path is None:
        return False
    if condition.mentions:
        return _mentions(resolver, arguments.module, path, condition.mentions)
    values = resolver.evaluate(arguments.module, path)
    if condition.instance:
        return resolver.is_instance_of(values, condition.instance)
    return bool(values) and all(
        isinstance(value, Literal) and _equal(literal_value(value.text), condition.equals)
        for value in values
    )


def _is_none(resolver: Resolver, arguments: Arguments, path: int) -> bool:
    return resolver.evaluate(arguments.module, path) == (Literal("None"),)


def _equal(value: object, wanted: object) -> bool:
    """Equality that takes 0 and 0.0, but not 0 and False, for the same."""
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _mentions(resolver: Resolver, module: str, path: int, name: str) -> bool:
    nodes = resolver.summary(module).nodes
    pending, seen = [path], set()
    while pending:
        index = pending.pop()
        if index in seen:
            continue
        seen.add(index)
        node = nodes[index]
        is_name = node.op in (PathOp.NAME, PathOp.ATTRIBUTE, PathOp.GLOBAL)
        if is_name and node.name.rpartition(".")[2] == name:
            return True
        pending.extend(node.operands)
    return False
