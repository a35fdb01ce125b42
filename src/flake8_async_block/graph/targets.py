"""What happens at a site: it blocks, it runs a function of the project, or nothing of interest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import handed
from flake8_async_block.graph.accesses import outcome_of_reading
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import attribute_of, lineage
from flake8_async_block.graph.handed import Place
from flake8_async_block.graph.implicit import (
    OUTCOMES,
    outcome_of_entering,
    outcome_of_iteration,
    outcome_of_operator,
)
from flake8_async_block.graph.outcomes import (
    Blocks,
    Candidate,
    Passes,
    Target,
    external_call,
    outcome_of_api,
    outcome_of_function,
)
from flake8_async_block.graph.own_apis import verdict_on_call, verdict_on_construction
from flake8_async_block.graph.special_methods import BY_BUILTIN, outcome_of_special
from flake8_async_block.graph.subclasses import implementations, methods_below
from flake8_async_block.graph.validators import validators_of
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    ExternalMethod,
    Given,
    Instance,
    Literal,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
    Values,
    literal_value,
    only_known,
)
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.summary import Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_ENTERING_METHODS: Final = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_context"}
)
_LASTING: Final = (PathOp.ATTRIBUTE, PathOp.PARAMETER, PathOp.GLOBAL, PathOp.NAME)
"""Where something is kept that a function neither made nor entered itself."""
_CONSTRUCTION: Final = (
    "__new__",
    "__init__",
    "__post_init__",
    "__attrs_post_init__",
    "model_post_init",
)


def candidates_of(
    resolver: Resolver, module: str, site: Site, given: Given = ()
) -> tuple[Candidate, ...]:
    """What each known candidate for the site's receiver does; empty when none is known.

    A site blocks only if every candidate does.

    Args:
        given: what the function of the site was given to call.
    """
    node = resolver.summary(module).nodes[site.path]
    place = Place(module, given)
    if site.kind == SiteKind.CALL:
        callees = only_known(handed.evaluate(resolver, place, node.operands[0]))
        if not callees:
            callees = methods_below(resolver, module, node.operands[0])
        if not callees:
            return ()
        arguments = Arguments.of(module, node)
        if len(callees) == 1 and is_abstract(resolver, callees[0]):
            assert isinstance(callees[0], ProjectFunction)
            callees = implementations(resolver, module, site, callees[0]) or callees
        if len(callees) == 1 and _enters_for_longer(resolver, module, callees[0], node):
            entered = tuple(_entered(resolver, arguments, place, leaves=False))
            return (entered or (Passes("enter_context"),),)
        return tuple(_of_call(resolver, value, arguments, place, site.awaited) for value in callees)
    if site.awaited:
        return _of_async_iteration(resolver, module, site)
    if site.kind == SiteKind.ATTRIBUTE:
        if node.op != PathOp.ATTRIBUTE:
            return ()
        base = only_known(resolver.evaluate(module, node.operands[0]))
        return tuple(outcome_of_reading(resolver, value, node.name) for value in base)
    act = OUTCOMES.get(site.kind)
    if act is None:
        return outcome_of_operator(resolver, module, site.path, site.kind)
    values = only_known(handed.evaluate(resolver, place, _subject(site, node)))
    call = partial(_of_bare_call, resolver, place)
    return tuple(act(resolver, value, call) for value in values)


def _of_async_iteration(resolver: Resolver, module: str, site: Site) -> tuple[Candidate, ...]:
    """What ``async for`` calls at once: ``__aiter__`` is no coroutine."""
    if site.kind != SiteKind.ITERATE:
        return ()
    values = only_known(resolver.evaluate(module, site.path))
    if not values or not all(isinstance(value, Instance) for value in values):
        return ()
    return tuple(
        outcome_of_special(resolver, value, ("__aiter__",))
        for value in values
        if isinstance(value, Instance)
    )


def callees_of(resolver: Resolver, module: str, site: Site) -> Values:
    """What a call may call, as far as that is known."""
    node = resolver.summary(module).nodes[site.path]
    if site.kind != SiteKind.CALL or site.awaited:
        return ()
    return only_known(resolver.evaluate(module, node.operands[0]))


def _subject(site: Site, node: PathNode) -> int:
    return node.operands[0] if site.kind == SiteKind.ITEM else site.path


def _of_call(
    resolver: Resolver, value: Value, arguments: Arguments, place: Place, awaited: bool
) -> Candidate:
    if isinstance(value, ProjectFunction):
        if resolver.catalogue.user is not None:
            ruled = _ruled(resolver, value, arguments, awaited)
            if ruled is not None:
                return ruled
        function = handed.with_callbacks(resolver, value, arguments, place)
        return outcome_of_function(resolver, function, awaited)
    if isinstance(value, ProjectClass):
        return _of_construction(resolver, value, arguments, place)
    if isinstance(value, Instance):
        return _of_instance(resolver, value, arguments, place, awaited)
    if isinstance(value, Partial):
        return tuple(
            target
            for inner in only_known(value.function)
            for target in _of_call(resolver, inner, Arguments.none(), place, awaited)
        )
    if isinstance(value, External):
        if value.name == "builtins.getattr":
            return _of_getattr(resolver, arguments, place)
        api = external_call(resolver, value.name)
        own = outcome_of_api(resolver, api, arguments, awaited, value.name)
        if value.name not in resolver.frameworks.acting and value.name not in BY_BUILTIN:
            return own
        return (*own, *_beside(resolver, value, value.name, arguments, place))
    if isinstance(value, ExternalMethod):
        name = f"{value.type_name}.{value.method}"
        api = resolver.catalogue.method_api(value.type_name, value.method)
        own = outcome_of_api(resolver, api, arguments, awaited, name)
        if name not in resolver.frameworks.acting and name not in _ENTERING_METHODS:
            return own
        return (*own, *_beside(resolver, value, name, arguments, place))
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.implicit_api(value.type_name, "call")
        return outcome_of_api(resolver, api, arguments, awaited, f"{value.type_name}()")
    return (Passes(type(value).__name__),)


def is_abstract(resolver: Resolver, value: Value) -> bool:
    """Whether a value is a method that has no body of its own."""
    return isinstance(value, ProjectFunction) and resolver.function_facts(value).is_abstract


def _ruled(
    resolver: Resolver, function: ProjectFunction, arguments: Arguments, awaited: bool
) -> Candidate | None:
    """What the user's own tables say about a function of the project; None if nothing."""
    verdict = verdict_on_call(resolver, function)
    if verdict is None:
        return None
    if verdict is False:
        return (Passes(function.qualname, "does not block according to the catalogue"),)
    return outcome_of_api(resolver, verdict, arguments, awaited, verdict.name)


