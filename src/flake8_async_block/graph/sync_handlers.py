"""Handlers that could do without ``async``: their framework would run them in a thread.

Nobody may notice. So the handler awaits nothing, touches nothing that belongs to the event loop,
and no code of the project names it: its framework alone calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.values import (
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.summary import SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.handlers import HandlerIndex
    from flake8_async_block.graph.resolve import Resolver

_VERBS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", ""})
"""The kinds of handler that may be plain functions: a web socket's may not."""


def may_become_sync(resolver: Resolver, handlers: HandlerIndex, function: ProjectFunction) -> bool:
    """Whether ``function`` is a handler that may lose its ``async``.

    Args:
        resolver: gives the meaning of what the function does.
        handlers: knows how it is registered and who names it.
        function: any function of the project.
    """
    facts = resolver.function_facts(function)
    if not facts.is_async or facts.is_generator or facts.awaits or not facts.decorators:
        return False
    roles = handlers.roles(function)
    if len(roles) != len(facts.decorators):
        return False
    if any(
        role.sync != "thread" or not _VERBS.issuperset(role.method.split(",")) for role in roles
    ):
        return False
    return not _needs_loop(resolver, function) and not handlers.is_mentioned(function)


def _needs_loop(resolver: Resolver, function: ProjectFunction) -> bool:
    nodes = resolver.summary(function.path).nodes
    for site in resolver.function_facts(function).sites:
        values = resolver.evaluate(function.path, site.path)
        if site.kind == SiteKind.CALL:
            values += resolver.evaluate(function.path, nodes[site.path].operands[0])
        if any(_belongs_to_loop(resolver, value) for value in values):
            return True
    return False


def _belongs_to_loop(resolver: Resolver, value: Value) -> bool:
    if isinstance(value, External):
        return value.name.startswith(resolver.frameworks.of_loop)
    if isinstance(value, ExternalMethod):
        return value.type_name.startswith(resolver.frameworks.of_loop)
    if isinstance(value, ExternalInstance):
        return value.type_name == "awaitable" or value.type_name.startswith(
            resolver.frameworks.of_loop
        )
    return isinstance(value, Coroutine)
