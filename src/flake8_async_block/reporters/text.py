"""Findings for people: one line each, then how the blocking call is reached and what to do.

The same words go to a terminal and into a pipe. Colours and the source line are added only where
a person looks on, so only there the terminal library is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from flake8_async_block.model.diagnostic import Applicability, CheckResult, Diagnostic, FileError
from flake8_async_block.reporters.blockers import Blocker, by_blocker
from flake8_async_block.reporters.context import Counts, ReportContext, count
from flake8_async_block.reporters.lines import (
    Line,
    Piece,
    coloured,
    listed,
    number,
    plain,
    printable,
)

_EXCERPT_WIDTH: Final = 160
_MOST_FILES: Final = 5
_MOST_CALLS: Final = 5
_MOST_HANDLERS: Final = 3


def render(result: CheckResult, context: ReportContext) -> str:
    """Write a result as lines of text, each ended by a newline."""
    if context.group_by == "blocker":
        blockers = by_blocker(result.diagnostics)
        lines = [line for blocker in blockers for line in _group(blocker, context)]
    else:
        lines = [line for found in result.diagnostics for line in _finding(found, context)]
    if not context.quiet:
        lines += [_note(found, context) for found in result.notes]
    lines += [_error(error, context) for error in result.errors]
    if not context.quiet:
        if context.terminal and lines:
            lines.append([])
        counts = count(result, context)
        lines += [*_handlers_line(counts), _last_line(counts)]
    return coloured(lines) if context.colours else plain(lines)


def _finding(found: Diagnostic, context: ReportContext) -> Iterator[Line]:
    span = found.span
    yield [
        Piece(printable(context.shown(found.path)), "bold"),
        Piece(f":{span.line}:{span.col + 1} ", "cyan"),
        Piece(f"{found.code} ", "bold red"),
        Piece(f"{found.name}: {printable(found.message)}"),
    ]
    if context.quiet:
        return
    if context.terminal:
        yield from _excerpt(found, context)
    if len(found.trace) > 1:
        for depth, hop in enumerate(found.trace):
            place = f"{printable(context.shown(hop.path))}:{hop.line}"
            indent = "    " + "  " * depth
            yield [
                Piece(f"{indent}{place}", "cyan"),
                Piece(f" in {hop.function}: {printable(hop.text)}"),
            ]
    if found.remedy:
        yield [Piece("    help: ", "green"), Piece(printable(found.remedy))]
    yield from _fix(found)


def _note(found: Diagnostic, context: ReportContext) -> Line:
    """What blocks only once: one line, without the chain."""
    place = f"{printable(context.shown(found.path))}:{found.span.line}:{found.span.col + 1}"
    return [Piece(f"{place} note {found.code} {found.name}: {printable(found.message)}", "dim")]


def _fix(found: Diagnostic) -> Iterator[Line]:
    if found.fix is not None and found.fix.applicability is not Applicability.DISPLAY:
        is_unsafe = found.fix.applicability is Applicability.UNSAFE
        label = "    fix (with --unsafe-fixes): " if is_unsafe else "    fix: "
        yield [Piece(label, "green"), Piece(printable(found.fix.title))]
    elif found.why_not:
        yield [Piece("    no fix: ", "yellow"), Piece(printable(found.why_not))]


def _group(blocker: Blocker, context: ReportContext) -> Iterator[Line]:
    """One line that blocks, and from where it is reached on the event loop."""
    first = blocker.findings[0]
    what = ", ".join(blocker.apis) or first.name
    inside = f" in {blocker.function}" if blocker.function else ""
    yield [
        Piece(printable(context.shown(blocker.path)), "bold"),
        Piece(f":{blocker.line} ", "cyan"),
        Piece(what, "bold red"),
        Piece(f"{inside}: {printable(blocker.text or first.message)}"),
    ]
    if context.quiet:
        return
    codes = ", ".join(sorted({found.code for found in blocker.findings}))
    freezes = ""
    if blocker.handlers:
        names = [printable(str(handler)) for handler in blocker.handlers]
        freezes = f"; freezes {number(len(names), 'handler')}: {listed(names, _MOST_CALLS)}"
    yield [Piece(f"    {number(len(blocker.findings), 'finding')} ({codes}){freezes}")]
    elsewhere = [
        found
        for found in blocker.findings
        if (found.path, found.span.line) != (blocker.path, blocker.line)
    ]
    shown = len(elsewhere) if len(elsewhere) <= _MOST_CALLS + 1 else _MOST_CALLS
    for found in elsewhere[:shown]:
        place = f"{printable(context.shown(found.path))}:{found.span.line}:{found.span.col + 1}"
        hop = found.trace[0]
        handler = f" ({printable(str(found.handler))})" if found.handler else ""
        yield [
            Piece(f"    {place}", "cyan"),
            Piece(f" {found.code} in {hop.function}{handler}: {printable(hop.text)}"),
        ]
    if len(elsewhere) > shown:
        yield [Piece(f"    and {len(elsewhere) - shown} more")]
    remedies = {found.remedy for found in blocker.findings}
    if len(remedies) == 1 and first.remedy:
        yield [Piece("    help: ", "green"), Piece(printable(first.remedy))]


def _excerpt(found: Diagnostic, context: ReportContext) -> Iterator[Line]:
    """The reported line of source, and a mark under what is meant."""
    span = found.span
    lines = context.utf8_lines(found.path)
    if not 0 < span.line <= len(lines):
        return
    raw = lines[span.line - 1]
    end = span.end_col if span.end_line == span.line else len(raw)
    before = _for_terminal(raw[: span.col])
    meant = _for_terminal(raw[span.col : end])
    gutter = f"{span.line:>6} | "
    shown = (before + meant + _for_terminal(raw[end:]))[:_EXCERPT_WIDTH]
    yield [Piece(gutter, "dim"), Piece(shown)]
    from rich.cells import cell_len

    if cell_len(before) < _EXCERPT_WIDTH:
        mark = "^" * max(1, min(cell_len(meant), _EXCERPT_WIDTH - cell_len(before)))
        yield [
            Piece(" " * (len(gutter) - 2) + "| ", "dim"),
            Piece(" " * cell_len(before)),
            Piece(mark, "red"),
        ]


def _for_terminal(raw: bytes) -> str:
    return printable(raw.decode("utf-8", "replace").replace("\t", "    "))


def _error(error: FileError, context: ReportContext) -> Line:
    line = f":{error.line}" if error.line else ""
    return [
        Piece(printable(context.shown(error.path)), "bold"),
        Piece(f"{line}: ", "cyan"),
        Piece("error: ", "bold red"),
        Piece(printable(error.message)),
    ]


def _handlers_line(counts: Counts) -> Iterator[Line]:
    """Which entry points can freeze the server; nothing where none is known."""
    ranked = list(counts.by_handler.items())
    if not ranked:
        return
    worst, ways = ranked[0]
    if len(ranked) == 1:
        often = f", {ways} ways" if ways > 1 else ""
        text = f"{printable(str(worst))} can freeze the server{often}"
    elif ways > 1:
        text = (
            f"{len(ranked)} handlers can freeze the server;"
            f" the worst is {printable(str(worst))}, {ways} ways"
        )
    else:
        names = listed([printable(str(handler)) for handler, _ in ranked], _MOST_HANDLERS)
        text = f"{len(ranked)} handlers can freeze the server: {names}"
    yield [Piece(text, "bold red")]


def _last_line(counts: Counts) -> Line:
    extras = []
    if counts.notes:
        extras.append(f"{number(counts.notes, 'note')} on what blocks only once")
    if counts.suppressed:
        extras.append(f"{counts.suppressed} suppressed")
    if counts.errors:
        extras.append(f"{number(counts.errors, 'file')} could not be checked")
    tail = f" ({', '.join(extras)})" if extras else ""
    if not counts.findings:
        return [Piece(f"no findings in {number(counts.files, 'file')}{tail}", "bold green")]
    causes = ""
    if counts.blocking_lines < counts.freezing:
        causes = f"; {number(counts.blocking_lines, 'blocking line')}"
    by_file = ((printable(path), times) for path, times in counts.by_file.items())
    return [
        Piece(
            f"{number(counts.findings, 'finding')} in {len(counts.by_file)} of"
            f" {number(counts.files, 'file')}{tail}{causes}",
            "bold red",
        ),
        Piece(f"; by rule: {', '.join(_tally(counts.by_rule.items()))}"),
        Piece(f"; by file: {listed(_tally(by_file), _MOST_FILES)}"),
    ]


def _tally(entries: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{name} {times}" for name, times in entries]
