"""What a value shows by itself, without asking the project: its elements, and how it is written."""

from __future__ import annotations

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
    merge,
)


def element_of(value: Value) -> Values:
    """The elements of a value that shows them itself."""
    if isinstance(value, Sequence):
        return merge(*value.elements) if value.elements else (Unknown("an empty sequence"),)
    if isinstance(value, Mapping):
        return tuple(Literal(key) for key in value.keys if key) or (Unknown("a key"),)
    if isinstance(value, ExternalInstance) and value.arguments:
        return value.arguments[0]
    if isinstance(value, Unknown):
        return (value,)
    return (Opaque(f"{describe(value)} iter"),)


def describe(value: Value) -> str:
    """A value for people, in the notation of access paths."""
    if isinstance(value, ExternalInstance):
        return f"{value.type_name}@"
    if isinstance(value, ExternalMethod):
        return f"{value.type_name}@.{value.method}"
    if isinstance(value, (External, Opaque)):
        return value.name
    if isinstance(value, Instance):
        return f"{value.of.qualname}@"
    if isinstance(value, (ProjectFunction, ProjectClass)):
        return value.qualname
    if isinstance(value, (Coroutine, Generator, Manager)):
        return f"{value.function.qualname}()"
    if isinstance(value, Literal):
        return value.text
    return type(value).__name__.lower()
