"""What a run found out, file by file, for the next run to begin with.

A repeated run prints the recorded answer (see :mod:`.recordings`). Where some files have changed,
this tells which other files their change can matter to; what was found in all others still holds.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from flake8_async_block.cache.kept_files import file_for, write_kept
from flake8_async_block.model.diagnostic import Diagnostic, FileError

_T = TypeVar("_T")
_KIND: Final = "state-1"
_MOST: Final = 8
"""States kept in a directory: one for each way in which a project is checked."""


@dataclass(slots=True)
class FileAnswer:
    """What checking one file gave.

    Args:
        found: the findings and the notes.
        silenced: which of them a comment silences, by their positions in ``found``.
        error: why the file could not be checked, or None.
    """

    found: list[Diagnostic] = field(default_factory=list)
    silenced: list[int] = field(default_factory=list)
    error: FileError | None = None

    def told(self, *, suppress: bool) -> list[Diagnostic]:
        """The findings and notes, with or without those that a comment silences."""
        if not suppress or not self.silenced:
            return self.found
        silenced = frozenset(self.silenced)
        return [item for number, item in enumerate(self.found) if number not in silenced]


@dataclass(slots=True)
class State:
    """What a run found out about a project.

    Args:
        question: the settings, and whatever else but files the answers depend on.
        inputs: path → signature, of everything that was looked at (see :mod:`.recordings`).
        texts: path → digest of the file's text.
        answers: path → what checking the file gave.
        owners: who asked → whose answers were used, as paths and as other texts.
        asked: who asked → the words whose places in the project were used.
        words: word → the files that hold it.
    """

    question: str
    inputs: dict[str, str] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, FileAnswer] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=dict)
    asked: dict[str, set[bytes]] = field(default_factory=dict)
    words: dict[bytes, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Packed:
    """A state with every text written once."""

    question: str
    names: list[str]
    word_names: list[bytes]
    inputs: list[tuple[int, str]]
    texts: list[tuple[int, bytes]]
    answers: list[tuple[int, FileAnswer]]
    owners: list[tuple[int, list[int]]]
    asked: list[tuple[int, list[int]]]
    words: list[tuple[int, list[int]]]


def read_state(directory: str, question: str) -> State | None:
    """The state that a run under the same settings left, or None.

    Args:
        directory: of the cache, absolute.
        question: see :class:`State`.
    """
    import msgspec

    try:
        with open(file_for(directory, _KIND, question), "rb") as stream:
            packed = msgspec.msgpack.decode(zlib.decompress(stream.read()), type=_Packed)
        if packed.question != question:
            return None
        return _unpacked(packed)
    except (OSError, zlib.error, msgspec.DecodeError, IndexError):
        # A damaged file, or none.
        return None


def write_state(directory: str, state: State) -> None:
    """Keep a state for the next run. Where that is not possible nothing happens."""
    import msgspec

    try:
        content = zlib.compress(msgspec.msgpack.encode(_packed(state)), 1)
    except UnicodeEncodeError:
        # A file whose name is no text.
        return
    with suppress(OSError):
        write_kept(file_for(directory, _KIND, state.question), content, _MOST)


def _packed(state: State) -> _Packed:
    names = _Numbers[str]()
    words = _Numbers[bytes]()
    packed = _Packed(
        question=state.question,
        names=[],
        word_names=[],
        inputs=[(names.of(path), signature) for path, signature in state.inputs.items()],
        texts=[(names.of(path), digest) for path, digest in state.texts.items()],
        answers=[(names.of(path), answer) for path, answer in state.answers.items()],
        owners=[(names.of(who), [*map(names.of, whose)]) for who, whose in state.owners.items()],
        asked=[(names.of(who), [*map(words.of, asked)]) for who, asked in state.asked.items()],
        words=[(words.of(word), [*map(names.of, files)]) for word, files in state.words.items()],
    )
    packed.names, packed.word_names = names.all(), words.all()
    return packed


def _unpacked(packed: _Packed) -> State:
    name, word = packed.names.__getitem__, packed.word_names.__getitem__
    return State(
        question=packed.question,
        inputs={name(path): signature for path, signature in packed.inputs},
        texts={name(path): digest for path, digest in packed.texts},
        answers={name(path): answer for path, answer in packed.answers},
        owners={name(who): set(map(name, whose)) for who, whose in packed.owners},
        asked={name(who): set(map(word, asked)) for who, asked in packed.asked},
        words={word(each): [*map(name, files)] for each, files in packed.words},
    )


class _Numbers(Generic[_T]):
    """Gives everything that it meets a number, from 0."""

    def __init__(self) -> None:
        self._known: dict[_T, int] = {}

    def of(self, thing: _T) -> int:
        return self._known.setdefault(thing, len(self._known))

    def all(self) -> list[_T]:
        return list(self._known)
