"""How a finding comes about, step by step: who brings the call to the event loop, and what it runs.

A message has one line and says what; this is for those who ask why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.contexts import Context, Contexts
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.targets import candidates_of
from flake8_async_block.graph.values import ProjectClass, ProjectFunction
from flake8_async_block.graph.witnesses import Witness
from flake8_async_block.model.diagnostic import Diagnostic, Handler, Hop
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts, Guard, SiteKind
from flake8_async_block.rules.kinds import KIND_BY_WHAT
from flake8_async_block.rules.scene import Texts, bare

_COSTS: Final = {
    "unbounded": "nothing limits how long that takes",
    "bounded": "on a slow or remote disk that takes long",
    "cpu": "that keeps the processor busy",
    "brief": "that is over at once, as a rule",
}
_RUNS: Final = {
    SiteKind.CALL: "calls",
    SiteKind.ATTRIBUTE: "reads an attribute, which runs",
    SiteKind.ENTER: "enters a `with` block, which runs",
    SiteKind.ITERATE: "iterates, which runs",
    SiteKind.ITEM: "reads an item, which runs",
}
_SELDOM: Final = {
    Guard.ERROR: ", only on an error path",
    Guard.CACHE_MISS: ", only on a cache miss",
    Guard.ONCE: ", only once",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of source on the way.

    Args:
        path: relative to the project's root, with ``/``.
        line: counts from 1.
        function: the qualified name of the function that holds it.
        source: the line, without indentation.
        why: what happens there, for people.
    """

    path: str
    line: int
    function: str
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """How a finding comes about.

    Args:
        handlers: the entry points that reach it, the nearest first.
        arrival: the calls from the nearest entry point to the function that holds the finding.
        place: why that function runs where it runs, a sentence without a full stop.
        steps: the reported call and those behind it, up to the one that blocks.
        api_note: what is special about the API that blocks, or empty.
        evidence: where it is written that it blocks: a link, or a file of the package; or empty.
    """

    handlers: tuple[Handler, ...]
    arrival: tuple[Step, ...]
    place: str
    steps: tuple[Step, ...]
    api_note: str = ""
    evidence: str = ""


class Storyteller:
    """Tells the stories of findings in one project."""

    def __init__(
        self, resolver: Resolver, propagation: Propagation, contexts: Contexts, texts: Texts
    ) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._contexts = contexts
        self._texts = texts

    def tell(self, diagnostic: Diagnostic, function: ProjectFunction) -> Story:
        """The story of a finding in ``function``."""
        story = Story(
            handlers=diagnostic.handlers,
            arrival=tuple(self._arrival(function)),
            place=self.place(function),
            steps=tuple(self._as_traced(hop) for hop in diagnostic.trace),
        )
        for site in self._resolver.function_facts(function).sites:
            if site.span != diagnostic.span:
                continue
            # One span may be a call, and what enters or iterates over its result.
            witness = self._propagation.of_site(function, site)
            if witness is not None and witness.api.name == diagnostic.api:
                return replace(
                    story,
                    steps=tuple(self._step(hop) for hop in self._propagation.hops(witness)),
                    api_note=witness.api.note,
                    evidence=witness.api.evidence,
                )
        return story

    def place(self, function: ProjectFunction) -> str:
        """Where a function runs, and how that is known."""
        where = self._contexts.context_of(function)
        name = _named(function)
        if where.context is Context.LOOP:
            if self._resolver.function_facts(function).is_async:
                return f"`{name}` is an `async def`: it runs on the event loop"
            return f"{where.reason}: `{name}` keeps it until it returns"
        if where.context is Context.THREAD:
            return f"`{name}` does not run on the event loop: {where.reason}"
        return f"`{name}` is not known to run on the event loop by itself: {where.reason}"

    def _as_traced(self, hop: Hop) -> Step:
        return Step(hop.path, hop.line, hop.function, self._texts.line(hop.path, hop.line), "")

    def _step(self, witness: Witness) -> Step:
        function, site = witness.function, witness.site
        path = self._texts.shown_path(function.path)
        return Step(
            path=path,
            line=site.span.line,
            function=_named(function),
            source=self._texts.line(path, site.span.line),
            why=self._why(witness) + _SELDOM.get(site.guard, ""),
        )

    def _why(self, witness: Witness) -> str:
        if witness.next is None:
            return _why_it_blocks(witness.api)
        runs = f"{_RUNS[witness.site.kind]} `{_named(witness.next)}`"
        candidates = len(candidates_of(self._resolver, witness.function.path, witness.site))
        if candidates > 1:
            return f"{runs}, or one of {candidates - 1} others which block, too"
        return runs

    def _arrival(self, function: ProjectFunction) -> Iterator[Step]:
        """The calls by which the nearest entry point reaches the function."""
        reaches = self._contexts.reaching(function)
        way = reaches[0].way if reaches else ()
        for caller, called in pairwise(way):
            if called.qualname.startswith(f"{caller.qualname}.<"):
                # A lambda or a generator expression: the line that it stands in is told next.
                continue
            facts = self._resolver.function_facts(caller)
            line = self._calling_line(caller, facts, called)
            path = self._texts.shown_path(caller.path)
            yield Step(
                path=path,
                line=line,
                function=_named(caller),
                source=self._texts.line(path, line),
                why=f"gets to `{_named(called)}`",
            )

    def _calling_line(
        self, caller: ProjectFunction, facts: FunctionFacts, called: ProjectFunction
    ) -> int:
        """The line that calls a function or hands it on; the caller's own where none does."""
        nodes = self._resolver.summary(caller.path).nodes
        owner = self._resolver.function_facts(called).owner
        meant = (called, ProjectClass(called.path, owner)) if owner else (called,)
        for site in facts.sites:
            node = nodes[site.path]
            for operand in node.operands if node.op == PathOp.CALL else ():
                values = self._resolver.evaluate(caller.path, operand)
                if any(
                    isinstance(value, (ProjectFunction, ProjectClass))
                    and any((value.path, value.qualname) == (m.path, m.qualname) for m in meant)
                    for value in values
                ):
                    return site.span.line
        return facts.span.line


def _named(function: ProjectFunction) -> str:
    """A function as people call it; a lambda goes by the function around it."""
    return bare(function.qualname.partition(".<")[0])


def _why_it_blocks(api: BlockingApi) -> str:
    return f"`{api.name}` {KIND_BY_WHAT[api.what].does}: {_COSTS[api.cost]} (cost `{api.cost}`)"
