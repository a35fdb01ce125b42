"""What frameworks hand to the functions that are registered with them.

``async def index(request)`` says nothing of its parameter, but ``add_get("/", index)`` does, maybe
in another file: the framework hands every handler its request, and a start-up function the
application on which it leaves what the handlers use.

This is asked while values are worked out, so that it keeps nothing but what the text of a file
alone tells; :mod:`.registrations` answers everything else about registered functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.catalogue.framework_schema import RegistrationEntry
from flake8_async_block.catalogue.framework_words import COMMON_METHODS
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.decorators import is_static
from flake8_async_block.graph.roles import called_names, registered_name
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    Instance,
    ProjectClass,
    ProjectFunction,
    Value,
    Values,
    merge,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_NAMED: Final = frozenset(
    {PathOp.ATTRIBUTE, PathOp.NAME, PathOp.GLOBAL, PathOp.FUNCTION, PathOp.CLASS}
)
_LISTS: Final = frozenset({PathOp.LIST, PathOp.TUPLE})


def given_by_framework(resolver: Resolver, function: ProjectFunction, position: int) -> Values:
    """What the parameter at ``position`` (from 0) is where frameworks call the function.

    Returns:
        Nothing where no framework calls it, or none is known to hand it anything there.
    """
    facts = resolver.function_facts(function)
    has_receiver = bool(facts.owner) and not is_static(resolver, function)
    place = position - has_receiver
    if not 0 <= place < resolver.frameworks.handing.most:
        return ()
    return resolver.guarded(
        function.path,
        ("given by framework", function.path, function.qualname, place),
        lambda: _given(resolver, function, facts, place),
    )


def _given(
    resolver: Resolver, function: ProjectFunction, facts: FunctionFacts, place: int
) -> Values:
    found = [
        (ExternalInstance(hands[place]),)
        for hands in _all_handed(resolver, function, facts)
        if place < len(hands)
    ]
    return merge(*found) if found else ()


def _all_handed(
    resolver: Resolver, function: ProjectFunction, facts: FunctionFacts
) -> Iterator[tuple[str, ...]]:
    yield from _by_decorators(resolver, function, facts)
    if facts.owner:
        yield from _by_class(resolver, function, ProjectClass(function.path, facts.owner))
    yield from _by_calls(resolver, function)


def _by_decorators(
    resolver: Resolver, function: ProjectFunction, facts: FunctionFacts
) -> Iterator[tuple[str, ...]]:
    nodes = resolver.summary(function.path).nodes
    for decorator in facts.decorators:
        node = nodes[decorator]
        callee = node.operands[0] if node.op == PathOp.CALL else decorator
        if nodes[callee].name.rpartition(".")[2] not in resolver.frameworks.handing.decorators:
            continue
        for name in called_names(resolver, function.path, callee):
            known = resolver.frameworks.handler(name)
            if known is not None:
                yield known[1].hands
                break


def _by_class(
    resolver: Resolver, function: ProjectFunction, cls: ProjectClass
) -> Iterator[tuple[str, ...]]:
    name = _own_name(function.qualname)
    for base in lineage(resolver, cls):
        if isinstance(base, External):
            for _, entry in resolver.frameworks.views(base.name):
                if name in entry.methods:
                    yield entry.hands


def _by_calls(resolver: Resolver, function: ProjectFunction) -> Iterator[tuple[str, ...]]:
    name = registered_name(function.qualname)
    if not name.isidentifier() or name.startswith("__"):
        return
    files = _registering(resolver)
    if not files:
        return
    for module in resolver.project.holding(name.encode()):
        if module not in files:
            continue
        # What stands in the file is kept, so that reading it is not noted of itself.
        resolver.project.uses.note(module)
        if resolver.project.summary(module) is not None:
            for call, argument in _taking_in(resolver, module).get(name, ()):
                if _means(resolver, resolver.evaluate(module, argument), function):
                    yield from _handed_by(resolver, module, call, argument)


def _handed_by(
    resolver: Resolver, module: str, call: int, argument: int
) -> Iterator[tuple[str, ...]]:
    """What a call makes its framework hand to the function ``argument``."""
    nodes = resolver.summary(module).nodes
    node = nodes[call]
    for name in called_names(resolver, module, node.operands[0]):
        known = resolver.frameworks.calls(name)
        for _, entry in known:
            if isinstance(entry, RegistrationEntry) and entry.hands:
                place = entry.position if entry.position >= 0 else None
                taken = Arguments.of(module, node).find(entry.function, place)
                if taken is not None and (
                    taken == argument
                    or (nodes[taken].op in _LISTS and argument in nodes[taken].operands)
                ):
                    yield entry.hands
        if known:
            return


def _registering(resolver: Resolver) -> frozenset[str]:
    """The files that may register a function to which a framework hands something."""
    if resolver.handing_files is None:
        resolver.handing_files = resolver.project.uses.on_behalf_of(
            "", lambda: frozenset(_search(resolver))
        )
    return resolver.handing_files


def _search(resolver: Resolver) -> Iterator[str]:
    holding = resolver.project.holding
    for words in resolver.frameworks.handing.words:
        there = frozenset(holding(words.package))
        if there:
            for word in words.registers:
                yield from holding(word)
            for word in words.registers_here:
                yield from there.intersection(holding(word))


def _taking_in(resolver: Resolver, module: str) -> dict[str, list[tuple[int, int]]]:
    """Bare name → the calls of a file that may register it, each with that argument."""
    known = resolver.handing_calls.get(module)
    if known is None:
        known = resolver.handing_calls[module] = {}
        summary = resolver.summary(module)
        for call, argument in _taken(resolver, summary):
            node = summary.nodes[argument]
            if node.op == PathOp.CALL:
                # An object that is made on the spot, and can be called.
                node = summary.nodes[node.operands[0]]
            if node.op in _NAMED:
                known.setdefault(_own_name(node.name), []).append((call, argument))
    return known


def _taken(resolver: Resolver, summary: ModuleSummary) -> Iterator[tuple[int, int]]:
    """The calls that may register something, with each of their arguments."""
    frameworks = resolver.frameworks
    nodes = summary.nodes
    for index, node in enumerate(nodes):
        if node.op != PathOp.CALL:
            continue
        callee = nodes[node.operands[0]]
        last = callee.name.rpartition(".")[2]
        if last not in frameworks.handing.calls and frameworks.call_keywords.isdisjoint(
            node.keywords
        ):
            continue
        if last in COMMON_METHODS and (
            callee.op != PathOp.ATTRIBUTE
            or nodes[callee.operands[0]].name not in frameworks.call_attributes
        ):
            continue
        for operand in node.operands[1:]:
            yield index, operand
            if nodes[operand].op in _LISTS:
                for element in nodes[operand].operands:
                    yield index, element


def _means(resolver: Resolver, values: Values, function: ProjectFunction) -> bool:
    return any(_is(resolver, value, function) for value in values)


def _is(resolver: Resolver, value: Value, function: ProjectFunction) -> bool:
    if isinstance(value, Instance):
        return _means(resolver, resolver.attribute(value, "__call__"), function)
    return isinstance(value, ProjectFunction) and (
        (value.path, value.qualname) == (function.path, function.qualname)
    )


def _own_name(name: str) -> str:
    return name.rpartition(".")[2].partition("#")[0]
