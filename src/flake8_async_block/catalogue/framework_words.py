"""The words by which a text betrays that it registers something, before it is worth reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeGuard

from flake8_async_block.catalogue.framework_schema import (
    FrameworkTables,
    MountEntry,
    RegistrationEntry,
    RouterEntry,
    RouteTableEntry,
)

COMMON_METHODS: Final = frozenset({"append", "extend", "register"})
"""Methods whose calls say something only together with the attribute before them."""
CallEntry = RegistrationEntry | RouterEntry | MountEntry | RouteTableEntry
"""What a call can mean for the routes of an application."""


class Words(NamedTuple):
    """Words to look for in a text before it is worth reading.

    Attributes:
        package: without this word in any file of a project, the others mean nothing.
        registers: the beginnings of calls that register a function or a class, and the names of
            attributes that do.
        registers_here: the same for common words, such as ``get``: they mean something only in a
            file that holds the package's name itself.
        nests: the beginnings of calls that make routers, or put one below another.
    """

    package: bytes
    registers: tuple[bytes, ...]
    registers_here: tuple[bytes, ...]
    nests: tuple[bytes, ...]


def words_of(table: FrameworkTables) -> Words:
    """The words of one framework."""
    registering = _beginnings(table, RegistrationEntry, RouteTableEntry)
    return Words(
        table.package.encode(),
        (
            *(word for word, common in registering if not common),
            *(name.encode() for entry in table.assignment for name in entry.attributes),
        ),
        tuple(word for word, common in registering if common),
        tuple(word for word, _ in _beginnings(table, RouterEntry, MountEntry)),
    )


def pattern_of_calling(tables: Iterable[FrameworkTables]) -> re.Pattern[bytes]:
    """Finds what makes a framework, or the loop, call a plain ``def`` of a text.

    Common words are left out: they need the framework's own name in the same text.
    """
    decorators: set[str] = set()
    methods: set[str] = set()
    calls: list[bytes] = []
    for table in tables:
        for handler in table.handler:
            decorators.update(map(last_part, full_names(handler.receivers, handler.decorators)))
        for model in table.model:
            decorators.update(map(last_part, (*model.reading, *model.writing)))
        for view in table.view:
            methods.update(view.methods)
        methods.update(f"{convention.prefix}*" for convention in table.convention)
        calls.extend(map(re.escape, words_of(table).registers))
    return re.compile(
        rb"^[ \t]*@[\w.]*\b(?:%b)\b|\bdef[ \t]+(?:%b)[ \t]*\(|\b(?:%b)"
        % (_any_of(decorators), _any_of(methods), b"|".join(calls)),
        re.MULTILINE,
    )


def calls_of(table: FrameworkTables) -> Iterator[tuple[str, CallEntry]]:
    called: tuple[RegistrationEntry | MountEntry, ...] = (*table.registration, *table.mount)
    for call in called:
        for name in full_names(call.receivers, call.calls):
            yield name, call
    made: tuple[RouterEntry | RouteTableEntry, ...] = (*table.router, *table.route_table)
    for entry in made:
        for name in entry.names:
            yield name, entry


def full_names(receivers: tuple[str, ...], methods: tuple[str, ...]) -> list[str]:
    return [
        f"{receiver}.{method}" if receiver else method
        for receiver in receivers or ("",)
        for method in methods
    ]


def _beginnings(table: FrameworkTables, *kinds: type[CallEntry]) -> tuple[tuple[bytes, bool], ...]:
    """How the calls of a framework begin in a text, and whether that is a common word."""
    found: dict[tuple[bytes, bool], None] = {}
    for name, entry in calls_of(table):
        if isinstance(entry, kinds):
            is_method = isinstance(entry, (RegistrationEntry, MountEntry)) and entry.receivers
            found[_beginning(name).encode(), not is_method and last_part(name).islower()] = None
            if is_keyword_of_object(entry):
                # The project may have made a class of its own of the framework's.
                found[f"{entry.function}=".encode(), False] = None
    return tuple(found)


def is_keyword_of_object(entry: CallEntry) -> TypeGuard[RegistrationEntry]:
    """Whether making an object registers what one of its keywords takes."""
    return isinstance(entry, RegistrationEntry) and not entry.receivers and entry.position < 0


def _any_of(names: Iterable[str]) -> bytes:
    """The names as alternatives of a pattern; a star stands for the rest of a name."""
    return "|".join(re.escape(name).replace(r"\*", r"\w*") for name in sorted(names)).encode()


def _beginning(name: str) -> str:
    """How a text begins to call ``name``: ``get(``, or ``on_startup.append(`` of an attribute."""
    stem, _, last = name.rpartition(".")
    of_attribute = last in COMMON_METHODS
    return f"{last_part(stem)}.{last}(" if of_attribute else f"{last}("


def last_part(name: str) -> str:
    return name.rpartition(".")[2]
