"""Thread locks and pools that a coroutine holds, and what happens while it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.attributes import external_bases
from flake8_async_block.graph.suspension import Suspension
from flake8_async_block.graph.values import ExternalInstance, ExternalMethod, Instance, Value
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Block, FunctionFacts, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_LOCKS: Final = frozenset({"lock", "reentrant-lock", "shared-lock"})
_POOLS: Final = frozenset({"pool"})
_SUBMITTING: Final = frozenset({"submit", "map"})


class Held(NamedTuple):
    """``lock`` is the expression that takes it, ``waits`` the await during which it is held.

    ``waits`` is None where others have a turn at a ``yield``.
    """

    lock: Span
    waits: Span | None


def held_locks(
    resolver: Resolver, suspension: Suspension, module: str, facts: FunctionFacts
) -> Iterator[Held]:
    """The thread locks that a coroutine holds while others may have a turn."""
    if not facts.awaits and not facts.is_generator:
        return
    held = [
        (block.span, block.extent[2:], block.yields)
        for block in facts.blocks
        if _holds(resolver, module, block.path, _LOCKS)
    ]
    for taken, released in _pairs(resolver, module, facts):
        held.append((taken.span, released.span[:2], False))
    for lock, end, yields in held:
        for item in facts.awaits:
            if _within(lock[2:], item.span, end) and suspension.may_suspend(module, [item]):
                yield Held(lock, item.span)
                break
        else:
            if yields:
                yield Held(lock, None)


def _pairs(resolver: Resolver, module: str, facts: FunctionFacts) -> Iterator[tuple[Site, Site]]:
    """Each ``acquire`` that is the only one for its lock, and the first ``release`` after it."""
    taken: dict[int, list[Site]] = {}
    released: dict[int, list[Site]] = {}
    nodes = resolver.summary(module).nodes
    for site in facts.sites:
        if site.kind != SiteKind.CALL or site.awaited:
            continue
        callee = nodes[nodes[site.path].operands[0]]
        if callee.op != PathOp.ATTRIBUTE or callee.name not in ("acquire", "release"):
            continue
        lock = callee.operands[0]
        if _holds(resolver, module, lock, _LOCKS):
            (taken if callee.name == "acquire" else released).setdefault(lock, []).append(site)
    for lock, sites in taken.items():
        after = [site for site in released.get(lock, ()) if site.span[:2] > sites[0].span[:2]]
        if len(sites) == 1 and after:
            yield sites[0], min(after, key=lambda site: site.span)


def joining_pools(resolver: Resolver, module: str, facts: FunctionFacts) -> Iterator[Block]:
    """The pools to which a ``with`` statement submits, and awaits nothing before it ends."""
    for block in facts.blocks:
        if not _holds(resolver, module, block.path, _POOLS):
            continue
        awaited = any(_within(block.span[2:], it.span, block.extent[2:]) for it in facts.awaits)
        if not awaited and _submits(resolver, module, facts, block.span, block.extent):
            yield block


def _submits(
    resolver: Resolver, module: str, facts: FunctionFacts, manager: Span, extent: Span
) -> bool:
    nodes = resolver.summary(module).nodes
    for site in facts.sites:
        if site.kind != SiteKind.CALL or not _within(manager[2:], site.span, extent[2:]):
            continue
        node = nodes[site.path]
        for value in resolver.evaluate(module, node.operands[0]):
            if not isinstance(value, ExternalMethod):
                continue
            if value.method in _SUBMITTING and resolver.catalogue.holds(value.type_name) in _POOLS:
                return True
            if value.method == "run_in_executor" and len(node.operands) > 1:
                return _holds(resolver, module, node.operands[1], _POOLS)
    return False


def _holds(resolver: Resolver, module: str, path: int, what: frozenset[str]) -> bool:
    """Whether a path is certain to be a lock, or a pool."""
    values = resolver.evaluate(module, path)
    return bool(values) and all(_is_one_that_holds(resolver, value, what) for value in values)


def _is_one_that_holds(resolver: Resolver, value: Value, what: frozenset[str]) -> bool:
    holds = resolver.catalogue.holds
    if isinstance(value, Instance):
        return any(holds(base) in what for base in external_bases(resolver, value.of))
    return isinstance(value, ExternalInstance) and holds(value.type_name) in what


def _within(start: tuple[int, ...], span: Span, end: tuple[int, ...]) -> bool:
    return start <= span[:2] and span[2:] <= end