def _of_bare_call(resolver: Resolver, place: Place, value: Value) -> Candidate:
    return _of_call(resolver, value, Arguments.none(), place, awaited=False)


def _of_instance(
    resolver: Resolver, value: Instance, arguments: Arguments, place: Place, awaited: bool
) -> Candidate:
    found: list[Target] = []
    for method in attribute_of(resolver, value, "__call__"):
        if isinstance(method, ProjectFunction):
            found.extend(_of_call(resolver, method, arguments, place, awaited))
    return tuple(found) or (Passes(f"{value.of.qualname}.__call__"),)


def _of_construction(
    resolver: Resolver, cls: ProjectClass, arguments: Arguments, place: Place
) -> Candidate:
    found: list[Target] = []
    for base in lineage(resolver, cls):
        if isinstance(base, ProjectClass):
            api = verdict_on_construction(resolver, base)
            if api is not None:
                found.extend(outcome_of_api(resolver, api, arguments, False, base.qualname))
        else:
            api = resolver.catalogue.call_api(base.name)
            found.extend(outcome_of_api(resolver, api, arguments, False, base.name))
    for name in _CONSTRUCTION:
        for value in attribute_of(resolver, Instance(cls), name):
            if isinstance(value, ProjectFunction):
                function = handed.with_callbacks(resolver, value, arguments, place)
                found.extend(outcome_of_function(resolver, function))
    for validator in validators_of(resolver, cls):
        found.extend(outcome_of_function(resolver, validator))
    return tuple(found) or (Passes(cls.qualname),)


