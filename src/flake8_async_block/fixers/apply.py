"""From findings to bytes: plan every edit, keep those whose result can be shown to be right."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Final

from flake8_async_block.fixers.base import (
    Edited,
    FileContext,
    OverlapError,
    Refused,
    Spliced,
    splice,
)
from flake8_async_block.fixers.imports import import_splices
from flake8_async_block.fixers.locate import parse_source
from flake8_async_block.fixers.names import Resolver
from flake8_async_block.fixers.registry import BY_STRATEGY
from flake8_async_block.fixers.verify import (
    Expectation,
    compile_problem,
    finding_key,
    parse_module,
    verify,
)
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span
from flake8_async_block.model.fix import FileFix, Refusal

# Each attempt reads the whole file again. One bad edit among a thousand takes about twenty.
_MOST_ATTEMPTS: Final = 60

Recheck = Callable[[bytes], Sequence[Diagnostic]]


@dataclass(slots=True)
class _Unit:
    """An edit that is applied or left out as a whole; ``findings`` are indices of the input."""

    findings: list[int]
    plan: FixPlan
    edit: Edited


@dataclass(slots=True)
class _Outcome:
    """The bytes after, and what became of each finding, by its index in the input."""

    after: bytes
    fixed: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)


def apply_fixes(
    path: str,
    source: bytes,
    diagnostics: Sequence[Diagnostic],
    *,
    allow_unsafe: bool,
    recheck: Recheck,
) -> FileFix:
    """See :func:`flake8_async_block.fixers.fix_file`."""
    known: dict[bytes, Sequence[Diagnostic]] = {}

    def recheck_once(after: bytes) -> Sequence[Diagnostic]:
        if after not in known:
            known[after] = recheck(after)
        return known[after]

    outcome = _run(path, source, diagnostics, allow_unsafe, recheck_once)
    if outcome.after != source:
        again = _run(path, outcome.after, recheck_once(outcome.after), allow_unsafe, recheck_once)
        if again.after != outcome.after:
            reason = "a second run would change the file again"
            outcome = _Outcome(
                source, set(), dict.fromkeys(outcome.fixed, reason) | outcome.reasons
            )
    return FileFix(
        path=path,
        before=source,
        after=outcome.after,
        fixed=tuple(diagnostics[index] for index in sorted(outcome.fixed)),
        refused=tuple(
            Refusal(diagnostics[index], outcome.reasons[index]) for index in sorted(outcome.reasons)
        ),
    )


def _run(
    path: str,
    source: bytes,
    diagnostics: Sequence[Diagnostic],
    allow_unsafe: bool,
    recheck: Recheck,
) -> _Outcome:
    outcome = _Outcome(source)
    for index, diagnostic in enumerate(diagnostics):
        reason = _why_not_planned(diagnostic, allow_unsafe)
        if reason is not None:
            outcome.reasons[index] = reason
    planned = [index for index in range(len(diagnostics)) if index not in outcome.reasons]
    if not planned:
        return outcome
    problem = compile_problem(source, path)
    parsed = f"it does not compile: {problem}" if problem is not None else parse_source(source)
    if isinstance(parsed, str):
        outcome.reasons |= dict.fromkeys(planned, f"the file cannot be edited: {parsed}")
        return outcome
    tree = parse_module(source, path)
    ranges = {parsed.range_of(diagnostics[index].span) for index in planned}
    context = FileContext(path, parsed, Resolver(tree), parsed.find(ranges))
    units = _plan(context, diagnostics, planned, allow_unsafe, outcome.reasons)
    session = _Session(context, tree, diagnostics, recheck)
    session.settle(units)
    outcome.reasons |= session.reasons
    if session.accepted:
        outcome.after = parsed.encoding.encode(session.spliced(session.accepted).text)
        outcome.fixed = {index for unit in session.accepted for index in unit.findings}
        outcome.fixed |= session.also_gone(outcome.fixed, recheck(outcome.after))
        for index in outcome.fixed:
            outcome.reasons.pop(index, None)
    return outcome


def _why_not_planned(diagnostic: Diagnostic, allow_unsafe: bool) -> str | None:
    plan = diagnostic.fix
    if plan is None:
        return diagnostic.why_not or "no automatic fix"
    if plan.applicability is Applicability.DISPLAY:
        return f"advice only: {plan.title}"
    if plan.applicability is Applicability.UNSAFE and not allow_unsafe:
        return _unsafe(diagnostic.why_not or plan.title)
    if plan.strategy not in BY_STRATEGY:
        return f"there is no fixer for {plan.strategy!r}"
    return None


def _unsafe(why: str) -> str:
    return f"unsafe: {why} (use --unsafe-fixes)"


def _plan(
    context: FileContext,
    diagnostics: Sequence[Diagnostic],
    planned: Sequence[int],
    allow_unsafe: bool,
    reasons: dict[int, str],
) -> list[_Unit]:
    """Ask the fixers; findings at the same place share one edit. Refusals go to ``reasons``."""
    units: dict[Span, _Unit] = {}
    for index in planned:
        diagnostic = diagnostics[index]
        plan = diagnostic.fix
        assert plan is not None
        known = units.get(diagnostic.span)
        if known is not None:
            if known.plan == plan:
                known.findings.append(index)
            else:
                reasons[index] = "another fix is made at the same place"
            continue
        answer = BY_STRATEGY[plan.strategy].edit(diagnostic, context)
        if isinstance(answer, Refused):
            reasons[index] = answer.reason
        elif answer.caution is not None and not allow_unsafe:
            reasons[index] = _unsafe(answer.caution)
        else:
            units[diagnostic.span] = _Unit([index], plan, answer)
    # A call inside another ends before it. Alone, the outer edit would leave the inner call in the
    # arguments of an offload, which is a finding of its own, so the inner one is settled first.
    return [units[span] for span in sorted(units, key=lambda span: span[2:])]


@dataclass(slots=True)
class _Session:
    """The search for the largest set of edits that passes the verification."""

    context: FileContext
    tree: ast.Module
    diagnostics: Sequence[Diagnostic]
    recheck: Recheck
    accepted: list[_Unit] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    attempts: int = 0

    def settle(self, units: Sequence[_Unit]) -> None:
        """Accept all units if they pass together, else halve until the bad ones stand alone."""
        if not units:
            return
        if self.attempts == _MOST_ATTEMPTS:
            reason = "too many other fixes in this file spoil it"
            self.reasons |= {index: reason for unit in units for index in unit.findings}
            return
        self.attempts += 1
        problem = self._problem([*self.accepted, *units])
        if problem is None:
            self.accepted += units
        elif len(units) == 1:
            self.reasons |= dict.fromkeys(units[0].findings, problem)
        else:
            middle = len(units) // 2
            self.settle(units[:middle])
            self.settle(units[middle:])

    def spliced(self, units: Sequence[_Unit]) -> Spliced:
        """The text with these units applied and their imports added."""
        source = self.context.source
        splices = [piece for unit in units for piece in unit.edit.splices]
        imports = {item for unit in units for item in unit.edit.imports}
        first_edit = source.line(min(piece.start for piece in splices))
        starts = [node.lineno for node in self.tree.body]
        before_line = starts[max(bisect_right(starts, first_edit) - 1, 0)]
        path = self.context.path
        return splice(
            source.text,
            [*splices, *import_splices(source, self.tree, path, imports, before_line)],
        )

    def also_gone(self, fixed: set[int], after: Sequence[Diagnostic]) -> set[int]:
        """Findings that vanished with the fixed ones, such as a loop that never awaited."""
        remaining = Counter(map(finding_key, after))
        gone = set()
        may_go = self._may_go(fixed)
        # Those which could not have gone claim what remains first.
        for index in sorted(set(range(len(self.diagnostics))) - fixed - may_go):
            remaining[finding_key(self.diagnostics[index])] -= 1
        for index in sorted(may_go):
            key = finding_key(self.diagnostics[index])
            if remaining[key] > 0:
                remaining[key] -= 1
            else:
                gone.add(index)
        return gone

    def _may_go(self, fixed: set[int]) -> set[int]:
        inner = sorted(self.diagnostics[index].span for index in fixed)
        return {
            index
            for index, diagnostic in enumerate(self.diagnostics)
            if index not in fixed and _encloses_any(diagnostic.span, inner)
        }

    def _problem(self, units: Sequence[_Unit]) -> str | None:
        try:
            spliced = self.spliced(units)
        except OverlapError:
            return "it overlaps another fix"
        fixed = {index for unit in units for index in unit.findings}
        expectation = Expectation(
            before=self.diagnostics,
            fixed=[self.diagnostics[index] for index in sorted(fixed)],
            may_go=[self.diagnostics[index] for index in sorted(self._may_go(fixed))],
        )
        return verify(self.context.source, spliced, self.context.path, expectation, self.recheck)


def _encloses_any(outer: Span, spans: Sequence[Span]) -> bool:
    """Whether one of the sorted ``spans`` lies in ``outer``."""
    first = bisect_left(spans, outer[:2])
    inside = takewhile(lambda span: span[:2] < outer[2:], islice(spans, first, None))
    return any(span[2:] <= outer[2:] for span in inside)
