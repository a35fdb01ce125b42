"""Where a finding stands, for formats that count columns in characters and know files by URI."""

from __future__ import annotations

from typing import NamedTuple

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, Span
from flake8_async_block.reporters.context import ReportContext


class Region(NamedTuple):
    """A stretch of text; lines and columns count from 1, columns in characters, end exclusive."""

    line: int
    col: int
    end_line: int
    end_col: int


def region(path: str, span: Span, context: ReportContext) -> Region:
    """The place of a span in a file; in an unreadable one, bytes are taken for characters."""
    lines = context.utf8_lines(path)

    def characters(line: int, col: int) -> int:
        if not 0 < line <= len(lines):
            return col
        return len(lines[line - 1][:col].decode("utf-8", "replace"))

    return Region(
        span.line,
        characters(span.line, span.col) + 1,
        span.end_line,
        characters(span.end_line, span.end_col) + 1,
    )


def fingerprints(result: CheckResult) -> list[str]:
    """One for each finding and then each note: the same after lines were added elsewhere.

    A finding is known by its rule, its file, its function and its text, and by how many of the
    same kind stand before it.
    """
    from hashlib import sha256

    seen: dict[str, int] = {}
    found = []
    for diagnostic in (*result.diagnostics, *result.notes):
        key = _key(diagnostic)
        number = seen[key] = seen.get(key, 0) + 1
        text = f"{key}\0{number}"
        found.append(sha256(text.encode("utf-8", "surrogateescape")).hexdigest())
    return found


def _key(diagnostic: Diagnostic) -> str:
    first = diagnostic.trace[0] if diagnostic.trace else None
    what = (first.function, first.text) if first is not None else (diagnostic.message, "")
    return "\0".join((diagnostic.code, diagnostic.path, *what, diagnostic.api))
