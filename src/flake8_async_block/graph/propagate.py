"""Which functions of the project block when they are called, and along which shortest chain.

What the sites of functions do is found out here, and every answer is remembered; how blocking
spreads from one to the other is told in :mod:`.spreading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.contention import Contention, is_lock
from flake8_async_block.graph.handed import concerns, is_dead
from flake8_async_block.graph.judging import Judge
from flake8_async_block.graph.outcomes import Blocks, Candidate, Runs, Target
from flake8_async_block.graph.overriding import Overriding
from flake8_async_block.graph.special_methods import definitions_of
from flake8_async_block.graph.spreading import Spreading
from flake8_async_block.graph.subclasses import implementations
from flake8_async_block.graph.targets import callees_of, candidates_of
from flake8_async_block.graph.unblocked import is_unblocked
from flake8_async_block.graph.values import Given, ProjectFunction
from flake8_async_block.graph.witnesses import LEVELS, Perhaps, Witness, preferred
from flake8_async_block.model.summary import Guard, Site

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


class Propagation:
    """Answers what blocks, and why; remembers every answer.

    Args:
        resolver: gives the meaning of each site.
        counts: whether an API is one that shall be reported at all.
        locks: whether waiting for a lock that is held for long blocks, too.
    """

    def __init__(
        self, resolver: Resolver, counts: Callable[[BlockingApi], bool], *, locks: bool = True
    ) -> None:
        self._resolver = resolver
        self._uses = resolver.project.uses
        self.counts: Final = counts
        self._witnesses: dict[ProjectFunction, Witness | None] = {}
        self._matters: dict[ProjectFunction, tuple[tuple[Site, tuple[Candidate, ...]], ...]] = {}
        # A lock is not held for long because somebody waits for it, or in turn for another.
        meanwhile = Propagation(resolver, counts, locks=False) if locks else self
        self.contention: Final = Contention(resolver, meanwhile.blocks_often)
        self._locks = locks
        self._operators: dict[str, bool] = {}
        self._divided: set[tuple[str, int]] = set()
        """The sites that may do more than one thing."""
        self._overriding: Final = Overriding(resolver)
        self._judge: Final = Judge(resolver, self._overriding)
        self._known_candidates: dict[tuple[str, int, str, bool, Given], tuple[Candidate, ...]] = {}

    def of_site(self, function: ProjectFunction, site: Site) -> Witness | None:
        """The witness that ``site`` of ``function`` blocks, or None."""
        candidates = self._candidates(function, site)
        if site.guard not in LEVELS:
            return None
        return self._judge.of_site(function, site, candidates, self)

    def blocks_often(self, function: ProjectFunction, site: Site) -> bool:
        """Whether a site blocks more than once in the life of the process."""
        witness = self.of_site(function, site)
        return witness is not None and witness.seldom != Guard.ONCE

    def sites(self, function: ProjectFunction) -> Iterator[Site]:
        """The sites of ``function`` that may block; all others do something known that does not."""
        for site, _ in self._sites(function):
            yield site

    def of_function(self, function: ProjectFunction) -> Witness | None:
        """The witness that calling ``function`` blocks, or None."""
        if function not in self._witnesses:
            question = Spreading(self._judge, self._sites, self._witnesses)
            self._witnesses.update(question.from_function(function))
        return self._witnesses[function]

    def hops(self, witness: Witness) -> tuple[Witness, ...]:
        """The witnesses from the given one to the one whose site blocks by itself."""
        found = [witness]
        while found[-1].next is not None:
            following = self.of_function(found[-1].next)
            assert following is not None
            found.append(following)
        return tuple(found)

    def runs(self, function: ProjectFunction) -> tuple[ProjectFunction, ...]:
        """The functions of the project that ``function`` may run while it runs."""
        return tuple(dict.fromkeys(called for _, called in self.runs_at(function)))

    def runs_at(self, function: ProjectFunction) -> Iterator[tuple[Site, ProjectFunction]]:
        """The functions of the project that ``function`` may run, each with a site that does."""
        for site, candidates in self._sites(function):
            for target in chain.from_iterable(candidates):
                if isinstance(target, Runs):
                    yield site, target.function

    def certain_calls(self, function: ProjectFunction) -> Iterator[tuple[Site, ProjectFunction]]:
        """The sites of ``function`` that can only run one function of the project, and that one."""
        for site, candidates in self._sites(function):
            targets = candidates[0] if len(candidates) == 1 else ()
            if len(targets) == 1 and isinstance(targets[0], Runs):
                yield site, targets[0].function

    def blocking_sites(self, function: ProjectFunction) -> Iterator[tuple[Site, BlockingApi]]:
        """The sites of ``function`` that block by themselves, with what blocks there."""
        for site, candidates in self._sites(function):
            for target in chain.from_iterable(candidates):
                if isinstance(target, Blocks):
                    yield site, target.api

    def _sites(self, function: ProjectFunction) -> tuple[tuple[Site, tuple[Candidate, ...]], ...]:
        """The sites of a function that can matter, with what they do."""
        uses = self._uses
        if function.path != uses.current:
            uses.note(function.path)
        known = self._matters.get(function)
        if known is None:
            known = self._matters[function] = uses.on_behalf_of(
                function.path, partial(self._read_sites, function)
            )
        return known

    def _read_sites(
        self, function: ProjectFunction
    ) -> tuple[tuple[Site, tuple[Candidate, ...]], ...]:
        facts = self._resolver.function_facts(function)
        return tuple(
            (site, candidates)
            for site in facts.sites
            if site.guard in LEVELS
            and not (function.given and is_dead(self._resolver, function, facts, site.span))
            and (candidates := self._candidates(function, site))
        )

    def _candidates(self, function: ProjectFunction, site: Site) -> tuple[Candidate, ...]:
        """What the candidates for a site do; nothing if one of them cannot block."""
        if site.kind[0] == "_" and not self._may_block(site.kind):
            return ()
        given = function.given
        if given:
            summary = self._resolver.summary(function.path)
            if not concerns(summary, summary.nodes[site.path], given):
                given = ()
        key = (function.path, site.path, site.kind, site.awaited, given)
        known = self._known_candidates.get(key)
        if known is None:
            if self._uses.current == function.path:
                known = self._find_candidates(function.path, site, given)
            else:
                known = self._uses.on_behalf_of(
                    function.path, partial(self._find_candidates, function.path, site, given)
                )
            if known and any(_may_be_unblocked(target) for target in chain.from_iterable(known)):
                # It depends on what else the function does, so it is not kept for the others.
                return () if self.is_unblocked(function, site, known) else known
            self._known_candidates[key] = known
        return known

    def is_unblocked(
        self, function: ProjectFunction, site: Site, candidates: tuple[Candidate, ...]
    ) -> bool:
        """Whether ``function`` told the object of ``site`` before not to block."""
        return any(
            isinstance(target, Blocks) and is_unblocked(self._resolver, function, site, target.api)
            for target in chain.from_iterable(candidates)
        )

    def _find_candidates(self, module: str, site: Site, given: Given) -> tuple[Candidate, ...]:
        found = []
        candidates = candidates_of(self._resolver, module, site, given)
        if len(candidates) > 1:
            self._divided.add((module, site.path))
        for candidate in candidates:
            matters = tuple(
                target
                for target in candidate
                if isinstance(target, Runs)
                or (isinstance(target, Blocks) and self._counts(module, site, target.api))
            )
            if not matters:
                return ()
            found.append(matters)
        return tuple(found)

    def _counts(self, module: str, site: Site, api: BlockingApi) -> bool:
        if not is_lock(api):
            return self.counts(api)
        return self._locks and (
            self.counts(api) or self.contention.holding(api, module, site) is not None
        )

    def _may_block(self, operator: str) -> bool:
        """Whether any class of the project gives an operator a meaning that blocks."""
        uses, question = self._resolver.project.uses, f"operator {operator}"
        uses.note(question)
        known = self._operators.get(operator)
        if known is None:
            # While that is being found out, all of them may.
            self._operators[operator] = True
            known = self._operators[operator] = operator in ("__set__", "__delete__") or (
                uses.on_behalf_of(question, lambda: self._does_any_block(operator))
            )
        return known

    def _does_any_block(self, operator: str) -> bool:
        methods = definitions_of(self._resolver, operator)
        for method in methods:
            self._uses.note(method.path)
        return any(self.of_function(method) is not None for method in methods)

    # what a judge asks

    def witness(self, function: ProjectFunction, asking: ProjectFunction) -> Witness | None:
        """See :class:`Known`."""
        return self.of_function(function)

    def may_look_at(self, variant: ProjectFunction) -> bool:
        """See :class:`Known`."""
        return True

    def does_not_block(self, method: ProjectFunction) -> bool:
        """See :class:`Known`."""
        return self.of_function(method) is None

    def perhaps(self, function: ProjectFunction, site: Site) -> Perhaps | None:
        """What a site runs of which only some implementations block, or None.

        Only for a site that has no witness.
        """
        key = (function.path, site.path)
        if key not in self._divided and not self._overriding.is_known_at(*key):
            return None
        values = callees_of(self._resolver, function.path, site)
        if site.guard not in LEVELS or len(values) != 1:
            return None
        (value,) = values
        if not isinstance(value, ProjectFunction):
            return None
        methods = implementations(self._resolver, function.path, site, value)
        for method in methods:
            self._resolver.project.uses.note(method.path)
        found = [
            witness
            for method in methods
            if (witness := self.of_function(method._replace(receiver=()))) is not None
        ]
        if not found or len(found) == len(methods):
            return None
        best = preferred(found) or found[0]
        own = replace(
            best, function=function, site=site, next=best.function, distance=best.distance + 1
        )
        return Perhaps(own, len(found), len(methods))


def _may_be_unblocked(target: Target) -> bool:
    return isinstance(target, Blocks) and bool(target.api.unblocked_by)
