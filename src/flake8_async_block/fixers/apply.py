"""From findings to bytes: plan every edit, keep those whose result can be shown to be right."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Final

from flake8_async_block.fixers.base import FileContext, OverlapError, Spliced, splice
from flake8_async_block.fixers.excerpt import unneeded_lines
from flake8_async_block.fixers.imports import import_splices
from flake8_async_block.fixers.locate import parse_source
from flake8_async_block.fixers.names import Resolver
from flake8_async_block.fixers.planning import (
    Planner,
    Unit,
    why_not_planned,
    with_plan,
    with_strategy,
)
from flake8_async_block.fixers.verify import (
    Expectation,
    compile_problem,
    finding_key,
    parse_module,
    verify,
)
from flake8_async_block.model.diagnostic import Diagnostic, Span
from flake8_async_block.model.fix import NOT_CHOSEN, FileFix, Refusal

# Each attempt checks the whole file again. One bad edit among a thousand takes about twenty.
_MOST_ATTEMPTS: Final = 60

# A loop, or a function, of which it was said that it never awaits: any new ``await`` may end that,
# also one in a coroutine that it awaits.
_ABOUT_AWAITS: Final = ("ASB3", "ASB5")

# A loop that looked and slept in turn, now that the sleep lets others run.
_BUSY_WAIT: Final = ("ASB303", "")

Recheck = Callable[[bytes], Sequence[Diagnostic]]


@dataclass(slots=True)
class _Outcome:
    """The bytes after, and what became of each finding, by its index in the input.

    A fixed finding has the plan that was carried out.
    """

    after: bytes
    fixed: dict[int, Diagnostic] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def apply_fixes(
    path: str,
    source: bytes,
    diagnostics: Sequence[Diagnostic],
    *,
    allow_unsafe: bool,
    recheck: Recheck,
    strategies: Sequence[str],
    wanted: Callable[[Diagnostic], bool] | None,
) -> FileFix:
    """See :func:`flake8_async_block.fixers.fix_file`."""
    known: dict[bytes, Sequence[Diagnostic]] = {}

    def recheck_once(after: bytes) -> Sequence[Diagnostic]:
        if after not in known:
            known[after] = [with_strategy(item, strategies) for item in recheck(after)]
        return known[after]

    diagnostics = [with_strategy(item, strategies) for item in diagnostics]
    left: list[int] = []
    if wanted is not None:
        left = [index for index, item in enumerate(diagnostics) if not wanted(item)]
    outcome = _run(path, source, diagnostics, allow_unsafe, recheck_once, left)
    if outcome.after != source:
        found = recheck_once(outcome.after)
        left_again = _find_again([diagnostics[index] for index in left], found)
        again = _run(path, outcome.after, found, allow_unsafe, recheck_once, left_again)
        if again.after != outcome.after:
            reason = "a second run would change the file again"
            outcome = _Outcome(source, {}, dict.fromkeys(outcome.fixed, reason) | outcome.reasons)
    return FileFix(
        path=path,
        before=source,
        after=outcome.after,
        fixed=tuple(outcome.fixed[index] for index in sorted(outcome.fixed)),
        refused=tuple(
            Refusal(diagnostics[index], outcome.reasons[index]) for index in sorted(outcome.reasons)
        ),
    )


def _find_again(left: Sequence[Diagnostic], found: Sequence[Diagnostic]) -> list[int]:
    """Those of ``found`` that were left alone on purpose, as far as an edit keeps them known."""
    counts = Counter(map(finding_key, left))
    again = []
    for index, diagnostic in enumerate(found):
        if counts[finding_key(diagnostic)] > 0:
            counts[finding_key(diagnostic)] -= 1
            again.append(index)
    return again


def _run(
    path: str,
    source: bytes,
    diagnostics: Sequence[Diagnostic],
    allow_unsafe: bool,
    recheck: Recheck,
    left: Collection[int],
) -> _Outcome:
    outcome = _Outcome(source)
    outcome.reasons |= dict.fromkeys(left, NOT_CHOSEN)
    for index, diagnostic in enumerate(diagnostics):
        reason = why_not_planned(diagnostic, allow_unsafe)
        if reason is not None and index not in outcome.reasons:
            outcome.reasons[index] = reason
    planned = [index for index in range(len(diagnostics)) if index not in outcome.reasons]
    if not planned:
        return outcome
    problem = compile_problem(source, path)
    if problem is not None:
        problem = f"the file cannot be edited: it does not compile: {problem}"
        outcome.reasons |= dict.fromkeys(planned, problem)
        return outcome
    tree = parse_module(source, path)
    spans = [diagnostics[index].span for index in planned]
    parsed = parse_source(source, unneeded_lines(tree, spans))
    if isinstance(parsed, str):
        outcome.reasons |= dict.fromkeys(planned, f"the file cannot be edited: {parsed}")
        return outcome
    ranges = set(map(parsed.range_of, spans))
    plans = {parsed.range_of(item.span): item.fix for item in diagnostics}
    context = FileContext(path, parsed, tree, Resolver(tree), parsed.find(ranges), plans)
    planner = Planner(context, diagnostics, allow_unsafe, outcome.reasons)
    session = _Session(context, tree, diagnostics, recheck, planner)
    session.settle(planner.units(planned))
    outcome.reasons |= session.reasons
    if session.accepted:
        outcome.after = parsed.encoding.encode(session.spliced(session.accepted).text)
        outcome.fixed = {
            index: with_plan(diagnostics[index], unit.plan)
            for unit in session.accepted
            for index in unit.findings
        }
        gone = session.also_gone(set(outcome.fixed), recheck(outcome.after))
        outcome.fixed |= {index: diagnostics[index] for index in gone}
        for index in outcome.fixed:
            outcome.reasons.pop(index, None)
    return outcome


@dataclass(slots=True)
class _Session:
    """The search for the largest set of edits that passes the verification."""

    context: FileContext
    tree: ast.Module
    diagnostics: Sequence[Diagnostic]
    recheck: Recheck
    planner: Planner
    accepted: list[Unit] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    attempts: int = 0

    def settle(self, units: Sequence[Unit]) -> None:
        """Accept all units if they pass together, else halve until the bad ones stand alone."""
        if not units:
            return
        if self.attempts == _MOST_ATTEMPTS:
            reason = "too many other fixes in this file spoil it"
            for unit in units:
                self._refuse(unit, reason)
            return
        self.attempts += 1
        problem = self._problem([*self.accepted, *units])
        if problem is None:
            self.accepted += units
        elif len(units) == 1:
            self._refuse(units[0], problem)
            others = [*units[0].instead, *self.planner.units(units[0].own)]
            self.settle(sorted(others, key=lambda unit: unit.span[2:]))
        else:
            middle = len(units) // 2
            self.settle(units[:middle])
            self.settle(units[middle:])

    def _refuse(self, unit: Unit, reason: str) -> None:
        for index in unit.own or unit.findings:
            self.reasons.setdefault(index, reason)

    def spliced(self, units: Sequence[Unit]) -> Spliced:
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
        may_go = self._may_go(fixed, self.accepted)
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

    def _may_go(self, fixed: set[int], units: Sequence[Unit]) -> set[int]:
        inner = sorted(self.diagnostics[index].span for index in fixed)
        covered = [unit.edit.covers for unit in units if unit.edit.covers is not None]

        def is_covered(span: Span) -> bool:
            start, end = self.context.source.range_of(span)
            return any(first <= start and end <= last for first, last in covered)

        return {
            index
            for index, diagnostic in enumerate(self.diagnostics)
            if index not in fixed
            and (
                diagnostic.code.startswith(_ABOUT_AWAITS)
                or _encloses_any(diagnostic.span, inner)
                or is_covered(diagnostic.span)
            )
        }

    def _problem(self, units: Sequence[Unit]) -> str | None:
        try:
            spliced = self.spliced(units)
        except OverlapError:
            return "it overlaps another fix"
        fixed = {index for unit in units for index in unit.findings}
        expectation = Expectation(
            before=self.diagnostics,
            fixed=[self.diagnostics[index] for index in sorted(fixed)],
            may_go=[self.diagnostics[index] for index in sorted(self._may_go(fixed, units))],
            may_come={_BUSY_WAIT: sum(unit.plan.strategy == "native" for unit in units)},
        )
        return verify(self.context.source, spliced, self.context.path, expectation, self.recheck)


def _encloses_any(outer: Span, spans: Sequence[Span]) -> bool:
    """Whether one of the sorted ``spans`` lies in ``outer``."""
    first = bisect_left(spans, outer[:2])
    inside = takewhile(lambda span: span[:2] < outer[2:], islice(spans, first, None))
    return any(span[2:] <= outer[2:] for span in inside)
