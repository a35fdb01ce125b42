"""The language in which catalogue entries name types: ``A | B``, ``iterator[A]``, ``self``."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

ELEMENT_CONTAINERS: Final = frozenset({"iterator", "list", "tuple", "set", "iterable", "generator"})
"""Generic names whose single argument is the type of the elements."""


class TypeName(NamedTuple):
    """One member of a type expression: a dotted name and its arguments."""

    name: str
    arguments: tuple[tuple[TypeName, ...], ...] = ()


@lru_cache(maxsize=4096)
def parse_type(expression: str) -> tuple[TypeName, ...]:
    """The members of the union that ``expression`` names; nothing for an empty one.

    Raises:
        ValueError: the brackets do not match.
    """
    return tuple(
        member for part in _split(expression, "|") if (member := _parse_member(part)) is not None
    )


def _parse_member(text: str) -> TypeName | None:
    text = text.strip()
    if text in ("", "None"):
        return None
    name, bracket, rest = text.partition("[")
    if not bracket:
        return TypeName(name)
    if not rest.endswith("]"):
        raise ValueError(f"brackets do not match in the type `{text}`")
    arguments = tuple(parse_type(part) for part in _split(rest[:-1], ","))
    return TypeName(name.strip(), arguments)


def _split(text: str, separator: str) -> list[str]:
    """Split at separators outside brackets."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
            if depth < 0:
                raise ValueError(f"brackets do not match in the type `{text}`")
        elif character == separator and not depth:
            parts.append(text[start:position])
            start = position + 1
    if depth:
        raise ValueError(f"brackets do not match in the type `{text}`")
    parts.append(text[start:])
    return parts
