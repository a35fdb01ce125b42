"""The project's own ways of running a function in a thread, found by what they do.

``async def in_thread(func, *args): return await asyncio.to_thread(func, *args)`` hands its
parameter to a thread, so whoever calls it does too; a decorator whose wrapper does that takes the
function's body off the loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.catalogue.callable_schema import OffloaderEntry
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import external_bases
from flake8_async_block.graph.decorators import is_static
from flake8_async_block.graph.values import (
    External,
    ExternalMethod,
    Instance,
    Partial,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.path import ASYNC_TESTS, PathOp
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_MOST_WRAPPERS: Final = 4
"""How many wrappers may stand around one another."""
_PARTIALS: Final = frozenset({"partial", "partialmethod"})
_CONTEXT_RUN: Final = "run"
"""``contextvars.Context.run`` calls the function that comes after it."""


def offloader_of(resolver: Resolver, value: Value, depth: int = 0) -> OffloaderEntry | None:
    """What calling ``value`` hands to another thread or process, or None.

    Args:
        value: something outside the project of which this is known, or a function of the project
            that does nothing else with one of its parameters than to hand it on.
        depth: how many wrappers led here.
    """
    for name in outside_names(resolver, value):
        entry = resolver.frameworks.offloader(name)
        if entry is not None:
            return entry
    if isinstance(value, Partial):
        found = [offloader_of(resolver, inner, depth) for inner in value.function]
        return found[0] if len(found) == 1 else None
    if isinstance(value, ProjectFunction) and depth < _MOST_WRAPPERS:
        known = resolver.wrappers
        key = (value.path, value.qualname, depth)
        if key not in known:
            known[key] = _inferred(resolver, value, depth)
        return known[key]
    return None


def is_offloaded(resolver: Resolver, function: ProjectFunction) -> bool:
    """Whether a decorator takes the function's body off the loop."""
    nodes = resolver.summary(function.path).nodes
    for decorator in resolver.function_facts(function).decorators:
        node = nodes[decorator]
        called = node.op == PathOp.CALL
        for value in resolver.evaluate(function.path, node.operands[0] if called else decorator):
            if any(map(resolver.frameworks.offloader, outside_names(resolver, value))):
                return True
            if isinstance(value, ProjectFunction) and _makes_offloading(resolver, value, called):
                return True
    return False


def _makes_offloading(resolver: Resolver, decorator: ProjectFunction, called: bool) -> bool:
    if not called:
        entry = offloader_of(resolver, decorator)
        return entry is not None and entry.gives == "function"
    facts = resolver.function_facts(decorator)
    return any(
        isinstance(inner, ProjectFunction) and _makes_offloading(resolver, inner, False)
        for inner in resolver.evaluate_all(decorator.path, facts.returned)
    )


def _inferred(resolver: Resolver, function: ProjectFunction, depth: int) -> OffloaderEntry | None:
    facts = resolver.function_facts(function)
    summary = resolver.summary(function.path)
    if not facts.parameters or facts.is_generator:
        return None
    slots = {
        f"{facts.qualname}:{parameter.name}": number
        for number, parameter in enumerate(facts.parameters)
    }
    handed: dict[str, tuple[FunctionFacts, OffloaderEntry]] = {}
    for part in _parts(summary, facts):
        for slot, entry in _handed_on(resolver, function.path, part, slots, depth):
            handed.setdefault(slot, (part, entry))
    for slot, (part, entry) in handed.items():
        if _is_called(summary, facts, slot):
            continue
        bound = 1 if facts.owner and not is_static(resolver, function) else 0
        makes = part is not facts or (entry.gives == "function" and not facts.is_async)
        return OffloaderEntry(
            names=(),
            parameter=slot.rpartition(":")[2],
            position=slots[slot] - bound,
            gives="function" if makes else "awaitable",
            coroutines=entry.coroutines or _is_asked(summary, slot),
        )
    return None


def _parts(summary: ModuleSummary, facts: FunctionFacts) -> Iterator[FunctionFacts]:
    """The function, and the named functions that it defines."""
    yield facts
    start = f"{facts.qualname}."
    for qualname, inner in summary.functions.items():
        if qualname.startswith(start) and "<" not in qualname[len(start) :]:
            yield inner


