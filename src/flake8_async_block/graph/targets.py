"""What happens at a site: it blocks, it runs a function of the project, or nothing of interest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.catalogue.lookup import ImplicitCall
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import (
    attribute_of,
    lineage,
)
from flake8_async_block.graph.conditions import all_hold, any_holds
from flake8_async_block.graph.decorators import is_manager, is_property
from flake8_async_block.graph.own_apis import (
    verdict_on_call,
    verdict_on_construction,
    verdict_on_read,
)
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    ExternalMethod,
    Generator,
    Instance,
    Manager,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
    Values,
    is_known,
    origin_of_class,
    unbound,
)
from flake8_async_block.graph.wrappers import is_offloaded
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.summary import Site, SiteKind

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

_CONSUMERS: Final = frozenset(
    f"builtins.{name}"
    for name in (
        *("all", "any", "dict", "frozenset", "list", "max", "min", "next", "set", "sorted"),
        *("sum", "tuple"),
    )
)
"""Built-in functions that iterate over their first argument before they return."""
_ENTERING: Final[tuple[ImplicitCall, ...]] = ("enter", "exit")
_BY_ARGUMENTS: Final = "does not block with these arguments"
_OWN_METHODS: Final = {"iterate": "__iter__", "enter": "__enter__", "exit": "__exit__"}


def candidates_of(resolver: Resolver, module: str, site: Site) -> tuple[Candidate, ...]:
    """What each known candidate for the site's receiver does; empty when none is known.

    A site blocks only if every candidate does.
    """
    node = resolver.summary(module).nodes[site.path]
    if site.kind == SiteKind.CALL:
        arguments = Arguments.of(module, node)
        callees = _known(resolver.evaluate(module, node.operands[0]))
        return tuple(_of_call(resolver, value, arguments, site.awaited) for value in callees)
    if site.awaited:
        return ()
    if site.kind == SiteKind.ATTRIBUTE:
        if node.op != PathOp.ATTRIBUTE:
            return ()
        base = _known(resolver.evaluate(module, node.operands[0]))
        return tuple(_of_read(resolver, value, node.name) for value in base)
    values = _known(resolver.evaluate(module, _subject(site, node)))
    act = _IMPLICIT[site.kind]
    return tuple(act(resolver, value) for value in values)


def _subject(site: Site, node: PathNode) -> int:
    return node.operands[0] if site.kind == SiteKind.ITEM else site.path


def _known(values: Values) -> Values:
    return tuple(value for value in values if is_known(value))


# calls


def _of_call(resolver: Resolver, value: Value, arguments: Arguments, awaited: bool) -> Candidate:
    if isinstance(value, ProjectFunction):
        if resolver.catalogue.user is not None:
            ruled = _ruled(resolver, value, arguments, awaited)
            if ruled is not None:
                return ruled
        return _of_function(resolver, value, awaited)
    if isinstance(value, ProjectClass):
        return _of_construction(resolver, value, arguments)
    if isinstance(value, Instance):
        return _of_special(resolver, value, "__call__", awaited)
    if isinstance(value, Partial):
        return tuple(
            target
            for inner in _known(value.function)
            for target in _of_call(resolver, inner, Arguments.none(), awaited)
        )
    if isinstance(value, External):
        if value.name in _CONSUMERS and arguments.positional:
            consumed = _known(resolver.evaluate(arguments.module, arguments.positional[0]))
            found = [_of_iteration(resolver, inner) for inner in consumed]
            return found[0] if len(found) == 1 else (Passes(value.name),)
        api = _external_call(resolver, value.name)
        return _blocking(resolver, api, arguments, awaited, value.name)
    if isinstance(value, ExternalMethod):
        api = resolver.catalogue.method_api(value.type_name, value.method)
        return _blocking(resolver, api, arguments, awaited, f"{value.type_name}.{value.method}")
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.implicit_api(value.type_name, "call")
        return _blocking(resolver, api, arguments, awaited, f"{value.type_name}()")
    return (Passes(type(value).__name__),)


def _ruled(
    resolver: Resolver, function: ProjectFunction, arguments: Arguments, awaited: bool
) -> Candidate | None:
    """What the user's own tables say about a function of the project; None if nothing."""
    verdict = verdict_on_call(resolver, function)
    if verdict is None:
        return None
    if verdict is False:
        return (Passes(function.qualname, "does not block according to the catalogue"),)
    return _blocking(resolver, verdict, arguments, awaited, verdict.name)


def _external_call(resolver: Resolver, name: str) -> BlockingApi | None:
    catalogue = resolver.catalogue
    if catalogue.function(name) is not None or catalogue.is_class(name):
        return catalogue.call_api(name)
    stem, _, method = name.rpartition(".")
    return catalogue.method_api(stem, method) if catalogue.is_class(stem) else None


