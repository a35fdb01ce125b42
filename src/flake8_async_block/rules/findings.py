"""The graph's answers → diagnostics, for one module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from flake8_async_block.graph.effects import Effects
from flake8_async_block.graph.handlers import HandlerIndex
from flake8_async_block.graph.propagate import Propagation, Witness
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.diagnostic import Diagnostic, Handler, Hop, Span
from flake8_async_block.model.path import NO_PATH
from flake8_async_block.model.summary import FunctionFacts, Guard, SiteKind
from flake8_async_block.rules.kinds import KIND_BY_WHAT
from flake8_async_block.rules.loops import LOOP_WITHOUT_AWAIT
from flake8_async_block.rules.plans import advise


_SELDOM: Final = {
    Guard.NONE: "",
    Guard.ERROR: " (on an error path)",
    Guard.CACHE_MISS: " (on a cache miss)",
    Guard.ONCE: " (once)",
}


class Texts(Protocol):
    """What findings need from the source files."""

    def shown_path(self, module: str) -> str:
        """The file relative to the project's root, with ``/``."""

    def excerpt(self, module: str, span: Span) -> str:
        """The source text of a span, on one line and not too long."""

    def callee(self, module: str, span: Span) -> str:
        """The source text of what is called in a span that holds a call."""


def findings_of(
    resolver: Resolver, propagation: Propagation, texts: Texts, module: str, backend: str
) -> Iterator[Diagnostic]:
    """All findings of one module, in no particular order.

    Args:
        module: the absolute path of a readable file.
        backend: the thread backend that its fixes shall use.
    """
    finder = _Finder(resolver, propagation, texts, module, backend)
    for facts in resolver.summary(module).functions.values():
        if facts.is_async:
            yield from finder.of_function(facts)


class _Finder:
    def __init__(
        self,
        resolver: Resolver,
        propagation: Propagation,
        texts: Texts,
        module: str,
        backend: str,
    ) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._texts = texts
        self._module = module
        self._backend = backend
        self._handlers = HandlerIndex(resolver)
        self._effects = Effects(resolver, propagation)

    def of_function(self, facts: FunctionFacts) -> Iterator[Diagnostic]:
        function = ProjectFunction(self._module, facts.qualname)
        witnesses = [
            witness
            for site in facts.sites
            if (witness := self._propagation.of_site(function, site)) is not None
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
        for loop in facts.loops:
            if loop.endless and not loop.suspends and not loop.leaves and loop.iterable == NO_PATH:
                yield self._endless(facts, loop.span, loop.header)

    def _blocking(self, facts: FunctionFacts, witness: Witness) -> Diagnostic:
        api, site = witness.api, witness.site
        kind = KIND_BY_WHAT[api.what]
        direct = witness.next is None
        hops = self._propagation.hops(witness)
        rule = kind.rules()[0 if direct else 1]
        text = self._callee(witness)
        through = ""
        if not direct:
            names = [_bare(hop.function.qualname) for hop in hops[1:]]
            through = f" through {' → '.join([*names, api.name])}"
        seldom = _SELDOM[witness.seldom]
        message = f"`{text}` {kind.does} on the event loop{through}{seldom}, in {self._place(facts)}"
        caution = self._caution(witness)
        advice = advise(api, site, text, self._backend, direct=direct, caution=caution)
        return Diagnostic(
            code=rule.code,
            name=rule.name,
            path=self._texts.shown_path(self._module),
            span=site.span,
            message=message,
            api=api.name,
            cost=api.cost,
            trace=tuple(self._hop(hop) for hop in hops),
            handler=self._handler(facts),
            fix=advice.plan,
            why_not=advice.why_not,
            remedy=advice.remedy,
            once=witness.seldom == Guard.ONCE,
        )

    def _caution(self, witness: Witness) -> str | None:
        """What speaks against running what a site calls in a thread."""
        if witness.next is not None:
            return self._effects.reason_against_thread(witness.next)
        outside = self._effects.comes_from_outside(self._module, witness.site.path)
        if witness.api.thread == "sequential" and outside:
            return f"other tasks may use what `{witness.api.name}` belongs to at the same time"
        return None

    def _callee(self, witness: Witness) -> str:
        span = witness.site.span
        if witness.site.kind == SiteKind.CALL:
            return self._texts.callee(self._module, span)
        return self._texts.excerpt(self._module, span)

    def _hop(self, witness: Witness) -> Hop:
        module = witness.function.path
        return Hop(
            path=self._texts.shown_path(module),
            line=witness.site.span.line,
            function=witness.function.qualname,
            text=self._texts.excerpt(module, witness.site.span),
        )

    def _handler(self, facts: FunctionFacts) -> Handler | None:
        return self._handlers.reaching(ProjectFunction(self._module, facts.qualname))

    def _place(self, facts: FunctionFacts) -> str:
        handler = self._handler(facts)
        named = ""
        if handler is not None:
            reached = handler.function != facts.qualname
            named = f" ({'reached from ' if reached else ''}{handler})"
        return f"`async def {_bare(facts.qualname)}`{named}"

    def _endless(self, facts: FunctionFacts, span: Span, header: str) -> Diagnostic:
        rule = LOOP_WITHOUT_AWAIT
        return Diagnostic(
            code=rule.code,
            name=rule.name,
            path=self._texts.shown_path(self._module),
            span=span,
            message=f"`{header}` never gives the event loop a turn, in {self._place(facts)}",
            trace=(
                Hop(self._texts.shown_path(self._module), span.line, facts.qualname, f"{header}:"),
            ),
            handler=self._handler(facts),
            why_not="where to pause, and for how long, depends on what the loop is for",
            remedy="await something in the loop, such as `await asyncio.sleep(interval)`, or run it"
            " in a thread of its own",
        )


def _bare(qualname: str) -> str:
    """A qualified name without the numbers that tell definitions of the same name apart."""
    return ".".join(part.partition("#")[0] for part in qualname.split("."))
