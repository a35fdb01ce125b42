"""Checking, explaining and fixing the files of one project.

Roots and targets differ: only the targets are reported, but a path is followed wherever in the
project it leads, so that the answer for a file does not depend on what else was named.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cache.state import FileAnswer
from flake8_async_block.cache.store import SummaryStore, package_version
from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.config import Config, is_reported
from flake8_async_block.engine.fixing import FixOptions, FixResult, work_out_fixes
from flake8_async_block.engine.kept import Kept
from flake8_async_block.engine.pool import (
    Part,
    Work,
    collector_paused,
    copies_are_safe,
    in_processes,
    worthwhile_jobs,
)
from flake8_async_block.engine.reading import Reader
from flake8_async_block.engine.standing import findings_owner
from flake8_async_block.graph.contexts import Contexts
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError
from flake8_async_block.model.errors import UsageError
from flake8_async_block.rules import ADVICE, RULES_BY_CODE
from flake8_async_block.rules.backends import choose_backend
from flake8_async_block.rules.findings import Findings
from flake8_async_block.sources import SourceTexts, SourceTree, display_path, find_sources
from flake8_async_block.suppress import filter_suppressed

if TYPE_CHECKING:
    from flake8_async_block.rules.explanations import LineExplanation

_ROOT_MARK: Final = re.compile(
    rb"\basync\s+(?:def|for)\b|\bawait\b|\bwhile\s+(?:True|1)\b|\bfrom itertools\b|\bitertools\."
)
"""Text without any of these has no function that runs on the loop, nor one that never ends."""


class _Judge(NamedTuple):
    """What blocks, and the findings that follow, for one least cost."""

    propagation: Propagation
    findings: Findings


class Engine:
    """Checks and fixes the files of one project under one configuration.

    Args:
        config: the settings.
        overlays: absolute path → text to use instead of the file's, for unsaved buffers.
        store: where summaries are kept between runs.
        inputs: told about every file and directory on which the answers depend.
        reader: reads the files, instead of one made of what comes before.
    """

    def __init__(
        self,
        config: Config,
        overlays: Mapping[Path, bytes] | None = None,
        *,
        store: SummaryStore | None = None,
        inputs: Inputs | None = None,
        reader: Reader | None = None,
    ) -> None:
        self._config = config
        if reader is None:
            texts = {str(path): text for path, text in (overlays or {}).items()}
            reader = Reader(config, texts, store, inputs)
        self._reader = reader
        where = display_path(config.source, Path.cwd()) if config.source else "pyproject.toml"
        catalogue = load_catalogue(config.catalogue, where)
        tree = SourceTree(map(Path, reader.overlays), config.root, config.src, on_input=reader.note)
        self._project = Project(tree, reader.summary, reader.mentioning)
        self._resolver = Resolver(self._project, catalogue, load_frameworks())
        self._contexts = Contexts(self._resolver, self._project.holding)
        self._source_texts = SourceTexts(config.root, reader.text)
        self._judges: dict[str, _Judge] = {}

    # checking

    def check(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[int, int], None] | None = None,
        suppress: bool = True,
        jobs: int = 1,
        shard: tuple[int, int] = (1, 1),
    ) -> CheckResult:
        """Check files and directories.

        Args:
            paths: what to report on.
            progress: told how many of how many files are done.
            suppress: leave out what a comment silences.
            jobs: how many processes may work on it; 0 stands for one per processor.
            shard: check only the i-th of n parts of the files, for (i, n) from (1, 1).

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
            present=[Path(path) for path in self._reader.overlays],
            on_error=failed.append,
            on_input=self._reader.note,
        )
        number, of = shard
        chosen = [str(file) for file in files][number - 1 :: of]
        answers = self._kept.answers(chosen)
        todo = [file for file in chosen if file not in answers]
        for part in self._check_parts(todo, jobs, progress):
            answers.update(part.answers)
            self._kept.add(part)
        found = [item for each in answers.values() for item in each.told(suppress=suppress)]
        found.sort(key=lambda item: item.sort_key)
        failed += [answer.error for answer in answers.values() if answer.error is not None]
        return CheckResult(
            diagnostics=tuple(item for item in found if not item.once),
            errors=tuple(sorted(failed, key=lambda error: (error.path, error.line))),
            files=len(chosen),
            suppressed=sum(len(each.silenced) for each in answers.values()) if suppress else 0,
            notes=tuple(item for item in found if item.once),
        )

    def keep(self, *, beside_others: bool = False) -> None:
        """Keep what the checks have found out, for the next run.

        Args:
            beside_others: other processes do the same for other files of the project.
        """
        self._kept.write(beside_others=beside_others)

    @cached_property
    def _kept(self) -> Kept:
        return Kept(self._reader, self._question)

    @cached_property
    def _question(self) -> str:
        """Everything but files on which the findings depend."""
        return repr((self._config, sys.version_info[:2], package_version()))

    def _check_parts(
        self,
        files: Sequence[str],
        jobs: int,
        progress: Callable[[int, int], None] | None,
    ) -> list[Part]:
        # Texts that are not on the disk would have to be copied to every process.
        jobs = 1 if self._reader.overlays else worthwhile_jobs(files, jobs)
        if jobs == 1:
            return [self.check_files(files, progress)]
        reader = self._reader
        if copies_are_safe():
            self._read_in_processes(files, jobs)
            make = partial(_copy, self._config, reader)
        else:
            cache = None if reader.store is None else reader.store.directory
            make = partial(_anew, self._config, cache)
        parts = list(in_processes(files, jobs, make, progress))
        for part in parts:
            reader.note_known(part.inputs)
        return parts

    def _read_in_processes(self, files: Sequence[str], jobs: int) -> None:
        """Have every file that is going to be followed read for its facts, each by one process."""
        reader = self._reader
        readable = [file for file in files if reader.text(file) is not None]
        packed: dict[str, bytes] = {}
        read = in_processes(readable, jobs, partial(_reading, self._config, reader))
        reader.index_words()
        for part in read:
            packed.update(part)
        reader.share(packed)

    def check_files(
        self,
        files: Sequence[str],
        progress: Callable[[int, int], None] | None = None,
    ) -> Part:
        """Check files, by their absolute paths, in this process."""
        answers: dict[str, FileAnswer] = {}
        uses = self._project.uses
        with collector_paused():
            for number, file in enumerate(files):
                if progress is not None:
                    progress(number, len(files))
                answers[file] = uses.on_behalf_of(
                    findings_owner(file), partial(self._check_file, file)
                )
        if progress is not None:
            progress(len(files), len(files))
        self._reader.flush()
        owners, asked = uses.take()
        return Part(answers, *self._reader.news(), owners, asked)

    def _check_file(self, path: str) -> FileAnswer:
        reader = self._reader
        text = reader.text(path)
        self._project.uses.note(path)
        if text is None:
            return FileAnswer(error=reader.errors[path])
        if not (reader.is_packed(path) or self._is_followed(text)):
            reader.note_syntax_error(path, text)
            return FileAnswer(error=reader.errors.get(path))
        if self._project.summary(path) is None:
            return FileAnswer(error=reader.errors[path])
        found = [item for item in self._findings(path) if self._is_selected(item)]
        if not found:
            return FileAnswer()
        _, suppressed = filter_suppressed(text, found)
        silenced = {id(item) for item in suppressed}
        return FileAnswer(found, [at for at, item in enumerate(found) if id(item) in silenced])

    def pack_followed(self, files: Sequence[str]) -> dict[str, bytes]:
        """The packed summaries of those of some readable files that are going to be followed."""
        return self._reader.packed_summaries(files, self._is_followed)

    def _is_followed(self, text: bytes) -> bool:
        """Whether a text may have a function of which something is to be told."""
        return _ROOT_MARK.search(text) is not None or self._resolver.frameworks.may_call(text)

    def _findings(self, path: str) -> Iterator[Diagnostic]:
        """What is found in a readable file, whatever settings and comments say."""
        advice = any(self._config.is_enabled(rule.code, default=rule.default) for rule in ADVICE)
        return self._judge_of(path).findings.of_module(
            path, partial(self._backend, path), advice=advice
        )

    def _judge_of(self, path: str) -> _Judge:
        """What draws the line at the cost that is reported for a file, by its absolute path."""
        least = self._config.cost
        if self._config.per_file_cost:
            least = self._config.cost_in(display_path(Path(path), self._config.root))
        judge = self._judges.get(least)
        if judge is None:
            propagation = Propagation(self._resolver, lambda api: is_reported(api.cost, least))
            findings = Findings(self._resolver, propagation, self._contexts, self._source_texts)
            judge = self._judges[least] = _Judge(propagation, findings)
        return judge

    def _is_selected(self, diagnostic: Diagnostic) -> bool:
        rule = RULES_BY_CODE[diagnostic.code]
        return self._config.is_selected(diagnostic.code, diagnostic.path, default=rule.default)

    def _backend(self, path: str) -> str:
        if self._config.backend != "auto":
            return self._config.backend
        summary = self._project.summary(path)
        assert summary is not None
        return choose_backend(summary, self._reader.mentioned_dependencies)

    # explaining

    def explain(self, path: Path, line: int) -> LineExplanation:
        """What is believed of the calls on a line, and why each is or is not a finding.

        Args:
            path: a Python file.
            line: counts from 1.

        Raises:
            UsageError: the file cannot be read or parsed, or has no such line.
        """
        from flake8_async_block.rules.explanations import Found, explain_line

        where = os.path.normpath(path.absolute())
        text = self._reader.text(where)
        if text is None or self._project.summary(where) is None:
            error = self._reader.errors[where]
            raise UsageError(f"{path}:{error.line}: {error.message}".replace(":0:", ":"))
        lines = len(text.splitlines())
        if not 0 < line <= lines:
            raise UsageError(f"{path}:{line}: the file has {lines} lines")
        found = list(self._findings(where))
        selected = [item for item in found if self._is_selected(item)]
        kept, _ = filter_suppressed(text, selected)
        found.sort(key=lambda item: item.sort_key)
        return explain_line(
            self._resolver,
            self._judge_of(where).propagation,
            self._contexts,
            self._source_texts,
            where,
            line,
            [Found(item, "" if item in kept else _kept_back(item, selected)) for item in found],
        )

    # fixing

    def fix(self, paths: Sequence[Path], options: FixOptions) -> FixResult:
        """Work out the fixes for all findings in ``paths``; nothing is written.

        Raises:
            UsageError: a path does not exist.
        """
        return work_out_fixes(
            self.check(paths), options, self._config, self._reader.text, self._check_again
        )

    def _check_again(self, path: Path, text: bytes) -> Sequence[Diagnostic]:
        again = Engine(self._config, reader=self._reader.with_text(str(path), text))
        return again.check([path]).diagnostics


def _reading(config: Config, reader: Reader) -> Work[dict[str, bytes]]:
    """What a process does that only reads files for their facts."""
    return Engine(config, reader=reader.copy_for_process()).pack_followed


def _copy(config: Config, reader: Reader) -> Work[Part]:
    """What a process checks with that is a copy of the one that started it."""
    engine = Engine(config, reader=reader.copy_for_process())
    return engine.check_files


def _anew(config: Config, cache: str | None) -> Work[Part]:
    """What a process checks with that begins with nothing."""
    store = None if cache is None else SummaryStore(cache)
    engine = Engine(config, store=store, inputs=Inputs())
    return engine.check_files


def _kept_back(diagnostic: Diagnostic, selected: Sequence[Diagnostic]) -> str:
    if diagnostic in selected:
        return "not reported: a comment silences it"
    return f"not reported: the settings turn {diagnostic.code} off"