def _is_asked(summary: ModuleSummary, slot: str) -> bool:
    """Whether a test tells coroutine functions among what a parameter is given from others."""
    return any(
        node.op == PathOp.NARROWED
        and node.name in ASYNC_TESTS
        and slot in _slots_in(summary, node.operands[0], {slot: 0})
        for node in summary.nodes
    )


def _handed_on(
    resolver: Resolver, module: str, part: FunctionFacts, slots: dict[str, int], depth: int
) -> Iterator[tuple[str, OffloaderEntry]]:
    """The parameters that the calls in one function hand to a thread, and by what."""
    nodes = resolver.summary(module).nodes
    for site in part.sites:
        node = nodes[site.path]
        if site.kind != SiteKind.CALL or nodes[node.operands[0]].name in slots:
            continue
        summary = resolver.summary(module)
        if not any(True for path in node.operands[1:] for _ in _slots_in(summary, path, slots)):
            continue
        for value in resolver.evaluate(module, node.operands[0]):
            entry = offloader_of(resolver, value, depth + 1)
            if entry is None:
                continue
            arguments = Arguments.of(module, node)
            path = arguments.find(entry.parameter, entry.position)
            given = [] if path is None else [path]
            if path is not None and nodes[path].name == _CONTEXT_RUN:
                given += arguments.positional[entry.position + 1 :]
            for each in given:
                yield from ((slot, entry) for slot in _slots_in(summary, each, slots))


def _slots_in(summary: ModuleSummary, path: int, slots: dict[str, int]) -> Iterator[str]:
    """The parameters that an argument is made of: itself, a ``partial`` or a lambda calling it."""
    node = summary.nodes[path]
    if node.op == PathOp.PARAMETER and node.name in slots:
        yield node.name
    elif node.op == PathOp.NARROWED:
        yield from _slots_in(summary, node.operands[0], slots)
    elif node.op == PathOp.UNION or (
        node.op == PathOp.CALL
        and summary.nodes[node.operands[0]].name.rpartition(".")[2] in _PARTIALS
    ):
        for operand in node.operands:
            yield from _slots_in(summary, operand, slots)
    elif node.op == PathOp.FUNCTION and node.name in summary.functions:
        for site in summary.functions[node.name].sites:
            if site.kind != SiteKind.CALL:
                continue
            callee = summary.nodes[summary.nodes[site.path].operands[0]]
            if callee.op == PathOp.PARAMETER and callee.name in slots:
                yield callee.name


def _is_called(summary: ModuleSummary, facts: FunctionFacts, slot: str) -> bool:
    """Whether the function, or one that it defines and does not hand on, calls its parameter."""
    for part in _parts(summary, facts):
        for site in part.sites:
            if site.kind == SiteKind.CALL and not site.awaited:
                callee = summary.nodes[summary.nodes[site.path].operands[0]]
                if callee.op == PathOp.PARAMETER and callee.name == slot:
                    return not _is_handed_on(summary, facts, part)
    return False


def _is_handed_on(summary: ModuleSummary, facts: FunctionFacts, part: FunctionFacts) -> bool:
    """Whether a nested function is only passed by name."""
    if part is facts:
        return False
    node = [
        number
        for number, node in enumerate(summary.nodes)
        if node.op == PathOp.FUNCTION and node.name == part.qualname
    ]
    return not any(
        site.kind == SiteKind.CALL and summary.nodes[site.path].operands[0] in node
        for inner in _parts(summary, facts)
        for site in inner.sites
    ) and not any(path in node for path in facts.returned)


def outside_names(resolver: Resolver, value: Value) -> Iterator[str]:
    """The names by which outside data may speak of a function: also those of its type's bases."""
    if isinstance(value, External):
        yield value.name
    elif isinstance(value, ExternalMethod):
        yield f"{value.type_name}.{value.method}"
        for receiver in value.receiver:
            if isinstance(receiver, Instance):
                for base in sorted(external_bases(resolver, receiver.of)):
                    yield f"{base}.{value.method}"
