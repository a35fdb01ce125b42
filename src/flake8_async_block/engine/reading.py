"""What the engine reads: texts, their summaries, and which files hold a word.

Everything is read once. Whatever is looked at is noted first, so that an answer can be kept for as
long as nothing of that changes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from flake8_async_block.cache.packing import pack, unpack
from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cache.store import SummaryStore, text_key
from flake8_async_block.config import Config
from flake8_async_block.engine.words import WordSearch
from flake8_async_block.extract import extract_summary
from flake8_async_block.model.diagnostic import FileError
from flake8_async_block.model.summary import ModuleSummary
from flake8_async_block.sources import display_path, find_sources, mentions_dependency, read_source

_ONLY_PARSE: Final = 0x400
"""``ast.PyCF_ONLY_AST``."""


class Reader:
    """Reads the files of one project.

    Args:
        config: the settings.
        overlays: absolute path → text to use instead of the file's.
        store: where summaries are kept between runs.
        inputs: told about everything that is looked at.

    Attributes:
        store: as above.
        errors: absolute path → why a file could not be read or parsed.
        keys: absolute path → :func:`text_key` of every file that it has read.
    """

    def __init__(
        self,
        config: Config,
        overlays: Mapping[str, bytes],
        store: SummaryStore | None = None,
        inputs: Inputs | None = None,
    ) -> None:
        self.errors: dict[str, FileError] = {}
        self.keys: dict[str, bytes] = {}
        self._told = (0, 0, 0)
        self.overlays = dict(overlays)
        self._config = config
        self.store = store
        self._inputs = inputs
        self._texts: dict[str, bytes] = {}
        self._summaries: dict[str, ModuleSummary] = {}
        self._packed: dict[str, bytes] = {}
        self._words: WordSearch | None = None
        self._dependencies: dict[frozenset[str], frozenset[str]] = {}

    def with_text(self, path: str, text: bytes) -> Reader:
        """The same project with another text for one file; what is known of the rest is kept."""
        other = Reader(self._config, {**self.overlays, path: text}, self.store, self._inputs)
        other._texts = dict(self._texts)
        other._summaries = {
            known: summary for known, summary in self._summaries.items() if known != path
        }
        if self._words is not None:
            other._words = self._words.with_text(path, text)
        return other

    def note(self, path: str) -> None:
        """Say that an answer depends on a file or directory, before it is looked at."""
        if self._inputs is not None:
            self._inputs.add((path,))

    def note_known(self, signatures: Mapping[str, str]) -> None:
        """Take over what another process has noted."""
        if self._inputs is not None:
            self._inputs.add_known(signatures)

    def news(self) -> tuple[dict[str, str], dict[str, bytes], dict[bytes, tuple[str, ...]]]:
        """What has been noted, read and looked for since this was last called.

        Returns:
            Path → signature, path → key of the text, and word → the files that hold it.
        """
        signatures = {} if self._inputs is None else self._inputs.signatures
        words = {} if self._words is None else self._words.answers
        before, self._told = self._told, (len(signatures), len(self.keys), len(words))
        return (
            dict(islice(signatures.items(), before[0], None)),
            dict(islice(self.keys.items(), before[1], None)),
            dict(islice(words.items(), before[2], None)),
        )

    def text(self, path: str) -> bytes | None:
        """The text of a file; None (and an error kept) where it cannot be read."""
        text = self.overlays.get(path)
        if text is not None:
            return text
        text = self._texts.get(path)
        if text is None and path not in self.errors:
            self.note(path)
            read = read_source(Path(path), self._shown(path))
            if isinstance(read, FileError):
                self.errors[path] = read
                return None
            text = self._texts[path] = read
            self.keys[path] = text_key(text)
        return text

    def summary(self, path: str) -> ModuleSummary | None:
        """The summary of a file; None (and an error kept) where there is none."""
        known = self._summaries.get(path)
        if known is not None:
            return known
        text = self.text(path)
        if text is None or path in self.errors:
            return None
        found = self.store.get(text) if self.store is not None else None
        if found is None and path in self._packed:
            found = unpack(self._packed[path])
        if found is None:
            try:
                found = extract_summary(text)
            except (SyntaxError, ValueError, RecursionError) as error:
                self.errors[path] = _parse_error(self._shown(path), error)
                return None
            if self.store is not None:
                self.store.put(text, pack(found))
        self._summaries[path] = found
        return found

    def packed_summaries(
        self, paths: Sequence[str], is_followed: Callable[[bytes], bool]
    ) -> dict[str, bytes]:
        """The packed summaries of readable files, without those that the store has.

        Args:
            paths: the files; their texts have been read.
            is_followed: tells of a text whether its summary is wanted.
        """
        made: dict[str, bytes] = {}
        for path in paths:
            text = self._texts[path]
            if not is_followed(text) or (self.store is not None and self.store.has(text)):
                continue
            try:
                packed = pack(extract_summary(text))
            except (SyntaxError, ValueError, RecursionError):
                # Whoever needs the summary will say what is wrong.
                continue
            made[path] = packed
            if self.store is not None:
                self.store.put(text, packed)
        self.flush()
        return made

    def share(self, packed: Mapping[str, bytes]) -> None:
        """Take over summaries that other processes have made, and prepare to be copied.

        The processes that are made of this one from here on have in common what costs each of
        them much and changes no more: texts, packed summaries, and where words stand.
        """
        self._packed = dict(packed)

    def is_packed(self, path: str) -> bool:
        """Whether another process has found that a file is worth following."""
        return path in self._packed

    def index_words(self) -> None:
        """Find out at once where all words stand, for those who are going to ask for many."""
        self._word_search().index()

    def copy_for_process(self) -> Reader:
        """The same reader with what a process needs for itself: its own store and inputs."""
        store = None if self.store is None else SummaryStore(self.store.directory)
        other = Reader(self._config, self.overlays, store, Inputs())
        other.errors = dict(self.errors)
        other._texts, other._packed, other._words = self._texts, self._packed, self._words
        return other

    def note_syntax_error(self, path: str, text: bytes) -> None:
        """Keep an error where a text is broken of which no summary is needed."""
        if self.store is not None and self.store.parses(text):
            return
        try:
            compile(text, path, "exec", dont_inherit=True, flags=_ONLY_PARSE)
        except (SyntaxError, ValueError, RecursionError) as error:
            self.errors[path] = _parse_error(self._shown(path), error)
        else:
            if self.store is not None:
                self.store.note_parses(text)

    def mentioning(self, word: bytes) -> tuple[str, ...]:
        """The files of the project whose text holds ``word``, whatever a run was asked to check."""
        return self._word_search().files_with(word)

    def remember_words(self, answers: Mapping[bytes, tuple[str, ...]]) -> None:
        """Take over where words stand, from an earlier run."""
        self._word_search().remember(answers)

    def lasting_inputs(self) -> dict[str, str] | None:
        """What the answers depend on, for later comparison; None if it was not noted."""
        return None if self._inputs is None else self._inputs.lasting()

    def _word_search(self) -> WordSearch:
        if self._words is None:
            self._words = WordSearch(self._project_files, self.text)
        return self._words

    def mentioned_dependencies(self, names: frozenset[str]) -> frozenset[str]:
        """Those of some package names that the project's dependency files mention."""
        known = self._dependencies.get(names)
        if known is None:
            known = self._dependencies[names] = mentions_dependency(
                self._config.root, names, on_input=self.note
            )
        return known

    def flush(self) -> None:
        """Write what is to be kept between runs."""
        if self.store is not None:
            self.store.flush()

    def _project_files(self) -> list[str]:
        config = self._config
        files = find_sources(
            [config.root, *map(Path, self.overlays)],
            root=config.root,
            exclude=config.excluded,
            respect_gitignore=config.respect_gitignore,
            present=[Path(path) for path in self.overlays],
            on_error=lambda _: None,
            on_input=self.note,
        )
        return sorted(os.fspath(file) for file in files)

    def _shown(self, path: str) -> str:
        return display_path(Path(path), self._config.root)


def _parse_error(shown: str, error: Exception) -> FileError:
    if isinstance(error, SyntaxError):
        return FileError(shown, error.lineno or 0, f"not valid Python: {error.msg}")
    if isinstance(error, RecursionError):
        return FileError(shown, 0, "an expression in it is nested too deeply to be read")
    return FileError(shown, 0, f"not valid Python: {error}")
