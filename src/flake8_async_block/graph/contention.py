"""Locks for threads that somebody holds while they wait: only such a lock makes others wait.

Most locks protect a few lines that take no time, and taking them costs nothing that anybody would
notice. One that is held during a request to a server stops whoever else wants it for as long, and
on the event loop that is everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.values import Instance, ProjectClass, ProjectFunction, ProjectModule
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import (
    Block,
    FunctionFacts,
    ModuleSummary,
    Place,
    Site,
    SiteKind,
)

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

LockKey = tuple[str, str]
"""Where a lock is kept: the file, and the module-level name or ``Class.attribute``."""
_EXCLUSIVE: Final = frozenset({"lock", "reentrant-lock"})
_MOST_FILES: Final = 40
_DEEPEST: Final = 8


class Holding(NamedTuple):
    """A place where a lock is held for long: by ``function``, during what ``span`` does."""

    function: ProjectFunction
    lock: Span
    span: Span


def is_lock(api: BlockingApi) -> bool:
    """Whether an API takes a lock that is held by one thread at a time."""
    return api.holds in _EXCLUSIVE


def lock_of(resolver: Resolver, module: str, site: Site) -> LockKey | None:
    """The lock that a site enters or acquires, if it outlives the function."""
    summary = resolver.summary(module)
    path = site.path
    if site.kind == SiteKind.CALL:
        callee = summary.nodes[summary.nodes[path].operands[0]]
        if callee.op != PathOp.ATTRIBUTE:
            return None
        path = callee.operands[0]
    elif site.kind != SiteKind.ENTER:
        return None
    return _key(resolver, module, summary, path)


def _key(
    resolver: Resolver, module: str, summary: ModuleSummary, path: int, depth: int = 0
) -> LockKey | None:
    node = summary.nodes[path]
    if depth > _DEEPEST:
        return None
    if node.op == PathOp.GLOBAL:
        bound = summary.names.get(node.name)
        if bound is not None and summary.nodes[bound].op == PathOp.NAME:
            return _key(resolver, module, summary, bound, depth + 1)
        return (module, node.name) if bound is not None else None
    if node.op == PathOp.NAME:
        stem, _, name = node.name.rpartition(".")
        if node.name.startswith(".") and not stem.strip("."):
            stem = node.name[: len(node.name) - len(name)]
        source = resolver.project.find(stem, module) if stem else None
        found = resolver.project.summary(source) if source is not None else None
        if source is None or found is None or name not in found.names:
            return None
        inner = found.nodes[found.names[name]]
        if inner.op == PathOp.NAME:
            return _key(resolver, source, found, found.names[name], depth + 1)
        return (source, name)
    if node.op == PathOp.ATTRIBUTE:
        for value in resolver.evaluate(module, node.operands[0]):
            if isinstance(value, ProjectModule):
                return (value.path, node.name)
            if isinstance(value, (Instance, ProjectClass)):
                return _key_of_attribute(resolver, value, node.name)
    return None


def _key_of_attribute(
    resolver: Resolver, value: Instance | ProjectClass, name: str
) -> LockKey | None:
    cls = value.of if isinstance(value, Instance) else value
    for each in lineage(resolver, cls._replace(arguments=())):
        if isinstance(each, ProjectClass) and name in resolver.class_facts(each).attributes:
            return (each.path, f"{each.qualname}.{name}")
    return None


class Contention:
    """Answers where locks are held for long; remembers every answer.

    Args:
        resolver: gives the meaning of the code.
        blocks: whether a site of a function blocks, and not just once in the life of the process;
            waiting for locks does not count, or what is found would depend on where one begins.
    """

    def __init__(self, resolver: Resolver, blocks: Callable[[ProjectFunction, Site], bool]) -> None:
        self._resolver = resolver
        self._blocks = blocks
        self._known: dict[LockKey, tuple[Holding, ...]] = {}

    def holding(
        self, api: BlockingApi, module: str, site: Site, *, elsewhere: bool = False
    ) -> Holding | None:
        """Who may hold the lock that a site takes for long; None if nobody does.

        Args:
            api: the lock's method; a reentrant one never stops another task of its own thread.
            elsewhere: leave out the site itself.
        """
        key = lock_of(self._resolver, module, site)
        if key is None:
            return None
        notes, question = self._resolver.project.uses, f"lock {key[1]} of {key[0]}"
        notes.note(question)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = notes.on_behalf_of(question, lambda: tuple(self._find(key)))
        if api.holds == "reentrant-lock":
            known = tuple(found for found in known if not self._is_async(found.function))
        others = [
            found for found in known if (found.function.path, found.lock) != (module, site.span)
        ]
        return next(iter(others if elsewhere else others or known), None)

    def _is_async(self, function: ProjectFunction) -> bool:
        return self._resolver.function_facts(function).is_async

    def _find(self, key: LockKey) -> Iterator[Holding]:
        resolver = self._resolver
        name = key[1].rpartition(".")[2]
        files = dict.fromkeys((key[0], *resolver.project.mentioning(name.encode(), _MOST_FILES)))
        for module in files:
            resolver.project.uses.note(module)
            for facts in resolver.summary(module).functions.values():
                yield from self._held_in(module, facts, key)

    def _held_in(self, module: str, facts: FunctionFacts, key: LockKey) -> Iterator[Holding]:
        function = ProjectFunction(module, facts.qualname)
        for block in facts.blocks:
            site = Site(SiteKind.ENTER, block.path, block.span, False, Place.STATEMENT)
            if lock_of(self._resolver, module, site) != key:
                continue
            waits = [item.span for item in facts.awaits if _is_within(block, item.span)]
            if not waits:
                waits = [
                    each.span
                    for each in facts.sites
                    if _is_within(block, each.span) and self._blocks(function, each)
                ]
            if waits:
                yield Holding(function, block.span, waits[0])


def _is_within(block: Block, span: Span) -> bool:
    return block.span[2:] <= span[:2] and span[2:] <= block.extent[2:]
