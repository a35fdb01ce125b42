"""What can happen at a site, and what calling a function, or something outside, comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.conditions import all_hold, any_holds
from flake8_async_block.graph.decorated import decorated, is_plain
from flake8_async_block.graph.decorators import is_manager
from flake8_async_block.graph.values import (
    Instance,
    Partial,
    ProjectFunction,
    Value,
    is_known,
    unbound,
)
from flake8_async_block.graph.wrappers import is_offloaded

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


class Blocks(NamedTuple):
    """The site itself blocks."""

    api: BlockingApi


class Runs(NamedTuple):
    """The site runs a sync function of the project."""

    function: ProjectFunction


class Passes(NamedTuple):
    """The site does something known that does not block; ``why`` ends a sentence about ``name``.

    Attributes:
        outside: whether it is something outside the project, by its whole name; see
            :func:`why_outside_passes`.
    """

    name: str
    why: str = ""
    outside: bool = False


Target = Blocks | Runs | Passes
Candidate = tuple[Target, ...]
"""What one candidate value for a site does, one thing after the other: any of it may block."""

_BY_ARGUMENTS: Final = "does not block with these arguments"


def external_call(resolver: Resolver, name: str) -> BlockingApi | None:
    catalogue = resolver.catalogue
    if catalogue.function(name) is not None or catalogue.is_class(name):
        return catalogue.call_api(name)
    stem, _, method = name.rpartition(".")
    return catalogue.method_api(stem, method) if catalogue.is_class(stem) else None


def outcome_of_api(
    resolver: Resolver, api: BlockingApi | None, arguments: Arguments, awaited: bool, name: str
) -> Candidate:
    if api is None or awaited:
        return (Passes(name, outside=True),)
    if any_holds(resolver, api.unless, arguments):
        return (Passes(name, _BY_ARGUMENTS),)
    if api.only_if and not all_hold(resolver, api.only_if, arguments):
        return (Passes(name, _BY_ARGUMENTS),)
    return (Blocks(api),)


def why_outside_passes(resolver: Resolver, name: str) -> str:
    """Why something outside the project is taken not to block: the end of a sentence."""
    catalogue = resolver.catalogue
    stem = name.rpartition(".")[0]
    if catalogue.function(name) or catalogue.is_class(name) or catalogue.is_class(stem):
        return "does not block according to the catalogue"
    return "is not in the catalogue of what blocks"


def outcome_of_function(
    resolver: Resolver, function: ProjectFunction, awaited: bool = False
) -> Candidate:
    """What calling a function of the project does.

    Args:
        function: with what the call hands it.
        awaited: whether the value of the call is awaited.
    """
    facts = resolver.function_facts(function)
    if facts.is_generator:
        return (Passes(facts.qualname, "makes a generator: it runs where it is iterated over"),)
    if facts.is_async:
        return (Passes(facts.qualname, "makes a coroutine: its calls are judged where they stand"),)
    if not facts.decorators or is_plain(function):
        return (Runs(unbound(function)),)
    if is_manager(resolver, function) or is_offloaded(resolver, function):
        return (Passes(facts.qualname),)
    if awaited:
        # A decorator made something awaitable of it; where its body runs is not known.
        return (Passes(facts.qualname),)
    return _outcome_of_decorated(resolver, function)


def _outcome_of_decorated(resolver: Resolver, function: ProjectFunction) -> Candidate:
    made, beside = decorated(resolver, function)
    known = [value for value in made if is_known(value)]
    found: list[Target] = []
    if len(known) == 1:
        found.extend(_outcome_of_made(resolver, known[0]))
    found.extend(Runs(unbound(each)) for each in beside)
    return tuple(found) or (Passes(function.qualname),)


def _outcome_of_made(resolver: Resolver, value: Value) -> Candidate:
    if isinstance(value, Partial) and len(value.function) == 1:
        value = value.function[0]
    if isinstance(value, ProjectFunction):
        facts = resolver.function_facts(value)
        if facts.is_generator or facts.is_async:
            return (Passes(facts.qualname),)
        return (Runs(unbound(value)),)
    if isinstance(value, Instance):
        return tuple(
            Runs(unbound(method))
            for method in resolver.attribute(value, "__call__")
            if isinstance(method, ProjectFunction) and not resolver.function_facts(method).is_async
        )
    return ()
