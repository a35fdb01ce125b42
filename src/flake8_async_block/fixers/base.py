"""What fixers share: a fixer reads one finding's place and answers with splices or a reason.

A fixer never changes a tree. It says which bytes to put where, so everything else in the file
stays as it was, and edits of nested calls add up without knowing of each other.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flake8_async_block.fixers.locate import Located, ParsedSource
from flake8_async_block.fixers.names import NewImport, Resolver
from flake8_async_block.model.diagnostic import Diagnostic, FixPlan


@dataclass(frozen=True, slots=True)
class Splice:
    """Put ``text`` in place of the bytes ``start`` to ``end`` (UTF-8 offsets, end exclusive).

    ``owner`` is the span of the node that is edited; it orders splices at the same offset, so
    that an outer call's text opens before and closes after an inner one's. ``await_at`` is the
    index in ``text`` of an ``await`` which the verification has to find again.
    """

    start: int
    end: int
    text: str
    owner: tuple[int, int]
    await_at: int | None = None

    @property
    def sort_key(self) -> tuple[int, int, int]:
        if self.end > self.start:
            return (self.start, 2, 0)
        if self.owner[0] < self.start:
            return (self.start, 0, -self.owner[0])
        return (self.start, 1, -self.owner[1])


@dataclass(frozen=True, slots=True)
class Edited:
    """What a fixer wants.

    Args:
        splices: the edits.
        imports: what they rely on.
        caution: why they may change what the program computes, or None.
        covers: the stretch (UTF-8 offsets) in which other findings may vanish as well, for an edit
            that concerns more than a call.
        absorbs: whether what is found in ``covers`` needs no edit of its own then.
    """

    splices: tuple[Splice, ...]
    imports: frozenset[NewImport] = frozenset()
    caution: str | None = None
    covers: tuple[int, int] | None = None
    absorbs: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a fixer leaves a finding alone, in words that end no sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class FileContext:
    """The file that is being fixed, as every fixer sees it.

    ``tree`` is the file as :mod:`ast` reads it. ``located`` holds, by start and end offset, the
    nodes at the span of each finding that may be fixed, and ``plans`` the plans of all findings.
    """

    path: str
    source: ParsedSource
    tree: ast.Module
    names: Resolver
    located: Mapping[tuple[int, int], Sequence[Located]]
    plans: Mapping[tuple[int, int], FixPlan | None]


@dataclass(frozen=True, slots=True)
class Fixer:
    """One strategy.

    Args:
        strategy: the name that a :class:`~flake8_async_block.model.diagnostic.FixPlan` asks for.
        edit: reads the finding's place in the file and answers; it changes nothing.
    """

    strategy: str
    edit: Callable[[Diagnostic, FileContext], Edited | Refused]


class OverlapError(Exception):
    """Two edits want to replace the same bytes."""


class Spliced(NamedTuple):
    """``text`` is the result in UTF-8; ``awaits`` the offsets in it of every announced await."""

    text: bytes
    awaits: tuple[int, ...]


def splice(text: bytes, splices: Iterable[Splice]) -> Spliced:
    """Apply all splices at once.

    Raises:
        OverlapError: two of them replace the same bytes, or one inserts inside what another
            replaces.
    """
    pieces: list[bytes] = []
    awaits: list[int] = []
    read = written = 0
    for piece in sorted(splices, key=lambda item: item.sort_key):
        if piece.start < read:
            raise OverlapError
        kept, added = text[read : piece.start], piece.text.encode()
        written += len(kept)
        if piece.await_at is not None:
            awaits.append(written + piece.await_at)
        written += len(added)
        pieces += (kept, added)
        read = piece.end
    pieces.append(text[read:])
    return Spliced(b"".join(pieces), tuple(awaits))
