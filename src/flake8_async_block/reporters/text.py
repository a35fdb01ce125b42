"""Findings for people: one line each, then how the blocking call is reached and what to do.

The same words go to a terminal and into a pipe. Colours and the source line are added only where
a person looks on, so only there the terminal library is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from flake8_async_block.model.diagnostic import Applicability, CheckResult, Diagnostic, FileError
from flake8_async_block.reporters.context import ReportContext, count

_FILES_IN_LAST_LINE: Final = 5
_EXCERPT_WIDTH: Final = 160
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class _Piece(NamedTuple):
    text: str
    style: str = ""


_Line = list[_Piece]


def render(result: CheckResult, context: ReportContext) -> str:
    """Write a result as lines of text, each ended by a newline."""
    lines = [line for found in result.diagnostics for line in _finding(found, context)]
    if not context.quiet:
        lines += [_note(found, context) for found in result.notes]
    lines += [_error(error, context) for error in result.errors]
    if not context.quiet:
        if context.terminal and lines:
            lines.append([])
        lines.append(_last_line(result, context))
    if context.colours:
        return _coloured(lines)
    return "".join("".join(piece.text for piece in line) + "\n" for line in lines)


def printable(text: str) -> str:
    """Spell out control characters: they would break the line, or command the terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _finding(found: Diagnostic, context: ReportContext) -> Iterator[_Line]:
    span = found.span
    yield [
        _Piece(printable(context.shown(found.path)), "bold"),
        _Piece(f":{span.line}:{span.col + 1} ", "cyan"),
        _Piece(f"{found.code} ", "bold red"),
        _Piece(f"{found.name}: {printable(found.message)}"),
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
                _Piece(f"{indent}{place}", "cyan"),
                _Piece(f" in {hop.function}: {printable(hop.text)}"),
            ]
    if found.remedy:
        yield [_Piece("    help: ", "green"), _Piece(printable(found.remedy))]
    yield from _fix(found)


def _note(found: Diagnostic, context: ReportContext) -> _Line:
    """What blocks only once: one line, without the chain."""
    place = f"{printable(context.shown(found.path))}:{found.span.line}:{found.span.col + 1}"
    return [_Piece(f"{place} note {found.code} {found.name}: {printable(found.message)}", "dim")]


def _fix(found: Diagnostic) -> Iterator[_Line]:
    if found.fix is not None and found.fix.applicability is not Applicability.DISPLAY:
        is_unsafe = found.fix.applicability is Applicability.UNSAFE
        label = "    fix (with --unsafe-fixes): " if is_unsafe else "    fix: "
        yield [_Piece(label, "green"), _Piece(printable(found.fix.title))]
    elif found.why_not:
        yield [_Piece("    no fix: ", "yellow"), _Piece(printable(found.why_not))]


def _excerpt(found: Diagnostic, context: ReportContext) -> Iterator[_Line]:
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
    yield [_Piece(gutter, "dim"), _Piece(shown)]
    from rich.cells import cell_len

    if cell_len(before) < _EXCERPT_WIDTH:
        mark = "^" * max(1, min(cell_len(meant), _EXCERPT_WIDTH - cell_len(before)))
        yield [
            _Piece(" " * (len(gutter) - 2) + "| ", "dim"),
            _Piece(" " * cell_len(before)),
            _Piece(mark, "red"),
        ]


def _for_terminal(raw: bytes) -> str:
    return printable(raw.decode("utf-8", "replace").replace("\t", "    "))


def _error(error: FileError, context: ReportContext) -> _Line:
    line = f":{error.line}" if error.line else ""
    return [
        _Piece(printable(context.shown(error.path)), "bold"),
        _Piece(f"{line}: ", "cyan"),
        _Piece("error: ", "bold red"),
        _Piece(printable(error.message)),
    ]


def _last_line(result: CheckResult, context: ReportContext) -> _Line:
    counts = count(result, context)
    extras = []
    if result.notes:
        extras.append(_number(len(result.notes), "note"))
    if counts.suppressed:
        extras.append(f"{counts.suppressed} suppressed")
    if counts.errors:
        extras.append(f"{_number(counts.errors, 'file')} could not be checked")
    tail = f" ({', '.join(extras)})" if extras else ""
    if not counts.findings:
        return [_Piece(f"no findings in {_number(counts.files, 'file')}{tail}", "bold green")]
    listed = list(counts.by_file.items())
    more = len(listed) - _FILES_IN_LAST_LINE
    files = _tally((printable(path), times) for path, times in listed[:_FILES_IN_LAST_LINE])
    return [
        _Piece(
            f"{_number(counts.findings, 'finding')} in {len(listed)} of"
            f" {_number(counts.files, 'file')}{tail}",
            "bold red",
        ),
        _Piece(f"; by rule: {_tally(counts.by_rule.items())}"),
        _Piece(f"; by file: {files}{f', and {more} more' if more > 0 else ''}"),
    ]


def _tally(entries: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {times}" for name, times in entries)


def _number(amount: int, noun: str) -> str:
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def _coloured(lines: Iterable[_Line]) -> str:
    import io

    from rich.console import Console
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=True, color_system="standard")
    for line in lines:
        # Soft wrapping: the terminal breaks long lines, so that they can be copied whole.
        console.print(Text.assemble(*line), soft_wrap=True, highlight=False)
    return buffer.getvalue()
