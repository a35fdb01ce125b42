"""The project's modules, read when a path first leads into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from flake8_async_block.graph.uses import Uses
from flake8_async_block.model.summary import ModuleSummary


class ModuleFinder(Protocol):
    """From names to files; see ``flake8_async_block.sources.SourceTree``."""

    def find(self, name: str, importer: Path) -> Path | None: ...
    def find_relative(self, name: str, importer: Path) -> Path | None: ...
    def is_namespace(self, name: str, importer: Path) -> bool: ...


class Project:
    """Summaries on demand.

    Args:
        finder: answers which file a module name means.
        load: reads a file's summary; None where the file cannot be read or parsed.
        mentioning: gives the files of the whole project in whose text a word stands, sorted.

    Attributes:
        uses: notes who asks for what.
    """

    def __init__(
        self,
        finder: ModuleFinder,
        load: Callable[[str], ModuleSummary | None],
        mentioning: Callable[[bytes], Sequence[str]] = lambda _: (),
    ) -> None:
        self.uses = Uses()
        self._finder = finder
        self._load = load
        self._mentioning = mentioning
        self._summaries: dict[str, ModuleSummary | None] = {}
        self._names: dict[tuple[str, str], str | None] = {}
        self._paths: dict[str, Path] = {}

    def summary(self, path: str) -> ModuleSummary | None:
        """The summary of the file at the absolute ``path``."""
        uses = self.uses
        if path != uses.current:
            uses.resting.add(path)
        try:
            return self._summaries[path]
        except KeyError:
            found = self._summaries[path] = self._load(path)
            return found

    def readable_summary(self, path: str) -> ModuleSummary:
        """The summary of a file that is known to be readable."""
        uses = self.uses
        if path != uses.current:
            uses.resting.add(path)
        found = self._summaries.get(path)
        if found is None:
            found = self.summary(path)
            assert found is not None, path
        return found

    def mentioning(self, word: bytes, at_most: int | None = None) -> Iterator[str]:
        """The readable files of the whole project in whose text ``word`` stands.

        Args:
            word: what to look for.
            at_most: give none at all, and read none, if there are more than this.
        """
        paths = self.holding(word)
        if at_most is None or len(paths) <= at_most:
            for path in paths:
                if self.summary(path) is not None:
                    yield path

    def holding(self, word: bytes) -> Sequence[str]:
        """The files of the whole project in whose text ``word`` stands, sorted."""
        self.uses.note_word(word)
        return self._mentioning(word)

    def find(self, name: str, importer: str) -> str | None:
        """The file that a dotted name (relative with leading dots) means in ``importer``."""
        key = (name, importer)
        if key not in self._names:
            where = self._path(importer)
            if name.startswith("."):
                found = self._finder.find_relative(name, where)
            else:
                found = self._finder.find(name, where)
            self._names[key] = None if found is None else str(found)
        return self._names[key]

    def is_namespace(self, name: str, importer: str) -> bool:
        return self._finder.is_namespace(name, self._path(importer))

    def _path(self, path: str) -> Path:
        known = self._paths.get(path)
        if known is None:
            known = self._paths[path] = Path(path)
        return known
