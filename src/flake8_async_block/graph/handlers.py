"""Which functions are entry points of a framework, and what people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import external_bases
from flake8_async_block.graph.values import (
    External,
    ExternalMethod,
    Instance,
    Literal,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.diagnostic import Handler
from flake8_async_block.model.path import PathOp

if TYPE_CHECKING:
    from flake8_async_block.catalogue.framework_schema import HandlerEntry
    from flake8_async_block.graph.resolve import Resolver


def handler_of(resolver: Resolver, function: ProjectFunction) -> Handler | None:
    """The entry point that ``function`` is registered as by a decorator, or None."""
    facts = resolver.function_facts(function)
    nodes = resolver.summary(function.path).nodes
    for decorator in facts.decorators:
        node = nodes[decorator]
        if node.op != PathOp.CALL:
            continue
        for value in resolver.evaluate(function.path, node.operands[0]):
            for name in _registration_names(resolver, value):
                found = resolver.frameworks.handler(name)
                if found is None:
                    continue
                framework, entry = found
                arguments = Arguments.of(function.path, node)
                return Handler(
                    framework=framework,
                    method=_method(entry, name),
                    route=_route(resolver, entry, arguments),
                    function=facts.qualname,
                )
    return None


def _registration_names(resolver: Resolver, value: Value) -> list[str]:
    if isinstance(value, External):
        return [value.name]
    if not isinstance(value, ExternalMethod):
        return []
    names = [f"{value.type_name}.{value.method}"]
    for receiver in value.receiver:
        if isinstance(receiver, Instance):
            bases = external_bases(resolver, receiver.of)
            names += [f"{base}.{value.method}" for base in sorted(bases)]
    return names


def _method(entry: HandlerEntry, name: str) -> str:
    return name.rpartition(".")[2].upper() if entry.method == "*" else entry.method


def _route(resolver: Resolver, entry: HandlerEntry, arguments: Arguments) -> str:
    from flake8_async_block.graph.resolve import literal_value

    path = arguments.find(entry.route, 0)
    for value in resolver.evaluate(arguments.module, path) if path is not None else ():
        if isinstance(value, Literal):
            route = literal_value(value.text)
            if isinstance(route, str):
                return route
    return ""
