"""Functions handed to threads in a way that does not work → diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flake8_async_block.graph.handed_files import handed_files
from flake8_async_block.graph.locks import held_locks, joining_pools
from flake8_async_block.graph.offloads import (
    Offload,
    call_handed_over,
    gives_callable,
    is_handed_coroutine,
    offloads_in,
)
from flake8_async_block.graph.propagate import Witness
from flake8_async_block.graph.suspension import Suspension
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Block, FunctionFacts, Site, SiteKind, Use
from flake8_async_block.rules.async_in_thread import ASYNC_FUNCTION_IN_THREAD
from flake8_async_block.rules.handed_files import BLOCKING_FILE_HANDED_OVER
from flake8_async_block.rules.held_locks import LOCK_HELD_ACROSS_AWAIT
from flake8_async_block.rules.lost_offloads import OFFLOAD_NOT_AWAITED
from flake8_async_block.rules.offload_keywords import KEYWORD_NOT_HANDED_ON
from flake8_async_block.rules.offloading import CALL_BEFORE_OFFLOAD
from flake8_async_block.rules.pool_waits import WAIT_FOR_POOL
from flake8_async_block.rules.scene import Scene, contains


class Misuse(NamedTuple):
    """A finding, and the place of which nothing else needs to be said besides, if any."""

    diagnostic: Diagnostic
    settles: Span | None = None


def offload_findings(
    scene: Scene, suspension: Suspension, facts: FunctionFacts
) -> Iterator[Misuse]:
    """What is wrong with the way in which a function hands others over."""
    for offload in offloads_in(scene.resolver, scene.module, facts):
        early = _called_early(scene, facts, offload)
        if early is not None:
            yield early
        elif is_handed_coroutine(scene.resolver, offload) and not _awaited_twice(
            scene, facts, offload
        ):
            yield Misuse(_coroutine(scene, facts, offload))
            continue
        lost = _lost(scene, facts, offload)
        if lost is not None:
            yield Misuse(lost)
        keywords = _keywords(scene, facts, offload)
        if keywords is not None:
            yield Misuse(keywords)
    if not facts.is_async:
        return
    for held in held_locks(scene.resolver, suspension, scene.module, facts):
        message = f"`{scene.excerpt(held.lock)}` stays locked during `{scene.excerpt(held.waits)}`"
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
    for site in handed_files(scene.resolver, scene.module, facts):
        found = scene.report(
            BLOCKING_FILE_HANDED_OVER,
            facts,
            site.span,
            f"`{scene.callee(site.span)}` reads the file that it is handed on the event loop",
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
    alone = not offload.rest.positional and not _own_keywords(offload)
    if callable_result or (callable_result is None and (witness is None or not alone)):
        return None
    called = scene.callee(site.span)
    diagnostic = scene.report(
        CALL_BEFORE_OFFLOAD,
        facts,
        site.span,
        f"`{called}` runs here, and only its result gets to `{scene.callee(offload.site.span)}`",
        fix=_unwrap(witness) if alone else None,
        why_not=None if alone else "it is not clear which call the further arguments are for",
        remedy=f"hand over the function and its arguments: `{called}, ...`",
    )
    return Misuse(diagnostic, site.span)


def _unwrap(witness: Witness | None) -> FixPlan | None:
    applicability, title = Applicability.SAFE, "hand over the function instead of its result"
    if witness is not None and witness.next is None and witness.api.thread == "never":
        return None
    if witness is not None and witness.api.thread == "affine":
        applicability = Applicability.UNSAFE
        title += f", though `{witness.api.name}` belongs to one thread"
    return FixPlan("unwrap", applicability, title)


def _own_keywords(offload: Offload) -> list[str]:
    """The keyword arguments that are meant for the function."""
    known = {offload.entry.parameter, *(offload.entry.keywords or ())}
    return [name for name, _ in offload.arguments.keywords if name not in known]


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
    if entry.gives != "awaitable" or entry.started or site.awaited:
        return None
    if not entry.names:
        # A wrapper of the project's own may start the work whether or not it is awaited.
        return None
    if site.use == Use.DROPPED:
        lost = "is not awaited, so it never runs"
    elif site.use == Use.VALUE or _is_iterated(facts, site):
        lost = "is not awaited, so what it gives is a coroutine, not the result"
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


def _is_iterated(facts: FunctionFacts, site: Site) -> bool:
    return any(
        other.kind == SiteKind.ITERATE and other.span == site.span and not other.awaited
        for other in facts.sites
    )


def _keywords(scene: Scene, facts: FunctionFacts, offload: Offload) -> Diagnostic | None:
    if offload.entry.keywords is None:
        return None
    foreign = [name for name in _own_keywords(offload) if name != "**"]
    if not foreign:
        return None
    names = ", ".join(f"`{name}=`" for name in foreign)
    return scene.report(
        KEYWORD_NOT_HANDED_ON,
        facts,
        offload.site.span,
        f"`{scene.callee(offload.site.span)}` does not hand {names} on to the function",
        fix=FixPlan("partial", Applicability.SAFE, "bind the arguments with functools.partial"),
        remedy="bind them to the function: `functools.partial(function, ..., name=value)`",
    )
