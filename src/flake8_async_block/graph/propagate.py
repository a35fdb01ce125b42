"""Which functions of the project block when they are called, and along which shortest chain.

The part of the call graph that a question reaches is read first; then blocking spreads backward
through it in rounds, one hop a round, so that the first witness a function gets is a shortest one.
A site with several candidates blocks only when every known one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.targets import Blocks, Candidate, Passes, Runs, candidates_of
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.summary import Site

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


@dataclass(frozen=True, slots=True)
class Witness:
    """Why a function or a site blocks.

    The chain is followed, not stored: ``next`` is the function that the site runs, whose own
    witness goes on; None where the site itself blocks.
    """

    api: BlockingApi
    function: ProjectFunction
    site: Site
    next: ProjectFunction | None
    length: int


class Propagation:
    """Answers what blocks, and why; remembers every answer.

    Args:
        resolver: gives the meaning of each site.
        counts: whether an API is one that shall be reported at all.
    """

    def __init__(self, resolver: Resolver, counts: Callable[[BlockingApi], bool]) -> None:
        self._resolver = resolver
        self._counts = counts
        self._witnesses: dict[ProjectFunction, Witness | None] = {}
        self._matters: dict[ProjectFunction, tuple[tuple[Site, tuple[Candidate, ...]], ...]] = {}

    def of_site(self, function: ProjectFunction, site: Site) -> Witness | None:
        """The witness that ``site`` of ``function`` blocks, or None."""
        candidates = self._candidates(function, site)
        for candidate in candidates:
            for target in candidate:
                if isinstance(target, Runs):
                    self.of_function(target.function)
        return self._judge(function, site, candidates)

    def of_function(self, function: ProjectFunction) -> Witness | None:
        """The witness that calling ``function`` blocks, or None."""
        if function not in self._witnesses:
            self._solve(function)
        return self._witnesses[function]

    def hops(self, witness: Witness) -> tuple[Witness, ...]:
        """The witnesses from the given one to the one whose site blocks by itself."""
        found = [witness]
        while found[-1].next is not None:
            following = self._witnesses[found[-1].next]
            assert following is not None
            found.append(following)
        return tuple(found)

    def runs(self, function: ProjectFunction) -> tuple[ProjectFunction, ...]:
        """The functions of the project that ``function`` may run while it runs."""
        return tuple(
            dict.fromkeys(
                target.function
                for _, candidates in self._sites(function)
                for target in chain.from_iterable(candidates)
                if isinstance(target, Runs)
            )
        )

    def blocking_sites(self, function: ProjectFunction) -> Iterator[tuple[Site, BlockingApi]]:
        """The sites of ``function`` that block by themselves, with what blocks there."""
        for site, candidates in self._sites(function):
            for target in chain.from_iterable(candidates):
                if isinstance(target, Blocks):
                    yield site, target.api

    def _sites(self, function: ProjectFunction) -> tuple[tuple[Site, tuple[Candidate, ...]], ...]:
        """The sites of a function that can matter, with what they do."""
        known = self._matters.get(function)
        if known is None:
            facts = self._resolver.function_facts(function)
            known = self._matters[function] = tuple(
                (site, candidates)
                for site in facts.sites
                if (candidates := self._candidates(function, site))
            )
        return known

    def _candidates(self, function: ProjectFunction, site: Site) -> tuple[Candidate, ...]:
        """What the candidates for a site do; nothing if one of them cannot block."""
        found = []
        for candidate in candidates_of(self._resolver, function.path, site):
            matters = tuple(
                target
                for target in candidate
                if isinstance(target, Runs)
                or (isinstance(target, Blocks) and self._counts(target.api))
            )
            if not matters:
                return ()
            found.append(matters)
        return tuple(found)

    def _solve(self, start: ProjectFunction) -> None:
        pending = self._reachable(start)
        while True:
            found = {
                function: witness
                for function in pending
                if (witness := self._shortest(function)) is not None
            }
            if not found:
                break
            self._witnesses.update(found)
            pending = [function for function in pending if function not in found]
        for function in pending:
            self._witnesses[function] = None

    def _reachable(self, start: ProjectFunction) -> list[ProjectFunction]:
        """The functions reached from ``start`` about which nothing is known yet."""
        found: dict[ProjectFunction, None] = {start: None}
        pending = [start]
        while pending:
            for _, candidates in self._sites(pending.pop()):
                for target in chain.from_iterable(candidates):
                    if (
                        isinstance(target, Runs)
                        and target.function not in found
                        and target.function not in self._witnesses
                    ):
                        found[target.function] = None
                        pending.append(target.function)
        return list(found)

    def _shortest(self, function: ProjectFunction) -> Witness | None:
        best: Witness | None = None
        for site, candidates in self._sites(function):
            witness = self._judge(function, site, candidates)
            if witness is not None and (best is None or witness.length < best.length):
                best = witness
        return best

    def _judge(
        self, function: ProjectFunction, site: Site, candidates: tuple[Candidate, ...]
    ) -> Witness | None:
        """The shortest witness for a site, if every candidate is known to block by now."""
        best: Witness | None = None
        for candidate in candidates:
            found = [
                witness
                for target in candidate
                if (witness := self._of_target(function, site, target)) is not None
            ]
            if not found:
                return None
            shortest = min(found, key=lambda witness: witness.length)
            if best is None or shortest.length < best.length:
                best = shortest
        return best

    def _of_target(
        self, function: ProjectFunction, site: Site, target: Blocks | Runs | Passes
    ) -> Witness | None:
        if isinstance(target, Blocks):
            return Witness(target.api, function, site, None, 1)
        if isinstance(target, Runs):
            following = self._witnesses.get(target.function)
            if following is not None:
                return Witness(following.api, function, site, target.function, following.length + 1)
        return None
