"""Findings by their cause: the line that blocks in the end, and the handlers that it freezes.

One blocking line in a helper is a finding at every call that reaches it on the event loop. Whoever
mends it there has mended all of them, so the line is what people want to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flake8_async_block.model.diagnostic import Diagnostic, Handler
from flake8_async_block.rules import RULES_BY_CODE


@dataclass(frozen=True, slots=True)
class Blocker:
    """One blocking line, and what it does.

    Args:
        path: the file, relative to the project's root, with ``/``.
        line: counts from 1.
        function: the qualified name of the function that holds the line, or empty.
        text: the source of what blocks there, or empty.
        apis: the names of the blocking APIs; nothing where none is involved.
        findings: where it is reached, in the order of the findings.
        handlers: the entry points that it freezes, those with the most findings first.
    """

    path: str
    line: int
    function: str
    text: str
    apis: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    handlers: tuple[Handler, ...]


def freezing(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that stop the event loop: no advice, and nothing that only wastes a thread."""
    return [
        found
        for found in findings
        if found.code not in RULES_BY_CODE or RULES_BY_CODE[found.code].freezes
    ]


def by_blocker(findings: Iterable[Diagnostic]) -> list[Blocker]:
    """Group findings by the line that blocks; what freezes most handlers and calls comes first."""
    groups: dict[tuple[str, int], list[Diagnostic]] = {}
    for found in findings:
        groups.setdefault(found.blocking_line, []).append(found)
    blockers = [_blocker(place, group) for place, group in groups.items()]
    return sorted(
        blockers,
        key=lambda each: (-len(each.handlers), -len(each.findings), each.path, each.line),
    )


def by_handler(findings: Iterable[Diagnostic]) -> dict[Handler, int]:
    """Entry point → how many of the findings it reaches, the most first."""
    counter = Counter(handler for found in findings for handler in dict.fromkeys(found.handlers))
    return dict(sorted(counter.items(), key=lambda entry: (-entry[1], *_order(entry[0]))))


def _blocker(place: tuple[str, int], findings: Sequence[Diagnostic]) -> Blocker:
    path, line = place
    last = next((found.trace[-1] for found in findings if found.trace), None)
    return Blocker(
        path=path,
        line=line,
        function="" if last is None else last.function,
        text="" if last is None else last.text,
        apis=tuple(dict.fromkeys(found.api for found in findings if found.api)),
        findings=tuple(findings),
        handlers=tuple(by_handler(freezing(findings))),
    )


def _order(handler: Handler) -> tuple[str, str, str, int]:
    return (handler.route, str(handler), handler.path, handler.line)
