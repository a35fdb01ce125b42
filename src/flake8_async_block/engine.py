"""One engine behind the command line, flake8 and the Python API.

Roots and targets differ: only the targets are reported, but a path is followed wherever in the
project it leads, so that the answer for a file does not depend on what else was named.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.config import Config
from flake8_async_block.extract import extract_summary
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError
from flake8_async_block.model.fix import FileFix
from flake8_async_block.model.summary import ModuleSummary
from flake8_async_block.rules import RULES_BY_CODE
from flake8_async_block.rules.backends import choose_backend
from flake8_async_block.rules.findings import findings_of
from flake8_async_block.sources import (
    SourceTexts,
    SourceTree,
    display_path,
    find_sources,
    mentions_dependency,
    read_source,
)
from flake8_async_block.suppress import filter_suppressed

_ROOT_MARK: Final = re.compile(rb"\basync\s+(?:def|for)\b|\bawait\b")
"""Text without any of these has no function that runs on the loop."""


@dataclass(frozen=True, slots=True)
class FixOptions:
    """Which fixes to apply.

    Args:
        unsafe: also those that may change what the program computes.
        select: code prefixes; nothing means all.
    """

    unsafe: bool = False
    select: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FixResult:
    """What fixing came to; nothing is written yet.

    Args:
        files: the files with findings, sorted by path.
        errors: the files that could not be read or parsed.
    """

    files: tuple[FileFix, ...]
    errors: tuple[FileError, ...]


class Engine:
    """Checks and fixes the files of one project under one configuration.

    Args:
        config: the settings.
        overlays: absolute path → text to use instead of the file's, for unsaved buffers.
    """

    def __init__(self, config: Config, overlays: Mapping[Path, bytes] | None = None) -> None:
        self._config = config
        self._overlays = {str(path): text for path, text in (overlays or {}).items()}
        self._texts: dict[str, bytes] = {}
        self._errors: dict[str, FileError] = {}
        self._dependencies: frozenset[str] | None = None
        where = display_path(config.source, Path.cwd()) if config.source else "pyproject.toml"
        self._catalogue = load_catalogue(config.catalogue, where)
        self._start()

    def _start(self) -> None:
        config = self._config
        tree = SourceTree(map(Path, self._overlays), config.root, config.src)
        self._project = Project(tree, self._load)
        self._resolver = Resolver(self._project, self._catalogue, load_frameworks())
        self._propagation = Propagation(self._resolver, lambda api: config.reports_cost(api.cost))
        self._source_texts = SourceTexts(config.root, self._read)

    # reading

    def _read(self, path: str) -> bytes | None:
        """The text of a file, read once; None (and an error kept) where it cannot be read."""
        text = self._overlays.get(path)
        if text is not None:
            return text
        text = self._texts.get(path)
        if text is None and path not in self._errors:
            shown = display_path(Path(path), self._config.root)
            read = read_source(Path(path), shown)
            if isinstance(read, FileError):
                self._errors[path] = read
                return None
            text = self._texts[path] = read
        return text

    def _load(self, path: str) -> ModuleSummary | None:
        text = self._read(path)
        if text is None or path in self._errors:
            return None
        try:
            return extract_summary(text)
        except (SyntaxError, ValueError, RecursionError) as error:
            shown = display_path(Path(path), self._config.root)
            self._errors[path] = _parse_error(shown, error)
            return None

    # checking

    def check(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[int, int], None] | None = None,
        suppress: bool = True,
    ) -> CheckResult:
        """Check files and directories.

        Args:
            paths: what to report on.
            progress: told how many of how many files are done.
            suppress: leave out what a comment silences.

        Returns:
            The findings, sorted, and the files that could not be checked.

        Raises:
            UsageError: a path does not exist.
        """
        config = self._config
        failed: list[FileError] = []
        files = find_sources(
            paths,
            root=config.root,
            exclude=config.excluded,
            respect_gitignore=config.respect_gitignore,
            force_exclude=config.force_exclude,
            present=[Path(path) for path in self._overlays],
            on_error=failed.append,
        )
        found: list[Diagnostic] = []
        silenced = 0
        with _collector_paused():
            for number, file in enumerate(files):
                if progress is not None:
                    progress(number, len(files))
                kept, suppressed = self._check_file(str(file), suppress=suppress)
                found.extend(kept)
                silenced += suppressed
        if progress is not None:
            progress(len(files), len(files))
        checked = {str(file) for file in files}
        errors = [error for path, error in self._errors.items() if path in checked]
        found.sort(key=lambda item: item.sort_key)
        return CheckResult(
            diagnostics=tuple(item for item in found if not item.once),
            errors=tuple(sorted([*failed, *errors], key=lambda error: (error.path, error.line))),
            files=len(files),
            suppressed=silenced,
            notes=tuple(item for item in found if item.once),
        )

    def _check_file(self, path: str, *, suppress: bool) -> tuple[Sequence[Diagnostic], int]:
        text = self._read(path)
        if text is None:
            return (), 0
        if _ROOT_MARK.search(text) is None:
            self._note_syntax_error(path, text)
            return (), 0
        if self._project.summary(path) is None:
            return (), 0
        found = [
            diagnostic
            for diagnostic in findings_of(
                self._resolver, self._propagation, self._source_texts, path, self._backend(path)
            )
            if self._is_selected(diagnostic)
        ]
        if not found or not suppress:
            return found, 0
        kept, suppressed = filter_suppressed(text, found)
        return kept, len(suppressed)

    def _is_selected(self, diagnostic: Diagnostic) -> bool:
        rule = RULES_BY_CODE[diagnostic.code]
        return self._config.is_selected(diagnostic.code, diagnostic.path, default=rule.default)

    def _note_syntax_error(self, path: str, text: bytes) -> None:
        """Tell about broken syntax also where there is nothing to find."""
        try:
            compile(text, path, "exec", dont_inherit=True, flags=_ONLY_PARSE)
        except (SyntaxError, ValueError, RecursionError) as error:
            shown = display_path(Path(path), self._config.root)
            self._errors[path] = _parse_error(shown, error)

    def _backend(self, path: str) -> str:
        if self._config.backend != "auto":
            return self._config.backend
        summary = self._project.summary(path)
        assert summary is not None
        return choose_backend(summary, self._mentioned)

    def _mentioned(self, names: frozenset[str]) -> frozenset[str]:
        if self._dependencies is None:
            self._dependencies = mentions_dependency(self._config.root, names)
        return self._dependencies

    # fixing

    def fix(self, paths: Sequence[Path], options: FixOptions) -> FixResult:
        """Work out the fixes for all findings in ``paths``; nothing is written.

        Raises:
            UsageError: a path does not exist.
        """
        from flake8_async_block.fixers import fix_file

        result = self.check(paths)
        by_file: dict[str, list[Diagnostic]] = {}
        for diagnostic in result.diagnostics:
            if not options.select or diagnostic.code.startswith(options.select):
                by_file.setdefault(diagnostic.path, []).append(diagnostic)
        fixed = []
        for shown, diagnostics in sorted(by_file.items()):
            absolute = self._config.root / shown
            source = self._read(str(absolute))
            assert source is not None
            fixed.append(
                fix_file(
                    shown,
                    source,
                    diagnostics,
                    allow_unsafe=options.unsafe,
                    recheck=partial(self._recheck, absolute, options),
                )
            )
        return FixResult(tuple(fixed), result.errors)

    def _recheck(self, path: Path, options: FixOptions, text: bytes) -> Sequence[Diagnostic]:
        overlays = {Path(name): content for name, content in self._overlays.items()}
        again = Engine(self._config, {**overlays, path: text})
        again._texts = dict(self._texts)
        return [
            diagnostic
            for diagnostic in again.check([path]).diagnostics
            if not options.select or diagnostic.code.startswith(options.select)
        ]


_ONLY_PARSE: Final = 0x400
"""``ast.PyCF_ONLY_AST``."""


def _parse_error(shown: str, error: Exception) -> FileError:
    if isinstance(error, SyntaxError):
        return FileError(shown, error.lineno or 0, f"not valid Python: {error.msg}")
    if isinstance(error, RecursionError):
        return FileError(shown, 0, "an expression in it is nested too deeply to be read")
    return FileError(shown, 0, f"not valid Python: {error}")


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Extraction makes many objects and no cycles: the collector only costs time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