# what something outside does with its arguments


def _beside(
    resolver: Resolver, callee: Value, name: str, arguments: Arguments, place: Place
) -> Iterator[Target]:
    """What something outside does with the functions and iterables that it is handed."""
    call = partial(_of_bare_call, resolver, place)
    for path in handed.called_arguments(resolver, callee, arguments):
        for function in _only(handed.evaluate(resolver, place, path)):
            yield from call(function)
    yield from _of_callback(resolver, name, arguments, place)
    consumer = resolver.frameworks.consumer(name)
    if consumer is not None and len(arguments.positional) > consumer.position:
        path = arguments.positional[consumer.position]
        for value in _only(handed.evaluate(resolver, place, path)):
            yield from outcome_of_iteration(resolver, value, call)
    if name in BY_BUILTIN:
        for path in arguments.positional if name == "builtins.print" else arguments.positional[:1]:
            for value in _only(resolver.evaluate(place.module, path)):
                if isinstance(value, Instance):
                    yield from outcome_of_special(resolver, value, BY_BUILTIN[name])
    if name in _ENTERING_METHODS:
        yield from _entered(resolver, arguments, place, leaves=True)


def _enters_for_longer(resolver: Resolver, module: str, callee: Value, call: PathNode) -> bool:
    """Whether a call enters a manager on a stack that may be closed by another function."""
    if not isinstance(callee, ExternalMethod):
        return False
    if f"{callee.type_name}.{callee.method}" not in _ENTERING_METHODS:
        return False
    nodes = resolver.summary(module).nodes
    bound = nodes[call.operands[0]]
    return bool(bound.operands) and nodes[bound.operands[0]].op in _LASTING


def _entered(
    resolver: Resolver, arguments: Arguments, place: Place, *, leaves: bool
) -> Iterator[Target]:
    call = partial(_of_bare_call, resolver, place)
    for path in arguments.positional[:1]:
        for value in _only(resolver.evaluate(place.module, path)):
            yield from outcome_of_entering(resolver, value, call, leaves=leaves)


def _of_callback(
    resolver: Resolver, name: str, arguments: Arguments, place: Place
) -> Iterator[Target]:
    """What the loop will block in when it calls something outside that it was handed here.

    A function of the project is judged where it stands.
    """
    entry = resolver.frameworks.callback(name)
    path = None if entry is None else arguments.find(entry.parameter, entry.position)
    if entry is None or path is None:
        return
    for value in _only(handed.evaluate(resolver, place, path)):
        bound = _only(value.function) if isinstance(value, Partial) else (value,)
        for callee in bound:
            if isinstance(callee, (External, ExternalMethod)):
                own = Arguments.none() if bound[0] is not value else arguments.after(entry.position)
                for target in _of_call(resolver, callee, own, place, awaited=False):
                    if isinstance(target, Blocks):
                        yield Blocks(replace(target.api, kind="callback"))


def _only(values: Values) -> Values:
    """The one known candidate, or nothing: what several do is not worth the work here."""
    known = only_known(values)
    return known if len(known) == 1 else ()


def _of_getattr(resolver: Resolver, arguments: Arguments, place: Place) -> Candidate:
    path = arguments.find("", 1)
    for name in resolver.evaluate(place.module, path) if path is not None else ():
        text = literal_value(name.text) if isinstance(name, Literal) else None
        if isinstance(text, str):
            for value in _only(resolver.evaluate(place.module, arguments.positional[0])):
                return outcome_of_reading(resolver, value, text)
    return (Passes("builtins.getattr"),)
