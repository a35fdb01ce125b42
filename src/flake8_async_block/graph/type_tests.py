"""Branches that ``isinstance`` rules out for what a call hands over.

``load(source)`` that opens a file where ``source`` is a ``str`` opens none where it is given an
image. A branch counts as ruled out only where the types of all that may be handed over are known,
with all that they inherit from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import is_one_of, lineage
from flake8_async_block.graph.values import (
    NONE,
    External,
    ExternalInstance,
    Instance,
    Literal,
    Value,
    Values,
    literal_value,
    origin_of_class,
)
from flake8_async_block.model.path import NO_PATH
from flake8_async_block.model.summary import Branch, Needs

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_BY_SHAPE: Final = frozenset({"abc", "collections", "numbers", "os", "typing", "typing_extensions"})
"""Packages of types that others belong to without naming them."""
_PLAIN_BASES: Final = frozenset(
    {
        "abc.ABC",
        "builtins.object",
        "pydantic.BaseModel",
        "pydantic.main.BaseModel",
        "typing.Generic",
    }
)
_BUILTIN: Final = "builtins."
_UNRELATED: Final = frozenset(
    f"{_BUILTIN}{name}"
    for name in ("bytearray", "bytes", "dict", "float", "frozenset", "list", "set", "str", "tuple")
)
"""Built-in types of which no other built-in type is a kind."""


def rules_out(resolver: Resolver, module: str, branch: Branch, values: Values) -> bool:
    """Whether a branch is never taken for ``values``.

    Args:
        module: the file of the branch.
        branch: False for those that ask for no type.
        values: what a call hands over.
    """
    if branch.types == NO_PATH or not values:
        return False
    tested = resolver.evaluate(module, branch.types)
    if not tested or not all(_is_certain(each) for each in tested):
        return False
    if branch.needs == Needs.OF_TYPE:
        return all(_is_none_of(resolver, value, tested) for value in values)
    return all(_is_one_of(resolver, value, tested) for value in values)


def _is_certain(tested: Value) -> bool:
    """Whether a type is one to which only what inherits from it belongs."""
    if isinstance(tested, Instance):
        return True
    return isinstance(tested, ExternalInstance) and not _BY_SHAPE.intersection(
        (tested.type_name.partition(".")[0],)
    )


def _as_instance(value: Value) -> Value:
    """A constant as an instance of its type."""
    if isinstance(value, Literal):
        return ExternalInstance(f"{_BUILTIN}{type(literal_value(value.text)).__name__}")
    return value


def _is_one_of(resolver: Resolver, value: Value, tested: Values) -> bool:
    return value != NONE and is_one_of(resolver, _as_instance(value), tested)


def _is_none_of(resolver: Resolver, value: Value, tested: Values) -> bool:
    if value == NONE:
        return True
    found = _as_instance(value)
    if not _is_known_with_bases(resolver, found):
        return False
    return not is_one_of(resolver, found, tested) and not any(
        # What is declared may be of a type below, such as the one that is asked for.
        is_one_of(resolver, each, (found,))
        for each in tested
    )


def _is_known_with_bases(resolver: Resolver, value: Value) -> bool:
    """Whether all that a value's type inherits from is known."""
    if isinstance(value, ExternalInstance):
        return value.type_name in _UNRELATED or (
            not value.type_name.startswith(_BUILTIN)
            and resolver.catalogue.is_class(value.type_name)
        )
    if not isinstance(value, Instance):
        return False
    for cls in lineage(resolver, origin_of_class(value.of)):
        if isinstance(cls, External):
            if cls.name not in _PLAIN_BASES and not resolver.catalogue.is_class(cls.name):
                return False
        elif resolver.bases.get(cls) is None or not all(
            isinstance(base, (External, type(cls))) for base in resolver.bases[cls]
        ):
            return False
    return True
