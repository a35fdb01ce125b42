"""What a reporter needs to know besides the findings: where the user stands and what they see."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flake8_async_block.model.diagnostic import CheckResult, Handler
from flake8_async_block.reporters.blockers import by_blocker, by_handler, freezing
from flake8_async_block.sources import display_path, read_source


@dataclass(frozen=True, slots=True)
class ReportContext:
    """The circumstances of a report.

    Args:
        root: the project's root, to which the paths in a result are relative.
        cwd: the working directory, to which printed paths are relative.
        version: the version of async-block.
        terminal: a person reads along: source excerpts.
        colours: the terminal understands colours, and they are welcome.
        quiet: only the findings, without explanation and counts.
        overlays: absolute path → text that was checked in place of the file's.
        group_by: ``file`` or ``blocker``: what a report for people is arranged by.
    """

    root: Path
    cwd: Path
    version: str
    terminal: bool = False
    colours: bool = False
    quiet: bool = False
    overlays: Mapping[Path, bytes] = field(default_factory=dict)
    group_by: str = "file"

    def shown(self, path: str) -> str:
        """Turn a path relative to the root into one relative to the working directory."""
        if self.root != self.cwd:
            path = display_path(self.root / path, self.cwd)
        # Names that are no UTF-8 come from the system as lone surrogates, which nothing can print.
        return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def utf8_lines(self, path: str) -> list[bytes]:
        """The lines of a file that was checked, without their ends, as the parser saw them.

        Columns count into exactly these bytes. The list is empty for an unreadable file.
        """
        absolute = self.root / path
        source = self.overlays.get(absolute) or read_source(absolute, path)
        if not isinstance(source, bytes):
            return []
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
            return source.decode(encoding).encode().splitlines()
        except (SyntaxError, UnicodeError):
            return []


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers under a report; codes, files and handlers come most frequent first.

    Args:
        freezing: how many of the findings stop the event loop.
        blocking_lines: how many lines of source are behind those.
        by_handler: how many of those each entry point reaches.
    """

    files: int
    findings: int
    notes: int
    suppressed: int
    errors: int
    by_rule: dict[str, int]
    by_file: dict[str, int]
    freezing: int
    blocking_lines: int
    by_handler: dict[Handler, int]


def count(result: CheckResult, context: ReportContext) -> Counts:
    """Count findings by rule code and by file, files as they are printed."""
    rules = Counter(found.code for found in result.diagnostics)
    files = Counter(found.path for found in result.diagnostics)
    freezes = freezing(result.diagnostics)
    return Counts(
        files=result.files,
        findings=len(result.diagnostics),
        notes=len(result.notes),
        suppressed=result.suppressed,
        errors=len(result.errors),
        by_rule=dict(_most_frequent_first(rules)),
        by_file={context.shown(path): times for path, times in _most_frequent_first(files)},
        freezing=len(freezes),
        blocking_lines=len(by_blocker(freezes)),
        by_handler=by_handler(freezes),
    )


def _most_frequent_first(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda entry: (-entry[1], entry[0]))
