"""Classes whose instances Python builds by their annotations: named tuples, typed dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.values import (
    External,
    Instance,
    Literal,
    ProjectClass,
    Unknown,
    Values,
    literal_value,
    merge,
)

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_TYPED_DICTS: Final = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_NAMED_TUPLES: Final = frozenset({"typing.NamedTuple", "typing_extensions.NamedTuple"})


def elements_of_record(resolver: Resolver, value: Instance) -> tuple[Values, ...]:
    """The fields of a named tuple, in order; nothing for an instance of any other class."""
    for cls in lineage(resolver, value.of._replace(arguments=())):
        if isinstance(cls, ProjectClass) and _is_named_tuple(resolver, cls):
            facts = resolver.class_facts(cls)
            return tuple(resolver.attribute(value, name) for name in facts.annotations)
    return ()


def _is_named_tuple(resolver: Resolver, cls: ProjectClass) -> bool:
    return any(
        isinstance(base, External) and base.name in _NAMED_TUPLES
        for path in resolver.class_facts(cls).bases
        for base in resolver.evaluate(cls.path, path)
    )


def entry_of_record(resolver: Resolver, value: Instance, key: Values) -> Values:
    """What a typed dictionary holds under a constant key; nothing for anything else."""
    classes = lineage(resolver, value.of._replace(arguments=()))
    if not any(isinstance(cls, External) and cls.name in _TYPED_DICTS for cls in classes):
        return ()
    if len(key) != 1 or not isinstance(key[0], Literal):
        return (Unknown("a typed dictionary with a key that is computed"),)
    name = literal_value(key[0].text)
    return resolver.attribute(value, name) if isinstance(name, str) else ()


def item_of_record(fields: tuple[Values, ...], key: Values) -> Values:
    """What a subscript of a named tuple gives; everything it holds for a key that is computed."""
    if len(key) == 1 and isinstance(key[0], Literal):
        position = literal_value(key[0].text)
        if isinstance(position, int) and -len(fields) <= position < len(fields):
            return fields[position]
    return merge(*fields)
