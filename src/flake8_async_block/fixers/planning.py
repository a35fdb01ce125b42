"""Ask the fixers what they would do about each finding, and join what belongs together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from flake8_async_block.fixers.base import Edited, FileContext, Refused, Splice
from flake8_async_block.fixers.registry import BY_STRATEGY
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span


@dataclass(slots=True)
class Unit:
    """An edit that is applied or left out as a whole.

    Args:
        findings: indices of the input.
        span: where the first of them stands.
        plan: what they ask for.
        edit: the answer.
        own: those of the findings for which it was made; the others it takes along.
        instead: those that it took the place of, to be tried where it cannot be made.
    """

    findings: list[int]
    span: Span
    plan: FixPlan
    edit: Edited
    own: list[int] = field(default_factory=list)
    instead: list[Unit] = field(default_factory=list)


def with_strategy(diagnostic: Diagnostic, strategies: Sequence[str]) -> Diagnostic:
    """The finding with those of its plans only that use one of ``strategies``, in their order.

    Without any strategies it is the finding itself.
    """
    if not strategies:
        return diagnostic
    plans = [plan for plan in (diagnostic.fix, *diagnostic.alternatives) if plan is not None]
    chosen = [plan for name in strategies for plan in plans if plan.strategy == name]
    if chosen:
        return replace(diagnostic, fix=chosen[0], alternatives=tuple(chosen[1:]))
    others = ", ".join(dict.fromkeys(plan.strategy for plan in plans))
    reason = f"its fixes are of another strategy: {others}" if others else diagnostic.why_not
    return replace(diagnostic, fix=None, alternatives=(), why_not=reason)


def with_plan(diagnostic: Diagnostic, plan: FixPlan) -> Diagnostic:
    """The finding with the plan that was chosen for it as the preferred one."""
    return diagnostic if plan == diagnostic.fix else replace(diagnostic, fix=plan)


def plans_of(diagnostic: Diagnostic) -> tuple[FixPlan, ...]:
    """The ways to fix a finding, the preferred one first.

    Where none is preferred, the alternatives are for those only who ask for one of them.
    """
    return () if diagnostic.fix is None else (diagnostic.fix, *diagnostic.alternatives)


def why_not_planned(diagnostic: Diagnostic, allow_unsafe: bool) -> str | None:
    """Why a finding is left alone whatever its place looks like, or None."""
    if diagnostic.fix is None:
        return diagnostic.why_not or "no automatic fix"
    reasons = [_why_not(diagnostic, plan, allow_unsafe) for plan in plans_of(diagnostic)]
    return None if None in reasons else reasons[0]


def _why_not(diagnostic: Diagnostic, plan: FixPlan, allow_unsafe: bool) -> str | None:
    if plan.applicability is Applicability.DISPLAY:
        return f"advice only: {plan.title}"
    if plan.applicability is Applicability.UNSAFE and not allow_unsafe:
        return _unsafe(diagnostic.why_not or plan.title)
    if plan.strategy not in BY_STRATEGY:
        return f"there is no fixer for {plan.strategy!r}"
    return None


def _unsafe(why: str) -> str:
    return f"unsafe: {why} (use --unsafe-fixes)"


class Planner:
    """Asks the fixers of one file.

    Args:
        context: the file.
        diagnostics: all findings of the file.
        allow_unsafe: whether an edit may change what the program computes.
        reasons: takes the refusals.
    """

    def __init__(
        self,
        context: FileContext,
        diagnostics: Sequence[Diagnostic],
        allow_unsafe: bool,
        reasons: dict[int, str],
    ) -> None:
        self._context = context
        self._diagnostics = diagnostics
        self._allow_unsafe = allow_unsafe
        self._reasons = reasons
        self._answers: dict[int, Iterator[tuple[FixPlan, Edited]]] = {}

    def units(self, planned: Sequence[int]) -> list[Unit]:
        """The edits for some findings, by their index; one inside another comes before it."""
        units = _absorbed(self._joined(planned), self._context)
        # A call inside another ends before it. Alone, the outer edit would leave the inner call in
        # the arguments of an offload, a finding of its own, so the inner one is settled first.
        return sorted(units, key=lambda unit: unit.span[2:])

    def _joined(self, planned: Sequence[int]) -> list[Unit]:
        """The next edit for each finding; findings at the same place share one."""
        by_span: dict[Span, Unit] = {}
        by_splices: dict[tuple[Splice, ...], Unit] = {}
        for index in planned:
            span = self._diagnostics[index].span
            known = by_span.get(span)
            if known is not None:
                if known.plan == self._diagnostics[index].fix:
                    known.findings.append(index)
                    known.own.append(index)
                else:
                    self._reasons[index] = "another fix is made at the same place"
                continue
            if index not in self._answers:
                self._answers[index] = self._all_answers(index)
            answer = next(self._answers[index], None)
            if answer is None:
                continue
            plan, edit = answer
            if edit.splices in by_splices:
                by_splices[edit.splices].findings.append(index)
                by_splices[edit.splices].own.append(index)
            else:
                unit = Unit([index], span, plan, edit, [index])
                by_span[span] = by_splices[edit.splices] = unit
        return list(by_splices.values())

    def _all_answers(self, index: int) -> Iterator[tuple[FixPlan, Edited]]:
        """The edits that are possible for a finding, the best one first.

        What keeps the program's results is better than what may change them; otherwise the plans'
        own order counts.
        """
        diagnostic = self._diagnostics[index]
        changing: list[tuple[FixPlan, Edited]] = []
        for plan in plans_of(diagnostic):
            reason = _why_not(diagnostic, plan, self._allow_unsafe)
            if reason is not None:
                self._refuse(index, plan, reason)
                continue
            asked = diagnostic if plan is diagnostic.fix else replace(diagnostic, fix=plan)
            answer = BY_STRATEGY[plan.strategy].edit(asked, self._context)
            if isinstance(answer, Refused):
                self._refuse(index, plan, answer.reason)
            elif answer.caution is None and plan.applicability is Applicability.SAFE:
                yield plan, answer
            elif self._allow_unsafe:
                changing.append((plan, answer))
            else:
                self._refuse(index, plan, _unsafe(answer.caution or plan.title))
        yield from changing

    def _refuse(self, index: int, plan: FixPlan, reason: str) -> None:
        """Keep what speaks against the last of the safe plans, the one that changes least."""
        if plan.applicability is Applicability.SAFE or index not in self._reasons:
            self._reasons[index] = reason


def _absorbed(units: Sequence[Unit], context: FileContext) -> list[Unit]:
    """Have the edits that cover others take their place, the largest first."""

    def extent(unit: Unit) -> tuple[int, int]:
        covers = unit.edit.covers
        return covers if covers is not None else context.source.range_of(unit.span)

    wide = [unit for unit in units if unit.edit.absorbs]
    taken: set[int] = set()
    for unit in sorted(wide, key=lambda unit: extent(unit)[0] - extent(unit)[1]):
        if id(unit) in taken:
            continue
        start, end = extent(unit)
        for other in units:
            inner = extent(other)
            if (
                other is not unit
                and id(other) not in taken
                and start <= inner[0] <= inner[1] <= end
            ):
                taken.add(id(other))
                unit.findings += other.findings
                unit.instead.append(other)
    return [unit for unit in units if id(unit) not in taken]
