"""Methods of the standard library whose result is made of their object and their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import protocols
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.promised import MAPPING_TYPE
from flake8_async_block.graph.shown import element_of
from flake8_async_block.graph.values import (
    ExternalInstance,
    Sequence,
    Unknown,
    Value,
    Values,
    merge,
)

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

MethodSemantics = Callable[["Resolver", Values, Arguments], Values]
CONTEXT_VARIABLE: Final = "contextvars.ContextVar"
NOT_GIVEN: Final[Values] = (Unknown("an argument is missing"),)


def argument_at(resolver: Resolver, arguments: Arguments, position: int, name: str = "") -> Values:
    """The values of one argument of a call.

    Args:
        position: counts from 0; -1 for one that is only given by its name.
        name: the keyword that may stand for the position.
    """
    path = arguments.find(name, position)
    return NOT_GIVEN if path is None else resolver.evaluate(arguments.module, path)


def _context_value(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    return resolver.each(receiver, _kept_in_context)


def _kept_in_context(value: Value) -> Values:
    if isinstance(value, ExternalInstance) and value.arguments:
        return value.arguments[0]
    return (Unknown("a context variable of which no type is told"),)


def _enter_context(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    return resolver.each(
        argument_at(resolver, arguments, 0), lambda value: protocols.entered(resolver, value)
    )


def _enter_async_context(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    found = resolver.each(
        argument_at(resolver, arguments, 0), lambda value: protocols.async_entered(resolver, value)
    )
    return (ExternalInstance("awaitable", (found,)),)


def _mapping_get(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    key = argument_at(resolver, arguments, 0)
    found = resolver.each(receiver, lambda value: protocols.item_of(resolver, value, key))
    if len(arguments.positional) > 1:
        return merge(found, argument_at(resolver, arguments, 1))
    return found


def _mapping_values(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    found = resolver.each(receiver, lambda value: protocols.item_of(resolver, value, ()))
    return (Sequence((found,), exact=False),)


def _mapping_items(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    keys = resolver.each(receiver, element_of)
    found = resolver.each(receiver, lambda value: protocols.item_of(resolver, value, ()))
    return (Sequence(((Sequence((keys, found), exact=True),),), exact=False),)


def _copied(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    return receiver


def _sequence_pop(resolver: Resolver, receiver: Values, arguments: Arguments) -> Values:
    return resolver.each(receiver, element_of)


METHODS: Final[dict[str, MethodSemantics]] = {
    f"{CONTEXT_VARIABLE}.get": _context_value,
    "contextlib.ExitStack.enter_context": _enter_context,
    "contextlib.AsyncExitStack.enter_context": _enter_context,
    "contextlib.AsyncExitStack.enter_async_context": _enter_async_context,
    f"{MAPPING_TYPE}.get": _mapping_get,
    f"{MAPPING_TYPE}.pop": _mapping_get,
    f"{MAPPING_TYPE}.setdefault": _mapping_get,
    f"{MAPPING_TYPE}.values": _mapping_values,
    f"{MAPPING_TYPE}.items": _mapping_items,
    f"{MAPPING_TYPE}.copy": _copied,
    "builtins.list.pop": _sequence_pop,
    "builtins.list.popleft": _sequence_pop,
    "builtins.list.copy": _copied,
}
