"""Type expressions of the catalogue → the values they promise."""

from __future__ import annotations

from typing import Final

from flake8_async_block.catalogue.type_names import ELEMENT_CONTAINERS, TypeName, parse_type
from flake8_async_block.graph.values import ExternalInstance, Sequence, Values, merge

MAPPING_TYPE: Final = "builtins.dict"
NAMESPACE_TYPES: Final = ("types.SimpleNamespace", "argparse.Namespace")
"""Types whose objects have for attributes what they were made with."""


def from_type_name(expression: str, receiver: Values = ()) -> Values:
    """The values that a type expression of the catalogue promises."""
    return merge(*[_from_member(member, receiver) for member in parse_type(expression)])


def _from_member(member: TypeName, receiver: Values) -> Values:
    if member.name == "self":
        return receiver
    arguments = tuple(
        merge(*[_from_member(inner, receiver) for inner in argument])
        for argument in member.arguments
    )
    if member.name == "tuple" and len(arguments) > 1:
        return (Sequence(arguments, exact=True),)
    if member.name in ELEMENT_CONTAINERS:
        return (Sequence(arguments[:1], exact=False),)
    if member.name == "dict":
        return (ExternalInstance(MAPPING_TYPE, arguments),)
    return (ExternalInstance(member.name, arguments),)
