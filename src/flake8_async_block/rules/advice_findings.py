"""Handlers that are async for nothing → diagnostics."""

from __future__ import annotations

from typing import Final

from flake8_async_block.graph.suspension import Suspension
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    ProjectFunction,
)
from flake8_async_block.model.diagnostic import Diagnostic, Span
from flake8_async_block.model.summary import FunctionFacts, SiteKind
from flake8_async_block.rules.advice import HANDLER_WITHOUT_AWAIT
from flake8_async_block.rules.scene import Scene, bare

_VERBS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"})


def advice_for(scene: Scene, suspension: Suspension, facts: FunctionFacts) -> Diagnostic | None:
    """The advice to make a handler a plain function, where nothing is known against it."""
    if not facts.is_async or facts.is_generator or facts.owner:
        return None
    function = ProjectFunction(scene.module, facts.qualname)
    handlers = scene.contexts.handlers
    roles = handlers.roles(function)
    if not roles or any(role.sync != "thread" or role.method not in _VERBS for role in roles):
        return None
    if len(facts.decorators) > len(roles) or _needs_loop(scene, facts):
        return None
    if facts.awaits and suspension.may_suspend(scene.module, facts.awaits):
        return None
    if handlers.is_mentioned(function):
        return None
    name = bare(facts.qualname)
    span = Span(*facts.span[:2], facts.span.line, facts.span.col + len("async def"))
    idle, remedy = "awaits nothing", f"write `def {name.rpartition('.')[2]}(...)`"
    if facts.awaits:
        idle = "awaits only what never pauses"
        remedy += ", and the same for what it awaits"
    return scene.report(
        HANDLER_WITHOUT_AWAIT,
        facts,
        span,
        f"`{name}` {idle} and could be a plain `def`, which {roles[0].framework} runs in a thread",
        why_not="for a short handler the thread is not worth it",
        remedy=remedy,
    )


def _needs_loop(scene: Scene, facts: FunctionFacts) -> bool:
    nodes = scene.resolver.summary(scene.module).nodes
    for site in facts.sites:
        if site.kind != SiteKind.CALL:
            continue
        for value in scene.resolver.evaluate(scene.module, nodes[site.path].operands[0]):
            name = value.name if isinstance(value, External) else ""
            name = value.type_name if isinstance(value, ExternalMethod) else name
            if name.startswith(scene.resolver.frameworks.of_loop):
                return True
        for value in scene.resolver.evaluate(scene.module, site.path):
            if isinstance(value, Coroutine) and not site.awaited:
                return True
            if isinstance(value, ExternalInstance) and value.type_name == "awaitable":
                return True
    return False
