"""What a check says: diagnostics, their chain of hops, and what a fix would do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of source text.

    ``line`` and ``end_line`` count from 1; ``col`` and ``end_col`` from 0, in UTF-8 bytes, as in
    :mod:`ast`. The end is exclusive.
    """

    line: int
    col: int
    end_line: int
    end_col: int


class Applicability(str, Enum):
    """How far a fix may be trusted."""

    SAFE = "safe"
    """Keeps what the program computes; applied by ``async-block fix``."""
    UNSAFE = "unsafe"
    """May change it (order, thread affinity, shared state); needs ``--unsafe-fixes``."""
    DISPLAY = "display"
    """Advice only; never applied."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the chain from the reported call to the call that blocks.

    ``path`` is relative to the project's root with ``/``; ``line`` counts from 1; ``function`` is
    the qualified name of the function that contains the call; ``text`` is the call's source.
    """

    path: str
    line: int
    function: str
    text: str


@dataclass(frozen=True, slots=True)
class Handler:
    """The entry point of a framework through which a finding is reached.

    ``path`` and ``line`` are those of the function: the path is relative to the project's root
    with ``/``, and the line counts from 1.
    """

    framework: str
    method: str
    route: str
    function: str
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.method} {self.route or self.function}".strip()


@dataclass(frozen=True, slots=True)
class FixPlan:
    """What a fixer is asked to do; names were resolved at check time.

    Args:
        strategy: the fixer's name, such as ``thread``.
        applicability: how far the result may be trusted.
        title: one line for people, such as ``run in a worker thread``.
        parameters: what the fixer needs besides the position, as name and value pairs.
        companions: the calls around the finding which may move to a thread together with it; any
            other call makes the fix unsafe if it has to move, too.
    """

    strategy: str
    applicability: Applicability
    title: str
    parameters: tuple[tuple[str, str], ...] = ()
    companions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Args:
        code: such as ``ASB102``.
        name: the rule's name, such as ``blocking-http-call``.
        path: the file, relative to the project's root, with ``/``.
        span: the reported expression or statement.
        message: one line, without code and position.
        api: the catalogue's name of the blocking API, such as ``requests.get``, or empty.
        cost: ``unbounded``, ``bounded``, ``cpu`` or ``brief``; empty where no API is involved.
        trace: the chain; the first hop is the reported call, the last one the call that blocks.
        handler: the nearest framework entry point that reaches it, if one is known.
        fix: what ``async-block fix`` would do, or None.
        alternatives: other ways to fix it, for those who ask for one by its strategy.
        why_not: why there is no fix, or None.
        remedy: one line of advice for people.
        once: it happens once in the life of the process; reported as a note.
        handlers: all entry points that are known to reach it, the nearest first.
    """

    code: str
    name: str
    path: str
    span: Span
    message: str
    api: str = ""
    cost: str = ""
    trace: tuple[Hop, ...] = ()
    handler: Handler | None = None
    fix: FixPlan | None = None
    why_not: str | None = None
    remedy: str = ""
    once: bool = False
    alternatives: tuple[FixPlan, ...] = ()
    handlers: tuple[Handler, ...] = ()

    @property
    def blocking_line(self) -> tuple[str, int]:
        """Path and line of what blocks in the end: the last hop's, or the finding's own."""
        if self.trace:
            return self.trace[-1].path, self.trace[-1].line
        return self.path, self.span.line

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.path, self.span.line, self.span.col, self.code, self.message)


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be checked; the run goes on without it.

    ``path`` is relative to the project's root; ``line`` counts from 1, or is 0 for the whole file.
    """

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found.

    Args:
        diagnostics: sorted by path, line, column and code; suppressed ones are left out.
        errors: the files that could not be read or parsed, sorted by path.
        files: how many files were checked.
        suppressed: how many findings a comment or the configuration silenced.
        notes: what blocks only once, sorted like the diagnostics; no reason to fail.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[FileError, ...] = ()
    files: int = 0
    suppressed: int = 0
    notes: tuple[Diagnostic, ...] = ()
