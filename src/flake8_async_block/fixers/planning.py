"""Ask the fixers what they would do about each finding, and join what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
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
        instead: those that it took the place of, to be tried where it cannot be made.
    """

    findings: list[int]
    span: Span
    plan: FixPlan
    edit: Edited
    instead: list[Unit] = field(default_factory=list)


def with_strategy(diagnostic: Diagnostic, strategies: Sequence[str]) -> Diagnostic:
    """The finding with the first of its plans that uses one of ``strategies``, in their order.

    Without any strategies it is the finding itself.
    """
    if not strategies:
        return diagnostic
    plans = [plan for plan in (diagnostic.fix, *diagnostic.alternatives) if plan is not None]
    for strategy in strategies:
        for plan in plans:
            if plan.strategy == strategy:
                return replace(diagnostic, fix=plan)
    others = ", ".join(dict.fromkeys(plan.strategy for plan in plans))
    reason = f"its fixes are of another strategy: {others}" if others else diagnostic.why_not
    return replace(diagnostic, fix=None, why_not=reason)


def why_not_planned(diagnostic: Diagnostic, allow_unsafe: bool) -> str | None:
    """Why a finding is left alone whatever its place looks like, or None."""
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


def plan_units(
    context: FileContext,
    diagnostics: Sequence[Diagnostic],
    planned: Sequence[int],
    allow_unsafe: bool,
    reasons: dict[int, str],
) -> list[Unit]:
    """Ask the fixers; findings at the same place share one edit.

    Args:
        context: the file.
        diagnostics: all findings of the file.
        planned: the indices of those which have a plan that may be carried out.
        allow_unsafe: whether an edit may change what the program computes.
        reasons: takes the refusals.

    Returns:
        The edits; one that lies inside another comes before it.
    """
    by_span: dict[Span, Unit] = {}
    by_splices: dict[tuple[Splice, ...], Unit] = {}
    for index in planned:
        diagnostic = diagnostics[index]
        plan = diagnostic.fix
        assert plan is not None
        known = by_span.get(diagnostic.span)
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
        elif answer.splices in by_splices:
            by_splices[answer.splices].findings.append(index)
        else:
            unit = Unit([index], diagnostic.span, plan, answer)
            by_span[diagnostic.span] = by_splices[answer.splices] = unit
    units = _absorbed(list(by_splices.values()), context)
    # A call inside another ends before it. Alone, the outer edit would leave the inner call in the
    # arguments of an offload, which is a finding of its own, so the inner one is settled first.
    return sorted(units, key=lambda unit: unit.span[2:])


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
