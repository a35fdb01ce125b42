"""Loops without end, without a pause, or with next to none → diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flake8_async_block.graph.endless import Endless, EndlessCall
from flake8_async_block.graph.polling import is_busy_wait
from flake8_async_block.graph.suspension import Suspension
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Hop
from flake8_async_block.model.summary import FunctionFacts, Loop
from flake8_async_block.rules.idle_awaits import LOOP_WITHOUT_PAUSE
from flake8_async_block.rules.loops import LOOP_WITHOUT_AWAIT
from flake8_async_block.rules.polling import BUSY_WAIT
from flake8_async_block.rules.pool_loops import ENDLESS_LOOP_IN_POOL
from flake8_async_block.rules.scene import Scene, bare, contains

_PAUSE: Final = (
    "await something in the loop, such as `await asyncio.sleep(interval)`, or run it in a thread of"
    " its own"
)
OWN_THREAD: Final = "when to start and to stop a thread of its own is a decision"
_NO_PAUSE: Final = "a function without `async` cannot pause: it needs a thread of its own"


def loop_findings(
    scene: Scene, endless: Endless, suspension: Suspension, facts: FunctionFacts
) -> Iterator[Diagnostic]:
    """What is wrong with the loops of a function on the event loop, and with endless calls."""
    function = ProjectFunction(scene.module, facts.qualname)
    for loop in endless.loops_of(function):
        if not loop.suspends:
            yield _without_await(scene, facts, loop)
        elif _never_pauses(scene, suspension, facts, loop):
            yield _without_pause(scene, facts, loop)
    for loop in facts.loops:
        if is_busy_wait(scene.resolver, scene.module, loop):
            yield scene.report(
                BUSY_WAIT,
                facts,
                loop.span,
                f"`{loop.header}` keeps the event loop busy with looking again",
                trace=_trace(scene, function, loop),
                why_not="what it waits for has to tell, which changes other code",
                remedy="wait for an `asyncio.Event`, `Condition` or `Queue`",
            )
    for call in endless.calls_of(function):
        yield _endless_call(scene, facts, call)


def pool_findings(scene: Scene, endless: Endless, facts: FunctionFacts) -> Iterator[Diagnostic]:
    """The loops because of which a function never gives its thread of the pool back."""
    function = ProjectFunction(scene.module, facts.qualname)
    remedy = "give it a `threading.Thread` of its own, started with the application"
    for loop in endless.loops_of(function):
        if not loop.suspends:
            yield scene.report(
                ENDLESS_LOOP_IN_POOL,
                facts,
                loop.span,
                f"`{loop.header}` keeps one of the pool's threads (40 by default) forever",
                trace=_trace(scene, function, loop),
                why_not=OWN_THREAD,
                remedy=remedy,
            )
    for call in endless.calls_of(function):
        _, site = call.way[0]
        yield scene.report(
            ENDLESS_LOOP_IN_POOL,
            facts,
            site.span,
            f"`{scene.callee(site.span)}` never returns, and keeps one of the pool's threads (40 by"
            " default) forever",
            trace=trace_of(scene, call),
            why_not=OWN_THREAD,
            remedy=remedy,
        )


def _never_pauses(scene: Scene, suspension: Suspension, facts: FunctionFacts, loop: Loop) -> bool:
    if facts.is_generator:
        # Whoever takes what it yields may pause.
        return False
    awaits = [item for item in facts.awaits if contains(loop.extent, item.span)]
    return bool(awaits) and not suspension.may_suspend(scene.module, awaits)


def _without_await(scene: Scene, facts: FunctionFacts, loop: Loop) -> Diagnostic:
    return scene.report(
        LOOP_WITHOUT_AWAIT,
        facts,
        loop.span,
        f"`{loop.header}` never gives the event loop a turn",
        trace=_trace(scene, ProjectFunction(scene.module, facts.qualname), loop),
        fix=_checkpoint(scene, facts, _shared(scene, facts)),
        why_not=None if facts.is_async else _NO_PAUSE,
        remedy=_PAUSE,
    )


def _without_pause(scene: Scene, facts: FunctionFacts, loop: Loop) -> Diagnostic:
    return scene.report(
        LOOP_WITHOUT_PAUSE,
        facts,
        loop.span,
        f"what `{loop.header}` awaits never gives the event loop a turn",
        trace=_trace(scene, ProjectFunction(scene.module, facts.qualname), loop),
        fix=_checkpoint(scene, facts, "what it awaits may change what others use"),
        remedy=_PAUSE,
    )


def _endless_call(scene: Scene, facts: FunctionFacts, call: EndlessCall) -> Diagnostic:
    _, site = call.way[0]
    names = [bare(step.qualname) for step, _ in call.way[1:]]
    through = " → ".join([*names, bare(call.function.qualname)])
    return scene.report(
        LOOP_WITHOUT_AWAIT,
        facts,
        site.span,
        f"`{scene.callee(site.span)}` never returns (`{call.loop.header}` in {through})",
        trace=trace_of(scene, call),
        why_not=_NO_PAUSE,
        remedy="run it in a thread of its own, or make it a coroutine that awaits in the loop",
    )


def trace_of(scene: Scene, call: EndlessCall) -> tuple[Hop, ...]:
    """The calls on the way, and the loop at the end."""
    return (
        *[scene.hop(function, site.span) for function, site in call.way],
        *_trace(scene, call.function, call.loop),
    )


def _trace(scene: Scene, function: ProjectFunction, loop: Loop) -> tuple[Hop, ...]:
    return (scene.hop(function, loop.span, f"{loop.header}:"),)


def _shared(scene: Scene, facts: FunctionFacts) -> str | None:
    return scene.effects.reason_against_thread(ProjectFunction(scene.module, facts.qualname))


def _checkpoint(scene: Scene, facts: FunctionFacts, caution: str | None) -> FixPlan | None:
    if not facts.is_async or scene.on_twisted:
        return None
    title = "let the others have a turn at the beginning of each round"
    return FixPlan(
        "checkpoint",
        Applicability.SAFE if caution is None else Applicability.UNSAFE,
        title if caution is None else f"{title}, though {caution}",
        (("backend", scene.backend),),
    )
