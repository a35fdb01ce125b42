"""Which functions are entry points of a framework, and what people call them."""

from __future__ import annotations

from collections.abc import Iterator
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
    literal_value,
)
from flake8_async_block.model.diagnostic import Handler
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.catalogue.framework_schema import HandlerEntry
    from flake8_async_block.graph.resolve import Resolver


class HandlerIndex:
    """Answers through which entry point code is reached; remembers every module it has read.

    Callers are looked for in the function's own file.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._callers: dict[str, dict[str, tuple[str, ...]]] = {}

    def reaching(self, function: ProjectFunction) -> Handler | None:
        """The entry point that ``function`` is, or the nearest one that calls it."""
        seen = {function.qualname: None}
        level = [function.qualname]
        while level:
            for qualname in level:
                found = handler_of(self._resolver, ProjectFunction(function.path, qualname))
                if found is not None:
                    return found
            callers = self._callers_in(function.path)
            level = [
                caller
                for qualname in level
                for caller in callers.get(qualname, ())
                if caller not in seen and seen.setdefault(caller) is None
            ]
        return None

    def _callers_in(self, module: str) -> dict[str, tuple[str, ...]]:
        known = self._callers.get(module)
        if known is None:
            found: dict[str, dict[str, None]] = {}
            functions = self._resolver.summary(module).functions
            for facts in functions.values():
                for callee in self._called_by(module, facts):
                    found.setdefault(callee, {})[facts.qualname] = None
                outer = facts.qualname.rpartition(".")[0]
                if outer in functions:
                    # What a function defines inside itself, it also runs, by whatever means.
                    found.setdefault(facts.qualname, {})[outer] = None
            known = {callee: tuple(callers) for callee, callers in found.items()}
            self._callers[module] = known
        return known

    def _called_by(self, module: str, facts: FunctionFacts) -> Iterator[str]:
        nodes = self._resolver.summary(module).nodes
        for site in facts.sites:
            if site.kind != SiteKind.CALL:
                continue
            for value in self._resolver.evaluate(module, nodes[site.path].operands[0]):
                if isinstance(value, ProjectFunction) and value.path == module:
                    yield value.qualname


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
    path = arguments.find(entry.route, 0)
    for value in resolver.evaluate(arguments.module, path) if path is not None else ():
        if isinstance(value, Literal):
            route = literal_value(value.text)
            if isinstance(route, str):
                return route
    return ""
