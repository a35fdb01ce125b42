"""What is wrong with a user's catalogue tables, in one line that says what would be right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, get_args

import msgspec

from flake8_async_block.catalogue.schema import (
    AliasEntry,
    CatalogueTables,
    ClassEntry,
    Condition,
    Cost,
    FunctionEntry,
    MethodOverride,
    ThreadSafety,
    What,
)

_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "blocks": get_args(What),
    "cost": get_args(Cost),
    "thread": get_args(ThreadSafety),
    **dict.fromkeys(("construct", "call", "iterate", "enter", "exit"), ("true", *get_args(Cost))),
}
"""Key → what it may be."""
_CONDITIONS: Final = frozenset(
    {"unless", "only-if", "untyped-if", "construct-unless", "construct-only-if"}
)
_TABLES: Final[dict[str, type[msgspec.Struct]]] = {
    "function": FunctionEntry,
    "class": ClassEntry,
    "alias": AliasEntry,
}


def complaint(message: str) -> str:
    """A decoder's message, with what is allowed where that is known.

    Args:
        message: such as ``Invalid enum value 'htp' - at `$.function[0].blocks```.
    """
    reason, _, place = message.partition(" - at ")
    place = place.strip("`").removeprefix("$.")
    steps = re.sub(r"\[[^]]*\]", "", place).split(".") if place else []
    wrong = re.fullmatch(r"Invalid enum value '?(.*?)'?", reason)
    if wrong is not None and steps and steps[-1] in _VALUES:
        return f"{place}: {_choose(f'unknown value {wrong[1]!r}', wrong[1], _VALUES[steps[-1]])}"
    wrong = re.fullmatch(r"Object contains unknown field `(.*)`", reason)
    if wrong is not None:
        keys = sorted(field.encode_name for field in msgspec.structs.fields(_entry_at(steps)))
        return f"{place or 'catalogue'}: {_choose(f'unknown key {wrong[1]!r}', wrong[1], keys)}"
    if "matching regex" in reason:
        return f"{place}: not a dotted name such as `package.module.function`"
    return f"{place}: {reason}" if place else reason


def _entry_at(steps: Sequence[str]) -> type[msgspec.Struct]:
    if not steps:
        return CatalogueTables
    if steps[-1] in _CONDITIONS or "unblocked-by" in steps:
        return Condition
    return MethodOverride if "method" in steps else _TABLES.get(steps[0], CatalogueTables)


def _choose(what: str, value: str, allowed: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(value, allowed, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{what}, {hint}choose from {', '.join(allowed)}"
