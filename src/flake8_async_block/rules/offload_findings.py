"""Functions handed to threads in a way that does not work → diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flake8_async_block.graph.endless import Endless
from flake8_async_block.graph.forgotten import forgotten_awaits
from flake8_async_block.graph.handed_files import handed_files
from flake8_async_block.graph.locks import held_locks, joining_pools
from flake8_async_block.graph.offloads import (
    Offload,
    call_handed_over,
    foreign_keywords,
    gives_callable,
    is_handed_coroutine,
    offloads_in,
    shared_pool,
)
from flake8_async_block.graph.suspension import Suspension
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.graph.witnesses import Witness
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span
from flake8_async_block.model.path import SPREAD, PathOp
from flake8_async_block.model.summary import Block, FunctionFacts, Site, SiteKind, Use
from flake8_async_block.rules.async_in_thread import ASYNC_FUNCTION_IN_THREAD
from flake8_async_block.rules.forgotten_awaits import AWAIT_FORGOTTEN
from flake8_async_block.rules.handed_files import BLOCKING_FILE_HANDED_OVER
from flake8_async_block.rules.held_locks import LOCK_HELD_ACROSS_AWAIT
from flake8_async_block.rules.loop_findings import OWN_THREAD, trace_of
from flake8_async_block.rules.lost_offloads import OFFLOAD_NOT_AWAITED
from flake8_async_block.rules.offload_keywords import KEYWORD_NOT_HANDED_ON
from flake8_async_block.rules.offloading import CALL_BEFORE_OFFLOAD
from flake8_async_block.rules.pool_loops import ENDLESS_LOOP_IN_POOL
from flake8_async_block.rules.pool_waits import WAIT_FOR_POOL
from flake8_async_block.rules.scene import Scene, bare, contains

_BIND: Final = "bind the arguments with functools.partial"


class Misuse(NamedTuple):
    """A finding, and the place of which nothing else needs to be said besides, if any."""

    diagnostic: Diagnostic
    settles: Span | None = None


def offload_findings(
    scene: Scene, suspension: Suspension, endless: Endless, facts: FunctionFacts
) -> Iterator[Misuse]:
    """What is wrong with the way in which a function hands others over."""
    lost_sites = set()
    for offload in offloads_in(scene.resolver, scene.module, facts):
        early = _called_early(scene, facts, offload)
        if early is not None:
            yield early
        elif is_handed_coroutine(scene.resolver, offload) and not _awaited_twice(
            scene, facts, offload
        ):
            yield Misuse(_coroutine(scene, facts, offload))
            continue
        kept = _kept_thread(scene, endless, facts, offload) if early is None else None
        if kept is not None:
            yield Misuse(kept)
        lost = _lost(scene, facts, offload)
        if lost is not None:
            lost_sites.add(lost.span)
            yield Misuse(lost)
        keywords = _keywords(scene, facts, offload)
        if keywords is not None:
            yield Misuse(keywords)
    for site in forgotten_awaits(scene.resolver, suspension, scene.module, facts):
        if site.span not in lost_sites:
            yield Misuse(_forgotten(scene, facts, site))
    if not facts.is_async:
        return
    for held in held_locks(scene.resolver, suspension, scene.module, facts):
        meanwhile = "the `yield`" if held.waits is None else f"`{scene.excerpt(held.waits)}`"
        message = f"`{scene.excerpt(held.lock)}` stays locked during {meanwhile}"
        remedy = "use an `asyncio.Lock` with `async with`, or release the lock before the `await`"
        why_not = "the lock may be shared with threads, for which an `asyncio.Lock` is not made"
        found = scene.report(
            LOCK_HELD_ACROSS_AWAIT, facts, held.lock, message, why_not=why_not, remedy=remedy
        )
        yield Misuse(found, held.lock)
    for block in joining_pools(scene.resolver, scene.module, facts):
        if _waits_within(scene, facts, block):
            continue
        pool = block.span
        message = f"leaving `with {scene.excerpt(pool)}` waits for all that was submitted"
        found = scene.report(
            WAIT_FOR_POOL,
            facts,
            pool,
            message,
            why_not="what the block does with the futures has to change as well",
            remedy="keep one pool, and await `loop.run_in_executor(pool, function, ...)`",
        )
        yield Misuse(found, pool)
    for handed in handed_files(scene.resolver, scene.module, facts):
        called = scene.callee(handed.site.span)
        message = f"`{called}` reads the file that it is handed on the event loop"
        if handed.refused:
            message = f"`{called}` cannot send the file or generator in `{handed.refused}=`"
        found = scene.report(
            BLOCKING_FILE_HANDED_OVER,
            facts,
            handed.site.span,
            message,
            why_not="how the file is best read depends on its size",
            remedy="read it in a worker thread, and hand over the bytes",
        )
        yield Misuse(found)


def _waits_within(scene: Scene, facts: FunctionFacts, block: Block) -> bool:
    """Whether something in the block waits for a pool already, so that its end need not."""
    function = ProjectFunction(scene.module, facts.qualname)
    return any(
        contains(block.extent, site.span)
        and (witness := scene.propagation.of_site(function, site)) is not None
        and witness.api.name.startswith("concurrent.futures.")
        for site in facts.sites
    )


def _called_early(scene: Scene, facts: FunctionFacts, offload: Offload) -> Misuse | None:
    site = call_handed_over(facts, offload)
    if site is None or site.awaited or not offload.entry.names:
        # What a wrapper of the project's own does with a value is inferred, so not certain.
        return None
    if is_handed_coroutine(scene.resolver, offload):
        return None
    function = ProjectFunction(scene.module, facts.qualname)
    witness = scene.propagation.of_site(function, site)
    callable_result = gives_callable(scene.resolver, scene.module, site.path)
    known = {offload.entry.parameter, *(offload.entry.keywords or ())}
    alone = not offload.rest.positional and all(
        name in known for name, _ in offload.arguments.keywords
    )
    if callable_result or (callable_result is None and (witness is None or not alone)):
        return None
    called = scene.callee(site.span)
    why_not = _why_not_unwrapped(scene, offload, site, witness, alone=alone)
    diagnostic = scene.report(
        CALL_BEFORE_OFFLOAD,
        facts,
        site.span,
        f"`{called}` runs here, and only its result gets to `{scene.callee(offload.site.span)}`",
        fix=_unwrap(witness) if why_not is None else None,
        why_not=why_not,
        remedy=f"hand over the function and its arguments: `{called}, ...`",
    )
    return Misuse(diagnostic, site.span)


def _why_not_unwrapped(
    scene: Scene, offload: Offload, site: Site, witness: Witness | None, *, alone: bool
) -> str | None:
    """Why the function cannot just be handed over with its arguments, or None."""
    if not alone:
        return "it is not clear which call the further arguments are for"
    if witness is not None and scene.resolver.frameworks.callback(offload.name) is not None:
        return "the event loop would run it, and wait for it, all the same"
    has_arguments = len(scene.resolver.summary(scene.module).nodes[site.path].operands) > 1
    if has_arguments and not offload.entry.hands_on:
        return f"`{offload.name}` does not hand arguments on that follow the function"
    return None


def _unwrap(witness: Witness | None) -> FixPlan | None:
    applicability, title = Applicability.SAFE, "hand over the function instead of its result"
    if witness is not None and witness.next is None and witness.api.thread == "never":
        return None
    if witness is not None and witness.api.thread == "affine":
        applicability = Applicability.UNSAFE
        title += f", though `{witness.api.name}` belongs to one thread"
    return FixPlan("unwrap", applicability, title)


def _kept_thread(
    scene: Scene, endless: Endless, facts: FunctionFacts, offload: Offload
) -> Diagnostic | None:
    """The thread of a shared pool that a function without an end never gives back."""
    pool = shared_pool(scene.resolver, offload) if facts.is_async else ""
    if not pool:
        return None
    values = scene.resolver.evaluate(scene.module, offload.handed)
    if len(values) != 1 or not isinstance(values[0], ProjectFunction):
        return None
    found = endless.of_function(values[0])
    if found is None:
        return None
    return scene.report(
        ENDLESS_LOOP_IN_POOL,
        facts,
        offload.site.span,
        f"`{scene.callee(offload.site.span)}` runs `{bare(values[0].qualname)}`, which never"
        f" returns, and keeps one of the pool's threads ({pool}) forever",
        trace=(
            scene.hop(ProjectFunction(scene.module, facts.qualname), offload.site.span),
            *trace_of(scene, found),
        ),
        why_not=OWN_THREAD,
        remedy="give it a `threading.Thread` of its own, started with the application",
    )


def _awaited_twice(scene: Scene, facts: FunctionFacts, offload: Offload) -> bool:
    """Whether the coroutine that comes back from the thread is awaited on the loop after all."""
    nodes = scene.resolver.summary(scene.module).nodes
    return any(
        nodes[item.path].op == PathOp.AWAIT and nodes[item.path].operands[0] == offload.site.path
        for item in facts.awaits
    )


def _coroutine(scene: Scene, facts: FunctionFacts, offload: Offload) -> Diagnostic:
    name = scene.callee(offload.site.span)
    return scene.report(
        ASYNC_FUNCTION_IN_THREAD,
        facts,
        offload.site.span,
        f"`{name}` is handed an `async` function, whose body it does not run",
        why_not="whether it shall run on the event loop or on one of its own is a decision",
        remedy="await the function on the event loop, without a thread",
    )


def _lost(scene: Scene, facts: FunctionFacts, offload: Offload) -> Diagnostic | None:
    site, entry = offload.site, offload.entry
    if not offload.certain:
        # A wrapper of the project's own may start the work whether or not it is awaited.
        return None
    if entry.gives == "function":
        made = _call_of(scene, facts, site)
        if made is None:
            return None
        site = made
    elif entry.gives != "awaitable":
        return None
    if site.awaited:
        return None
    if site.use == Use.VALUE or _is_iterated(facts, site):
        given = "a future" if entry.started else "a coroutine"
        lost = f"is not awaited, so what it gives is {given}, not the result"
    elif site.use == Use.DROPPED and not entry.started:
        lost = "is not awaited, so it never runs"
    else:
        return None
    return scene.report(
        OFFLOAD_NOT_AWAITED,
        facts,
        site.span,
        f"`{scene.callee(site.span)}` {lost}",
        why_not="an `await` changes when the rest of the function runs",
        remedy="write `await` in front of it"
        if facts.is_async
        else "await it in a function that is `async`",
    )


def _forgotten(scene: Scene, facts: FunctionFacts, site: Site) -> Diagnostic:
    return scene.report(
        AWAIT_FORGOTTEN,
        facts,
        site.span,
        f"`{scene.callee(site.span)}` is not awaited, so nothing of it runs",
        why_not="an `await` changes when the rest of the function runs",
        remedy="write `await` in front of it, or start it with `asyncio.create_task`"
        if facts.is_async
        else "await it in a function that is `async`",
    )


def _call_of(scene: Scene, facts: FunctionFacts, maker: Site) -> Site | None:
    """The call, written at once, of the function that a call gives."""
    nodes = scene.resolver.summary(scene.module).nodes
    for site in facts.sites:
        if site.kind == SiteKind.CALL and nodes[site.path].operands[0] == maker.path:
            return site
    return None


def _is_iterated(facts: FunctionFacts, site: Site) -> bool:
    return any(
        other.kind == SiteKind.ITERATE and other.path == site.path and not other.awaited
        for other in facts.sites
    )


def _keywords(scene: Scene, facts: FunctionFacts, offload: Offload) -> Diagnostic | None:
    if offload.entry.keywords is None:
        return None
    foreign = foreign_keywords(scene.resolver, offload)
    if not foreign:
        return None
    names = ", ".join(f"`{name}=`" for name in foreign)
    spread = any(name == SPREAD for name, _ in offload.arguments.keywords)
    return scene.report(
        KEYWORD_NOT_HANDED_ON,
        facts,
        offload.site.span,
        f"`{scene.callee(offload.site.span)}` does not hand {names} on to the function",
        fix=None if spread else FixPlan("partial", Applicability.SAFE, _BIND),
        why_not="what `**` spreads may be for either of the two" if spread else None,
        remedy="bind them to the function: `functools.partial(function, ..., name=value)`",
    )