def _blocking(
    resolver: Resolver,
    api: BlockingApi | None,
    arguments: Arguments,
    awaited: bool,
    name: str,
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


def _of_function(resolver: Resolver, function: ProjectFunction, awaited: bool = False) -> Candidate:
    facts = resolver.function_facts(function)
    if facts.is_generator:
        return (Passes(facts.qualname, "makes a generator: it runs where it is iterated over"),)
    if facts.is_async:
        return (Passes(facts.qualname, "makes a coroutine: its calls are judged where they stand"),)
    if facts.decorators:
        if is_manager(resolver, function) or is_offloaded(resolver, function):
            return (Passes(facts.qualname),)
        if awaited:
            # A decorator made something awaitable of it; where its body runs is not known.
            return (Passes(facts.qualname),)
    return (Runs(unbound(function)),)


def _of_construction(resolver: Resolver, cls: ProjectClass, arguments: Arguments) -> Candidate:
    found: list[Target] = []
    for name in ("__new__", "__init__", "__post_init__", "model_post_init"):
        for value in attribute_of(resolver, Instance(cls), name):
            if isinstance(value, ProjectFunction):
                found.extend(_of_function(resolver, value))
    for base in lineage(resolver, cls):
        if isinstance(base, ProjectClass):
            api = verdict_on_construction(resolver, base)
            if api is not None:
                found.extend(_blocking(resolver, api, arguments, False, base.qualname))
        else:
            api = resolver.catalogue.call_api(base.name)
            found.extend(_blocking(resolver, api, arguments, False, base.name))
    return tuple(found) or (Passes(cls.qualname),)


def _of_special(resolver: Resolver, value: Instance, name: str, awaited: bool = False) -> Candidate:
    found: list[Target] = []
    for method in attribute_of(resolver, value, name):
        if isinstance(method, ProjectFunction):
            found.extend(_of_function(resolver, method, awaited))
    return tuple(found) or (Passes(f"{value.of.qualname}.{name}"),)


# implicit calls


def _of_read(resolver: Resolver, value: Value, name: str) -> Candidate:
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.property_api(value.type_name, name)
        return (Passes(name),) if api is None else (Blocks(api),)
    if not isinstance(value, Instance):
        return (Passes(name),)
    for cls in lineage(resolver, origin_of_class(value.of)):
        if isinstance(cls, External):
            api = resolver.catalogue.property_api(cls.name, name)
            if api is not None:
                return (Blocks(api),)
            continue
        api = verdict_on_read(resolver, cls, name)
        if api is not None:
            return (Blocks(api),)
        for qualname in resolver.class_facts(cls).methods.get(name, ()):
            function = ProjectFunction(cls.path, qualname)
            if is_property(resolver, function):
                if verdict_on_call(resolver, function) is False:
                    return (Passes(name, "does not block according to the catalogue"),)
                return (Runs(function),)
            return (Passes(name),)
    return (Passes(name),)


def _of_iteration(resolver: Resolver, value: Value) -> Candidate:
    if isinstance(value, Generator):
        facts = resolver.function_facts(value.function)
        if facts.is_async:
            return (Passes(facts.qualname),)
        return (Runs(unbound(value.function)),)
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.implicit_api(value.type_name, "iterate")
        return (Passes(value.type_name),) if api is None else (Blocks(api),)
    if isinstance(value, Instance):
        inherited = _inherited_implicit(resolver, value, "iterate")
        if inherited:
            return inherited
        iterator = attribute_of(resolver, value, "__iter__")
        found: list[Target] = []
        for method in iterator:
            if isinstance(method, ProjectFunction):
                facts = resolver.function_facts(method)
                if facts.is_generator and not facts.is_async:
                    found.append(Runs(unbound(method)))
                else:
                    found.extend(_of_function(resolver, method))
        if any(isinstance(method, ProjectFunction) for method in iterator):
            found.extend(_of_special(resolver, value, "__next__"))
        return tuple(target for target in found if isinstance(target, Runs)) or (
            Passes(value.of.qualname),
        )
    return (Passes(type(value).__name__),)


def _of_entering(resolver: Resolver, value: Value) -> Candidate:
    if isinstance(value, Manager):
        return (Runs(unbound(value.function)),)
    if isinstance(value, ExternalInstance):
        for how in _ENTERING:
            api = resolver.catalogue.implicit_api(value.type_name, how)
            if api is not None:
                return (Blocks(api),)
        return (Passes(value.type_name),)
    if isinstance(value, Instance):
        for how in _ENTERING:
            inherited = _inherited_implicit(resolver, value, how)
            if inherited:
                return inherited
        found = [
            target
            for name in ("__enter__", "__exit__")
            for target in _of_special(resolver, value, name)
            if isinstance(target, Runs)
        ]
        return tuple(found) or (Passes(value.of.qualname),)
    return (Passes(type(value).__name__),)


def _inherited_implicit(resolver: Resolver, value: Instance, how: ImplicitCall) -> Candidate:
    own = _OWN_METHODS[how]
    for cls in lineage(resolver, origin_of_class(value.of)):
        if isinstance(cls, ProjectClass):
            if own in resolver.class_facts(cls).methods:
                return ()
        else:
            api = resolver.catalogue.implicit_api(cls.name, how)
            if api is not None:
                return (Blocks(api),)
    return ()


def _of_item(resolver: Resolver, value: Value) -> Candidate:
    if isinstance(value, Instance):
        return _of_special(resolver, value, "__getitem__")
    return (Passes(type(value).__name__),)


_IMPLICIT: Final[dict[str, Callable[[Resolver, Value], Candidate]]] = {
    SiteKind.ITERATE: _of_iteration,
    SiteKind.ENTER: _of_entering,
    SiteKind.ITEM: _of_item,
}
