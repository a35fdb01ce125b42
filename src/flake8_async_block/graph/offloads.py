"""Calls that hand a function to a thread or a process, and what they are handed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import base_values, external_bases
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Generator,
    Instance,
    KnownResult,
    Literal,
    Manager,
    Mapping,
    Partial,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Unknown,
    Value,
    Values,
)
from flake8_async_block.graph.wrappers import offloader_of
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import FunctionFacts, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.catalogue.framework_schema import OffloaderEntry
    from flake8_async_block.graph.resolve import Resolver


class Offload(NamedTuple):
    """One such call.

    ``name`` is what is called, such as ``asyncio.to_thread``; ``handed`` the path of the function
    that it is given; ``rest`` what follows that.
    """

    site: Site
    name: str
    entry: OffloaderEntry
    handed: int
    arguments: Arguments
    rest: Arguments


def offloads_in(resolver: Resolver, module: str, facts: FunctionFacts) -> Iterator[Offload]:
    """The calls in a function that hand another one over, as far as that one can be told.

    The project's own wrappers are followed in coroutines only: there all calls are looked at
    anyway, while a plain function may be one that nothing leads to.
    """
    nodes = resolver.summary(module).nodes
    words = resolver.frameworks.offloader_words
    for site in facts.sites:
        if site.kind != SiteKind.CALL:
            continue
        node = nodes[site.path]
        if not facts.is_async and nodes[node.operands[0]].name.rpartition(".")[2] not in words:
            continue
        found = _offloader(resolver, resolver.evaluate(module, node.operands[0]))
        if found is None:
            continue
        name, entry = found
        arguments = Arguments.of(module, node)
        before = arguments.positional[: entry.position + 1]
        if any(nodes[path].op == PathOp.STAR for path in before):
            continue
        handed = arguments.find(entry.parameter, entry.position)
        if handed is None or handed == NO_PATH:
            continue
        yield Offload(site, name, entry, handed, arguments, arguments.after(entry.position))


def _offloader(resolver: Resolver, callees: Values) -> tuple[str, OffloaderEntry] | None:
    found = None
    for value in callees:
        found = None
        for name in _names_of(resolver, value):
            entry = resolver.frameworks.offloader(name)
            if entry is not None:
                found = (name, entry)
                break
        if found is None and isinstance(value, ProjectFunction):
            wrapper = offloader_of(resolver, value)
            if wrapper is not None and wrapper.gives == "awaitable":
                found = (value.qualname.rpartition(".")[2], wrapper)
        if found is None:
            return None
    return found


def _names_of(resolver: Resolver, value: Value) -> Iterator[str]:
    if isinstance(value, External):
        yield value.name
    elif isinstance(value, ExternalMethod):
        yield f"{value.type_name}.{value.method}"
        for receiver in value.receiver:
            if isinstance(receiver, Instance):
                for base in sorted(external_bases(resolver, receiver.of)):
                    yield f"{base}.{value.method}"


def is_async_function(resolver: Resolver, value: Value) -> bool:
    """Whether calling ``value`` gives a coroutine, which then still has to be awaited."""
    if isinstance(value, Partial):
        return _all_async(resolver, value.function)
    if isinstance(value, Coroutine):
        return True
    if not isinstance(value, ProjectFunction):
        return False
    facts = resolver.function_facts(value)
    if facts.decorators or facts.is_generator:
        return False
    if facts.is_async:
        return True
    if "<lambda:" not in facts.qualname.rpartition(".")[2]:
        return False
    results = resolver.evaluate_all(value.path, facts.returned)
    return bool(results) and all(isinstance(result, Coroutine) for result in results)


def _all_async(resolver: Resolver, values: Values) -> bool:
    return bool(values) and all(is_async_function(resolver, value) for value in values)


def is_handed_coroutine(resolver: Resolver, offload: Offload) -> bool:
    """Whether what is handed over is, or makes, a coroutine that the thread would not run."""
    if offload.entry.coroutines:
        return False
    return _all_async(resolver, resolver.evaluate(offload.arguments.module, offload.handed))


def call_handed_over(facts: FunctionFacts, offload: Offload) -> Site | None:
    """The call written in the place of the function, whose result is handed over instead."""
    outer = offload.site.span
    for site in facts.sites:
        if site.kind != SiteKind.CALL or site.path != offload.handed:
            continue
        inside = outer[:2] < site.span[:2] and site.span[2:] <= outer[2:]
        if inside:
            return site
    return None


def gives_callable(resolver: Resolver, module: str, call: int) -> bool | None:
    """Whether the result of the call at path ``call`` can be called; None if nobody knows."""
    node = resolver.summary(module).nodes[call]
    callees = resolver.evaluate(module, node.operands[0])
    if any(isinstance(callee, KnownResult) for callee in callees):
        # ``Callable[[...], bool]`` is often written of what gives a function.
        return None
    if _returns_nothing(resolver, callees):
        return False
    answers = {_is_callable(resolver, value) for value in resolver.evaluate(module, call)}
    if True in answers:
        return True
    return False if answers == {False} else None


def _returns_nothing(resolver: Resolver, callees: Values) -> bool:
    for callee in callees:
        if not isinstance(callee, ProjectFunction):
            return False
        facts = resolver.function_facts(callee)
        if facts.returned or facts.returns != NO_PATH or facts.is_async or facts.is_generator:
            return False
        if facts.decorators:
            return False
    return bool(callees)


def _is_callable(resolver: Resolver, value: Value) -> bool | None:
    if isinstance(
        value, (ProjectFunction, ProjectClass, External, ExternalMethod, Partial, KnownResult)
    ):
        return True
    if isinstance(value, (Literal, Sequence, Mapping, Generator, Manager, Coroutine)):
        return False
    if isinstance(value, Instance):
        return _has_call(resolver, value)
    if isinstance(value, ExternalInstance):
        return _outside_has_call(resolver, value.type_name)
    return None


def _has_call(resolver: Resolver, value: Instance) -> bool | None:
    methods = resolver.attribute(value, "__call__")
    if any(isinstance(method, ProjectFunction) for method in methods):
        return True
    bases = base_values(resolver, value.of._replace(arguments=()))
    known = all(
        isinstance(base, External) and base.name == "builtins.object"
        for base in bases
        if not isinstance(base, ProjectClass)
    )
    return False if known and all(isinstance(method, Unknown) for method in methods) else None


def _outside_has_call(resolver: Resolver, type_name: str) -> bool | None:
    catalogue = resolver.catalogue
    if type_name == "awaitable" or type_name.startswith("builtins."):
        return False
    entry = catalogue.class_entry(type_name)
    if entry is None or entry.patterns:
        return None
    if catalogue.implicit_api(type_name, "call") is not None:
        return True
    return bool(catalogue.method_returns(type_name, "__call__"))
