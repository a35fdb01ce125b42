"""By which words the functions are found to which frameworks hand their own objects.

Most of what is registered is handed nothing that is known, so these are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flake8_async_block.catalogue.framework_schema import FrameworkTables
from flake8_async_block.catalogue.framework_words import Words, last_part, words_of


class Handing(NamedTuple):
    """What betrays that a framework hands something to a function.

    Attributes:
        most: to how many parameters of one function something is handed, at most.
        words: which words betray that a file registers such a function by calls.
        calls: the last parts of the names of these calls.
        decorators: the last parts of the names of the decorators that register one.
    """

    most: int
    words: tuple[Words, ...]
    calls: frozenset[str]
    decorators: frozenset[str]


def handing_of(tables: Sequence[FrameworkTables]) -> Handing:
    """Those words of all frameworks."""
    handlers = [entry for table in tables for entry in table.handler if entry.hands]
    registrations = [entry for table in tables for entry in table.registration if entry.hands]
    views = [entry for table in tables for entry in table.view if entry.hands]
    handed = [entry.hands for entry in handlers]
    handed += [entry.hands for entry in registrations]
    handed += [entry.hands for entry in views]
    words = [_words_of(table) for table in tables]
    return Handing(
        most=max(map(len, handed), default=0),
        words=tuple(each for each in words if each.registers or each.registers_here),
        calls=frozenset(last_part(call) for entry in registrations for call in entry.calls),
        decorators=frozenset(last_part(name) for entry in handlers for name in entry.decorators),
    )


def _words_of(table: FrameworkTables) -> Words:
    """The words of the registrations alone that hand something over."""
    handing = tuple(entry for entry in table.registration if entry.hands)
    return words_of(
        FrameworkTables(table.name, table.evidence, table.package, registration=handing)
    )
