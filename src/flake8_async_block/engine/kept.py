"""What is kept from run to run: read before the first file is checked, written after the last."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from flake8_async_block.cache.recordings import CHANGED
from flake8_async_block.cache.state import FileAnswer, State, read_state, write_state
from flake8_async_block.engine.pool import Part
from flake8_async_block.engine.reading import Reader
from flake8_async_block.engine.standing import Standing, what_stands


class Kept:
    """The answers of earlier runs that still hold, and those of this one.

    Args:
        reader: reads the project's files, and has the store beside which answers are kept.
        question: the settings, and whatever else but files the answers depend on.
    """

    def __init__(self, reader: Reader, question: str) -> None:
        self._reader = reader
        self._question = question
        self._parts: list[Part] = []

    def answers(self, files: Iterable[str]) -> dict[str, FileAnswer]:
        """What is known of some of the files."""
        return {} if self._standing is None else self._standing.answers(files)

    def add(self, part: Part) -> None:
        """Take note of what this run has found out."""
        self._parts.append(part)

    def write(self, *, beside_others: bool = False) -> None:
        """Keep what this run and the earlier ones have found out.

        Args:
            beside_others: other processes do the same for other files of the same project.
        """
        store, inputs = self._reader.store, self._reader.lasting_inputs()
        standing = self._standing
        if store is None or inputs is None or self._reader.overlays:
            return
        found = any(part.answers for part in self._parts)
        if not found and (standing is None or not standing.edited):
            return
        state = State(self._question) if standing is None else standing.state
        for path in () if standing is None else standing.stale:
            state.answers.pop(path, None)
        state.inputs = inputs
        state.texts.update(self._reader.keys)
        for part in self._parts:
            state.answers.update(part.answers)
            state.texts.update(part.keys)
            for who, whose in part.owners.items():
                state.owners.setdefault(who, set()).update(whose)
            for who, asked in part.asked.items():
                state.asked.setdefault(who, set()).update(asked)
            state.words.update((word, list(files)) for word, files in part.words.items())
        others = read_state(store.directory, self._question) if beside_others else None
        if others is not None:
            _merge(state, others)
        write_state(store.directory, state)

    @cached_property
    def _standing(self) -> Standing | None:
        store = self._reader.store
        if store is None or self._reader.overlays:
            return None
        state = read_state(store.directory, self._question)
        standing = None if state is None else what_stands(state, self._reader)
        if standing is not None:
            self._reader.note_known(standing.inputs)
            self._reader.remember_words(standing.words)
        return standing


def _merge(state: State, others: State) -> None:
    """Add what another process has found out about the same texts."""
    if any(others.texts.get(path, key) != key for path, key in state.texts.items()):
        return
    for path, signature in others.inputs.items():
        if state.inputs.setdefault(path, signature) != signature:
            state.inputs[path] = CHANGED
    state.texts = {**others.texts, **state.texts}
    state.answers = {**others.answers, **state.answers}
    state.words = {**others.words, **state.words}
    for who, whose in others.owners.items():
        state.owners.setdefault(who, set()).update(whose)
    for who, asked in others.asked.items():
        state.asked.setdefault(who, set()).update(asked)
