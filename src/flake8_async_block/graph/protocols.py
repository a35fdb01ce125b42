"""The implicit protocols: ``await``, ``with``, ``for``, subscripts and operators → values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from typing import Literal as OneOf

from flake8_async_block.graph import results
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.promised import MAPPING_TYPE, from_type_name
from flake8_async_block.graph.records import (
    elements_of_record,
    entry_of_record,
    item_of_record,
)
from flake8_async_block.graph.shared import shared_item
from flake8_async_block.graph.shown import describe, element_of
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Generator,
    Instance,
    Literal,
    Manager,
    Mapping,
    Opaque,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Unknown,
    Value,
    Values,
    literal_value,
    merge,
)
from flake8_async_block.model.path import SLICE

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_SLICES: Final = (Unknown(SLICE),)
_WRAPPING_MANAGERS = frozenset(
    {"contextlib.closing", "contextlib.nullcontext", "contextlib.aclosing"}
)


def awaited(resolver: Resolver, value: Value) -> Values:
    """What ``await value`` gives."""
    if isinstance(value, Coroutine):
        return results.result_of(resolver, value.function)
    if isinstance(value, ExternalInstance) and value.type_name == "awaitable":
        return value.arguments[0]
    if isinstance(value, Unknown):
        return (value,)
    return (Opaque(f"{describe(value)} await"),)


def entered(resolver: Resolver, value: Value) -> Values:
    """What ``with value as`` binds."""
    if isinstance(value, Manager):
        return results.yielded_by(resolver, value.function)
    if isinstance(value, ExternalInstance):
        if value.type_name in _WRAPPING_MANAGERS and value.arguments:
            return value.arguments[0]
        declared = resolver.catalogue.type_field(value.type_name, "enters")
        return from_type_name(declared, (value,)) or (value,)
    if isinstance(value, Instance):
        return _call_special(resolver, value, "__enter__", default=(value,))
    if isinstance(value, Unknown):
        return (value,)
    return (Opaque(f"{describe(value)} with"),)


def async_entered(resolver: Resolver, value: Value) -> Values:
    """What ``async with value as`` binds."""
    if isinstance(value, Manager):
        return results.yielded_by(resolver, value.function)
    if isinstance(value, Instance):
        method = resolver.attribute(value, "__aenter__")
        for function in method:
            if isinstance(function, ProjectFunction):
                return results.result_of(resolver, function)
        return (value,)
    if isinstance(value, ExternalInstance):
        if value.type_name in _WRAPPING_MANAGERS and value.arguments:
            return value.arguments[0]
        # An outside async context manager gives itself far more often than something else.
        return (value,)
    if isinstance(value, Unknown):
        return (value,)
    return (Opaque(f"{describe(value)} async with"),)


def iterated(resolver: Resolver, value: Value) -> Values:
    """The elements of ``value``."""
    if isinstance(value, Generator):
        return results.yielded_by(resolver, value.function)
    if isinstance(value, Instance):
        return _iterated_instance(resolver, value)
    if isinstance(value, ExternalInstance):
        declared = resolver.catalogue.type_field(value.type_name, "yields")
        return from_type_name(declared, (value,)) or element_of(value)
    return element_of(value)


def async_iterated(resolver: Resolver, value: Value) -> Values:
    """The elements of ``value`` under ``async for``."""
    if isinstance(value, (Generator, ExternalInstance)):
        return iterated(resolver, value)
    if isinstance(value, Instance):
        iterator = _call_special(resolver, value, "__aiter__", default=(value,))
        found = resolver.each(iterator, lambda inner: _next_of(resolver, inner, "__anext__"))
        return resolver.each(found, lambda inner: awaited(resolver, inner))
    return (Opaque(f"{describe(value)} async iter"),)


def _iterated_instance(resolver: Resolver, value: Instance) -> Values:
    iterator = _call_special(resolver, value, "__iter__", default=())
    if not iterator:
        fields = elements_of_record(resolver, value)
        if fields:
            return merge(*fields)
        return (Unknown(f"`{value.of.qualname}` has no known __iter__"),)

    def step(inner: Value) -> Values:
        if isinstance(inner, Instance):
            return _next_of(resolver, inner, "__next__")
        return iterated(resolver, inner)

    return resolver.each(iterator, step)


def _next_of(resolver: Resolver, value: Value, method: OneOf["__next__", "__anext__"]) -> Values:
    if not isinstance(value, Instance):
        return iterated(resolver, value)
    return _call_special(resolver, value, method, default=(Unknown(f"no known {method}"),))


def item_of(resolver: Resolver, value: Value, key: Values) -> Values:
    """What ``value[key]`` gives."""
    if isinstance(value, Sequence):
        return _sequence_item(value, key)
    if isinstance(value, Mapping):
        return _mapping_item(value, key)
    if isinstance(value, (ProjectClass, External)):
        # A generic class with its arguments.
        return (value,)
    if isinstance(value, ExternalInstance):
        if value.type_name == MAPPING_TYPE and len(value.arguments) == 2:
            return value.arguments[1]
        shared = shared_item(resolver, value.type_name, key)
        if shared:
            return shared
        declared = resolver.catalogue.type_field(value.type_name, "item")
        return from_type_name(declared, (value,)) or (Opaque(f"{describe(value)}[]"),)
    if isinstance(value, Instance):
        fields = elements_of_record(resolver, value)
        if fields:
            return item_of_record(fields, key)
        entry = entry_of_record(resolver, value, key)
        if entry:
            return entry
        return _call_special(
            resolver, value, "__getitem__", default=(Unknown("no known __getitem__"),)
        )
    if isinstance(value, Unknown):
        return (value,)
    return (Opaque(f"{describe(value)}[]"),)


def _sequence_item(value: Sequence, key: Values) -> Values:
    if key == _SLICES:
        return (Sequence((element_of(value),), exact=False),)
    if value.exact and len(key) == 1 and isinstance(key[0], Literal):
        position = literal_value(key[0].text)
        if isinstance(position, int) and -len(value.elements) <= position < len(value.elements):
            return value.elements[position]
    return element_of(value)


def _mapping_item(value: Mapping, key: Values) -> Values:
    if len(key) != 1 or not isinstance(key[0], Literal):
        return merge(*value.elements) if value.elements else (Unknown("an empty mapping"),)
    for wanted in (key[0].text, ""):
        if wanted in value.keys:
            return value.elements[value.keys.index(wanted)]
    return (Unknown("a mapping has no such key"),)


def operated(resolver: Resolver, value: Value, method: str) -> Values:
    """What the operator method ``method`` of ``value`` gives."""
    if isinstance(value, ExternalInstance):
        declared = resolver.catalogue.method_returns(value.type_name, method)
        return from_type_name(declared, (value,)) or (Unknown("the result of an operator"),)
    if isinstance(value, Instance):
        unknown = (Unknown("the result of an operator"),)
        return _call_special(resolver, value, method, default=unknown)
    return (Unknown("the result of an operator"),)


def _call_special(resolver: Resolver, value: Instance, name: str, default: Values) -> Values:
    """Call a special method of a project class, or of what it inherits from outside."""
    for method in resolver.attribute(value, name):
        if isinstance(method, ProjectFunction):
            return resolver.call(method, Arguments.none())
        if isinstance(method, ExternalMethod):
            declared = resolver.catalogue.method_returns(method.type_name, name)
            if name == "__enter__" and not declared:
                declared = resolver.catalogue.type_field(method.type_name, "enters")
            return from_type_name(declared, (value,)) or default
    return default
