"""What the decorators of the project make of a function.

A decorator is a call as well: the function that it makes has been given the one that it decorates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.decorators import is_static
from flake8_async_block.graph.handed import DEEPEST, Place, depth_of, evaluate
from flake8_async_block.graph.values import (
    Given,
    Instance,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
    Values,
    is_known,
    merge,
)

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_UNDECORATED: Final[Given] = (("", ()),)
"""What a function is given that is meant without its decorators."""


class Decorated(NamedTuple):
    """What a call of a decorated function runs: ``made`` by its decorators, and more beside it."""

    made: Values
    beside: tuple[ProjectFunction, ...] = ()


def decorated(resolver: Resolver, function: ProjectFunction) -> Decorated:
    """What the decorators of the project make of a function that is called by its name."""
    plain = function._replace(receiver=(), given=function.given or _UNDECORATED)
    notes = resolver.project.uses
    notes.note(plain.path)
    known = resolver.decorated.get(plain)
    if known is None:
        resolver.decorated[plain] = Decorated((plain,))
        known = resolver.decorated[plain] = notes.on_behalf_of(
            plain.path, lambda: _decorated(resolver, plain)
        )
    return known


def _decorated(resolver: Resolver, plain: ProjectFunction) -> Decorated:
    made: Values = (plain,)
    beside: tuple[ProjectFunction, ...] = ()
    for path in reversed(resolver.function_facts(plain).decorators):
        known = [value for value in resolver.evaluate(plain.path, path) if is_known(value)]
        if len(known) != 1:
            continue
        (decorator,) = known
        if isinstance(decorator, ProjectClass):
            # It keeps the function, and calls it when it is called itself.
            beside += tuple(value for value in made if isinstance(value, ProjectFunction))
            made = (Instance(decorator),)
            continue
        if isinstance(decorator, Instance):
            methods = resolver.attribute(decorator, "__call__")
            decorator = methods[0] if len(methods) == 1 else decorator
        if isinstance(decorator, ProjectFunction):
            made = _made_by(resolver, decorator, made) or made
    return Decorated(made, beside)


def _made_by(resolver: Resolver, decorator: ProjectFunction, function: Values) -> Values:
    """What a decorator returns for a function; nothing where that is not known."""
    facts = resolver.function_facts(decorator)
    first = 1 if facts.owner and not is_static(resolver, decorator) else 0
    if facts.is_async or facts.is_generator or len(facts.parameters) <= first:
        return ()
    slot = f"{facts.qualname}:{facts.parameters[first].name}"
    given = (*(pair for pair in decorator.given if pair[0]), (slot, function))
    place = Place(decorator.path, given)
    if depth_of(given) > DEEPEST:
        return ()
    found = merge(*[evaluate(resolver, place, path) for path in facts.returned] or [()])
    if not found or not all(isinstance(value, (ProjectFunction, Partial)) for value in found):
        return ()
    return _of_same_kind(resolver, found, function)


def _of_same_kind(resolver: Resolver, made: Values, function: Values) -> Values:
    """Of several functions that a decorator may make, those of the kind that it was given.

    A decorator for coroutine functions and others chooses by what it decorates. What it gets from
    another decorator is told apart by not being known to have been given the function.
    """
    wanted = {_kind_of(resolver, value) for value in function}
    if len(made) < 2 or len(wanted) != 1:
        return made
    alike = tuple(value for value in made if _kind_of(resolver, value) in wanted) or made
    own = tuple(value for value in alike if isinstance(value, ProjectFunction) and value.given)
    return own or alike


def _kind_of(resolver: Resolver, value: Value) -> tuple[bool, bool] | None:
    """Whether a function is asynchronous, and whether it is a generator; None for all else."""
    if isinstance(value, Partial) and len(value.function) == 1:
        value = value.function[0]
    if not isinstance(value, ProjectFunction):
        return None
    facts = resolver.function_facts(value)
    return facts.is_async, facts.is_generator


def is_plain(function: ProjectFunction) -> bool:
    """Whether a function is meant without its decorators."""
    return bool(function.given)
