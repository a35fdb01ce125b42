"""The graph's answers → diagnostics, for one module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from flake8_async_block.graph.companions import companions
from flake8_async_block.graph.contention import is_lock
from flake8_async_block.graph.contexts import Context, Contexts
from flake8_async_block.graph.effects import Effects
from flake8_async_block.graph.endless import Endless
from flake8_async_block.graph.patches import is_patched
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.suspension import Suspension
from flake8_async_block.graph.sync_handlers import may_become_sync
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.graph.witnesses import Perhaps, Witness
from flake8_async_block.model.diagnostic import Diagnostic, FixPlan, Hop, Span
from flake8_async_block.model.summary import MODULE_BODY, FunctionFacts, Guard, SiteKind
from flake8_async_block.rules.advice_findings import advice_for
from flake8_async_block.rules.crossings import crossing_of, is_done_before
from flake8_async_block.rules.kinds import KIND_BY_WHAT
from flake8_async_block.rules.loop_findings import loop_findings, pool_findings
from flake8_async_block.rules.offload_findings import Misuse, offload_findings
from flake8_async_block.rules.plans import Advice, advise, for_twisted, without_async, without_await
from flake8_async_block.rules.scene import Scene, Texts, bare, contains

_LOCK_REMEDY: Final = "hold the lock for a moment only, or use an `asyncio.Lock` among tasks"
_SELDOM: Final = {
    Guard.NONE: "",
    Guard.ERROR: ", though only on an error path",
    Guard.CACHE_MISS: ", though only on a cache miss",
    Guard.ONCE: ", though only once",
}
_LONGEST_CALLEE: Final = 40
_LONG_RECEIVER: Final = re.compile(r"^.*[)\]](\.\w+)$")


class Findings:
    """The findings of a project's modules; one for each run, which remembers what they share.

    Args:
        resolver: gives the meaning of the code.
        propagation: says what blocks.
        contexts: says where functions run.
        texts: the sources.
    """

    def __init__(
        self, resolver: Resolver, propagation: Propagation, contexts: Contexts, texts: Texts
    ) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._contexts = contexts
        self._texts = texts
        self._effects = Effects(resolver, propagation)
        self._endless = Endless(resolver, propagation)
        self._suspension = Suspension(resolver)

    def of_module(
        self, module: str, choose_backend: Callable[[], str], *, advice: bool = True
    ) -> Iterator[Diagnostic]:
        """All findings of one module, in no particular order.

        Args:
            module: the absolute path of a readable file.
            choose_backend: gives the thread backend that its fixes shall use; asked for findings.
            advice: whether to look for what could be better, too: it costs time.
        """
        scene = Scene(
            self._resolver,
            self._propagation,
            self._contexts,
            self._effects,
            self._texts,
            module,
            choose_backend,
        )
        finder = _Finder(scene, self._endless, self._suspension)
        for facts in self._resolver.summary(module).functions.values():
            misuses = tuple(finder.misuses(facts))
            for misuse in misuses:
                yield misuse.diagnostic
            if facts.is_async:
                yield from finder.of_function(facts, misuses)
                if advice and (found := finder.advice(facts)) is not None:
                    yield found
            elif facts.qualname != MODULE_BODY:
                yield from finder.of_plain_function(facts, misuses)


class _Finder:
    """Looks for the findings of one module."""

    def __init__(self, scene: Scene, endless: Endless, suspension: Suspension) -> None:
        self._scene = scene
        self._propagation = scene.propagation
        self._contexts = scene.contexts
        self._effects = scene.effects
        self._module = scene.module
        self._endless = endless
        self._suspension = suspension
        self._known_companions: dict[ProjectFunction, tuple[Span, ...]] = {}
        self._sync_plans: dict[ProjectFunction, tuple[FixPlan, ...]] = {}

    def misuses(self, facts: FunctionFacts) -> Iterator[Misuse]:
        """Functions handed over the wrong way, wherever the function in question runs."""
        return offload_findings(self._scene, self._suspension, self._endless, facts)

    def of_plain_function(
        self, facts: FunctionFacts, misuses: tuple[Misuse, ...]
    ) -> Iterator[Diagnostic]:
        """The findings of a ``def``, if a framework or the loop runs it."""
        function = ProjectFunction(self._module, facts.qualname)
        context = self._contexts.known_context(function)
        if context is Context.CALLED:
            return
        endless = bool(self._endless.loops_of(function)) or any(self._endless.calls_of(function))
        blocks = endless or any(
            self._propagation.of_site(function, site) is not None
            for site in self._propagation.sites(function)
        )
        if not blocks:
            return
        where = self._contexts.on_loop(function)
        if where is not None and facts.is_generator and where.handler is None:
            # Calling a generator function runs nothing; only a framework goes on to iterate.
            return
        if where is not None:
            yield from self.of_function(facts, misuses)
        elif endless and self._contexts.context_of(function).context is Context.THREAD:
            yield from pool_findings(self._scene, self._endless, facts)

    def of_function(
        self, facts: FunctionFacts, misuses: tuple[Misuse, ...]
    ) -> Iterator[Diagnostic]:
        """The findings of a function that runs on the loop.

        Args:
            misuses: what was found in it already; one mistake is told once.
        """
        function = ProjectFunction(self._module, facts.qualname)
        loops = tuple(loop_findings(self._scene, self._endless, self._suspension, facts))
        yield from loops
        settled = {loop.span for loop in loops}
        settled.update(misuse.settles for misuse in misuses if misuse.settles is not None)
        witnesses = [
            witness
            for site in self._propagation.sites(function)
            if site.span not in settled
            and (witness := self._propagation.of_site(function, site)) is not None
            and not is_done_before(self._scene.resolver, facts, witness)
            and not is_patched(self._scene.resolver, facts, self._propagation.hops(witness))
            and not self._is_own_lock(witness)
        ]
        # Reading, entering or iterating over what a reported call begins with is no news.
        told = {
            witness.site.span[:2] for witness in witnesses if witness.site.kind == SiteKind.CALL
        }
        for witness in witnesses:
            if witness.site.kind != SiteKind.CALL:
                if witness.site.span[:2] in told:
                    continue
                told.add(witness.site.span[:2])
            yield self._blocking(facts, witness)
        known = {witness.site.span for witness in witnesses} | settled
        for site in facts.sites:
            if site.kind == SiteKind.CALL and not site.awaited and site.span not in known:
                perhaps = self._propagation.perhaps(function, site)
                if perhaps is not None:
                    yield self._perhaps_blocking(facts, perhaps)

    def advice(self, facts: FunctionFacts) -> Diagnostic | None:
        """What a coroutine could be instead."""
        return advice_for(self._scene, self._suspension, facts)

    def _blocking(self, facts: FunctionFacts, witness: Witness) -> Diagnostic:
        api, site = witness.api, witness.site
        kind = KIND_BY_WHAT[api.what]
        direct = witness.next is None
        hops = self._propagation.hops(witness)
        crossing = crossing_of(self._scene.resolver, witness)
        rule = kind.rules()[0 if direct else 1] if crossing is None else crossing.rule
        text = self._callee(witness)
        through = ""
        if not direct:
            names = [bare(hop.function.qualname) for hop in hops[1:]]
            through = f" through {' → '.join([*names, api.name])}"
        does = kind.does if crossing is None else crossing.does
        seldom = _SELDOM[witness.seldom]
        place = self._scene.place(facts)
        handlers = self._scene.handlers(facts)
        known_as = self._known_as(witness, text)
        message = f"`{text}`{known_as} {does} on the event loop{through}{seldom}, in {place}"
        message += self._held_by(hops[-1])
        caution = self._caution(witness)
        advice = advise(
            api,
            site,
            text,
            self._scene.backend,
            direct=direct,
            caution=caution,
            exposed=self._effects.reason_against_await(
                ProjectFunction(self._module, facts.qualname), site.span
            ),
            companions=self._companions(facts, witness, caution),
        )
        if advice.plan is not None and self._scene.on_twisted:
            advice = for_twisted(api, site, text, direct=direct)
        if crossing is not None and crossing.remedy:
            advice = Advice(None, "the coroutine is to be awaited instead", crossing.remedy)
        if direct and is_lock(api):
            advice = Advice(None, "the lock may be shared with threads", _LOCK_REMEDY)
        name = bare(facts.qualname).rpartition(".")[2]
        if not facts.is_async and name.isidentifier():
            advice = without_await(advice, name)
        return Diagnostic(
            code=rule.code,
            name=rule.name,
            path=self._scene.texts.shown_path(self._module),
            span=site.span,
            message=message,
            api=api.name,
            cost="unbounded" if is_lock(api) else api.cost,
            trace=tuple(self._hop(hop) for hop in hops),
            handler=next(iter(handlers), None),
            handlers=handlers,
            fix=advice.plan,
            alternatives=advice.alternatives + self._without_async(facts),
            why_not=advice.why_not,
            remedy=advice.remedy,
            once=witness.seldom == Guard.ONCE
            or self._contexts.runs_once(ProjectFunction(self._module, facts.qualname)),
        )

    def _is_own_lock(self, witness: Witness) -> bool:
        """Whether a site takes a lock that nothing else holds for long."""
        api = witness.api
        if witness.next is not None or not is_lock(api) or self._propagation.counts(api):
            return False
        holding = self._propagation.contention.holding
        return holding(api, self._module, witness.site, elsewhere=True) is None

    def _held_by(self, last: Witness) -> str:
        """Who holds the lock for which a chain ends up waiting."""
        if not is_lock(last.api):
            return ""
        contention = self._propagation.contention
        holding = contention.holding(last.api, last.function.path, last.site)
        if holding is None:
            return ""
        hop = self._scene.hop(holding.function, holding.span)
        where = f"{hop.path}:{hop.line}"
        return f"; `{bare(hop.function)}` holds the lock during `{hop.text}` ({where})"

    def _perhaps_blocking(self, facts: FunctionFacts, perhaps: Perhaps) -> Diagnostic:
        """The note about a call of which only some implementations block."""
        found = self._blocking(facts, perhaps.witness)
        some = f"{perhaps.blocking} of {perhaps.known} implementations"
        return replace(
            found,
            message=f"{found.message}; it may block: {some} of the method",
            once=True,
            fix=None,
            alternatives=(),
            why_not="only some implementations of the method block",
        )

    def _caution(self, witness: Witness) -> str | None:
        """What speaks against running what a site calls in a thread."""
        if witness.next is not None:
            return self._effects.reason_against_thread(witness.next)
        outside = self._effects.comes_from_outside(self._module, witness.site.path)
        if witness.api.thread in ("sequential", "affine") and outside:
            return f"other tasks may use what `{witness.api.name}` belongs to at the same time"
        return None

    def _companions(
        self, facts: FunctionFacts, witness: Witness, caution: str | None
    ) -> tuple[Span, ...] | None:
        """The calls that may move along, where a call had better not move alone.

        That is in a ``with`` statement, where an object that several calls use stays open, and in
        a chain of calls of which more than one blocks.
        """
        function = ProjectFunction(self._module, facts.qualname)
        span = witness.site.span
        if caution is not None or not (
            witness.site.kind != SiteKind.CALL
            or (witness.next is None and witness.api.thread == "affine")
            or any(contains(block.extent, span) for block in facts.blocks)
            or any(
                other.span != span
                and (contains(span, other.span) or contains(other.span, span))
                and self._propagation.of_site(function, other) is not None
                for other in facts.sites
            )
        ):
            return None
        if function not in self._known_companions:
            resolver = self._scene.resolver
            self._known_companions[function] = companions(
                resolver, self._propagation, self._effects, function
            )
        return self._known_companions[function]

    def _without_async(self, facts: FunctionFacts) -> tuple[FixPlan, ...]:
        """The plan to drop the function's ``async``, where that may be done."""
        function = ProjectFunction(self._module, facts.qualname)
        if function not in self._sync_plans:
            plans: tuple[FixPlan, ...] = ()
            if may_become_sync(self._scene.resolver, self._contexts.handlers, function):
                plans = (without_async(self._effects.reason_against_thread(function)),)
            self._sync_plans[function] = plans
        return self._sync_plans[function]

    def _callee(self, witness: Witness) -> str:
        span = witness.site.span
        if witness.site.kind != SiteKind.CALL:
            return self._scene.excerpt(span)
        text = self._scene.callee(span)
        return _LONG_RECEIVER.sub(r"(…)\1", text) if len(text) > _LONGEST_CALLEE else text

    def _known_as(self, witness: Witness, text: str) -> str:
        """What blocks, in brackets, where the source calls it by another name: ``nap``."""
        name = witness.api.name
        last = name.rpartition(".")[2]
        is_call = witness.next is None and witness.site.kind == SiteKind.CALL
        return f" ({name})" if is_call and last not in text and not last.startswith("__") else ""

    def _hop(self, witness: Witness) -> Hop:
        return self._scene.hop(witness.function, witness.site.span)
