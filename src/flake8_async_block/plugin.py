"""The flake8 plugin: the findings of ``async-block check``, asked for one file at a time.

flake8 hands over a file's text; the engine sees the project around it. Which files and rules are
meant is decided by ``[tool.async-block]`` exactly as on the command line; what flake8 itself
selects, ignores or finds silenced by a comment it leaves out on top of that.
"""

from __future__ import annotations

import argparse
import ast
import atexit
import gc
import io
import os
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn

from flake8_async_block import __version__
from flake8_async_block.cache.directory import open_cache_directory
from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cache.store import SummaryStore
from flake8_async_block.config import Config, common_start, load_config
from flake8_async_block.model.errors import UsageError
from flake8_async_block.sources import find_sources

if TYPE_CHECKING:
    from flake8_async_block.engine import Engine

_STANDARD_INPUT = "-"


class Plugin:
    """What flake8 creates for every file.

    Args:
        tree: the file's syntax tree, by which flake8 knows what kind of plugin this is.
        filename: as flake8 names the file; for standard input, what it goes by.
        lines: the file's text, decoded, with line feeds.
    """

    name: ClassVar[str] = "flake8-async-block"
    version: ClassVar[str] = __version__
    _session: ClassVar[_Session | None] = None

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        self._path = Path(os.path.normpath(Path.cwd() / filename))
        self._lines = lines

    @classmethod
    def parse_options(
        cls, _manager: object, options: argparse.Namespace, named: Sequence[str]
    ) -> None:
        """Read the settings once for the whole run.

        Raises:
            flake8.exceptions.ExecutionError: they make no sense.
        """
        paths = [Path(name) for name in named if name != _STANDARD_INPUT]
        if _STANDARD_INPUT in named:
            paths.append(Path(options.stdin_display_name))
        try:
            cls._session = _Session(paths or [Path()])
        except UsageError as error:
            _give_up(error)

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield line (from 1), column (from 0), code with message, and this class.

        Raises:
            flake8.exceptions.ExecutionError: the settings make no sense.
        """
        try:
            if Plugin._session is None:
                Plugin._session = _Session([self._path])
            findings = Plugin._session.findings(self._path, "".join(self._lines))
        except UsageError as error:
            _give_up(error)
        for line, col, text in findings:
            yield line, col, text, Plugin


class _Session:
    """What one process keeps between files.

    Args:
        paths: what flake8 was asked to check.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        from flake8_async_block.rules import RULES_BY_CODE

        self._named = paths
        self._config: Config = load_config(
            common_start(paths, Path.cwd()),
            config_file=None,
            known_codes=tuple(RULES_BY_CODE),
            overrides={},
        )
        self._engine: Engine | None = None
        cache = open_cache_directory(str(self._config.root), str(Path.cwd()))
        # One flake8 process asks for hundreds of files, one by one.
        self._store = None if cache is None else SummaryStore(cache, delay=1.0)
        self._files: frozenset[Path] | None = None

    def findings(self, path: Path, text: str) -> list[tuple[int, int, str]]:
        """Check one file as it is handed over: lines from 1, columns from 0."""
        overlay = _overlay(path, text)
        if overlay is None and path not in self._included():
            return []
        from flake8_async_block.engine.pool import collector_paused

        engine = self._engine_for(overlay)
        # Comments are flake8's own affair: it may have been told to disregard them.
        with collector_paused():
            result = engine.check([path], suppress=False)
            if engine is self._engine:
                # What it has learnt stays to the end: the collector need not look through it.
                gc.freeze()
        return [
            (found.span.line, found.span.col, f"{found.code} {found.message}")
            for found in result.diagnostics
        ]

    def _engine_for(self, overlay: Mapping[Path, bytes] | None) -> Engine:
        from flake8_async_block.engine import Engine

        if overlay is not None:
            return Engine(self._config, overlay, store=self._store)
        if self._engine is None:
            self._engine = Engine(self._config, store=self._store, inputs=Inputs())
            _when_this_process_ends(partial(self._engine.keep, beside_others=True))
        return self._engine

    def _included(self) -> frozenset[Path]:
        """The files that a check of the same paths on the command line would take."""
        if self._files is None:
            config = self._config
            self._files = frozenset(
                find_sources(
                    [path for path in self._named if path.exists()],
                    root=config.root,
                    exclude=config.excluded,
                    respect_gitignore=config.respect_gitignore,
                    force_exclude=config.force_exclude,
                )
            )
        return self._files


def _when_this_process_ends(work: Callable[[], None]) -> None:
    """Have something done last, also in the processes between which flake8 shares the files."""
    import multiprocessing

    if multiprocessing.parent_process() is None:
        atexit.register(work)
    else:
        from multiprocessing.util import Finalize

        # It refers to what it has to call, so nobody need keep it.
        Finalize(None, work, exitpriority=1)


def _overlay(path: Path, text: str) -> dict[Path, bytes] | None:
    """The text in place of the file's, or None where the file says the same."""
    try:
        with tokenize.open(path) as stream:
            on_disk = stream.read()
    except OSError:
        pass
    except (SyntaxError, UnicodeError):
        # Not decodable: what flake8 made of it is a guess, and the engine says what is wrong.
        return None
    else:
        if on_disk.removeprefix("\ufeff") == text:
            return None
    encoded = text.encode(errors="replace")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(encoded).readline)
        return {path: text.encode(encoding)}
    except (SyntaxError, UnicodeError):
        return {path: encoded}


def _give_up(error: UsageError) -> NoReturn:
    from flake8.exceptions import ExecutionError

    raise ExecutionError(f"async-block: {error}") from error
