"""Whether a site blocks, given which functions are known to block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.handed import Place, deciding_slots, with_decisions
from flake8_async_block.graph.memoised import how_seldom
from flake8_async_block.graph.outcomes import Blocks, Candidate, Passes, Runs
from flake8_async_block.graph.overriding import Overriding
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.graph.witnesses import LEVELS, Witness, level_of, preference, preferred
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Guard, Site

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


class Known(Protocol):
    """What is known of functions when a site is judged."""

    def witness(self, function: ProjectFunction, asking: ProjectFunction) -> Witness | None:
        """The witness that ``function`` blocks, for a site of ``asking``."""

    def may_look_at(self, variant: ProjectFunction) -> bool:
        """Whether a function may be looked at once more, with some constants that it is given."""

    def does_not_block(self, method: ProjectFunction) -> bool:
        """Whether ``method``, which overrides one that blocks, is known not to."""


class Judge:
    """Judges sites.

    Args:
        resolver: gives the meaning of the code.
        overriding: tells what may run instead of a method.
    """

    def __init__(self, resolver: Resolver, overriding: Overriding) -> None:
        self._resolver = resolver
        self._overriding = overriding

    def best(
        self,
        function: ProjectFunction,
        sites: Iterable[tuple[Site, tuple[Candidate, ...]]],
        known: Known,
    ) -> Witness | None:
        """The best witness among some sites of a function; of equals that of the first."""
        found = [
            witness
            for site, candidates in sites
            if (witness := self.of_site(function, site, candidates, known)) is not None
        ]
        return preferred(found)

    def of_site(
        self,
        function: ProjectFunction,
        site: Site,
        candidates: tuple[Candidate, ...],
        known: Known,
    ) -> Witness | None:
        """The witness for a site, if every candidate is known to block."""
        best: list[Witness] = []
        for candidate in candidates:
            found = [
                witness
                for target in candidate
                if (witness := self._of_target(function, site, target, known)) is not None
            ]
            chosen = preferred(found)
            if chosen is None:
                return None
            best.append(chosen)
        shown = preferred(best)
        if shown is None:
            return None
        last = max(best, key=preference)
        return replace(shown, level=last.level, distance=last.distance)

    def _of_target(
        self,
        function: ProjectFunction,
        site: Site,
        target: Blocks | Runs | Passes,
        known: Known,
    ) -> Witness | None:
        if isinstance(target, Blocks):
            seldom = site.guard
            if target.api.remembers and LEVELS[seldom] < LEVELS[Guard.CACHE_MISS]:
                seldom = Guard.CACHE_MISS
            level = level_of(target.api, seldom)
            return Witness(target.api, function, site, None, level, 1, seldom)
        if not isinstance(target, Runs):
            return None
        called = target.function
        following = last = known.witness(called, function)
        if following is None or last is None:
            return None
        decided = self._as_called(function, site, called, following)
        if decided != called and not known.may_look_at(decided):
            decided = called
        if decided != called:
            following = known.witness(decided, function)
            if following is None:
                return None
            last = max(last, following, key=preference)
        if any(map(known.does_not_block, self._instead(function, site, decided))):
            return None
        remembered = how_seldom(self._resolver, function.path, site, decided)
        seldom = max(site.guard, following.seldom, remembered, key=LEVELS.__getitem__)
        return Witness(
            api=following.api,
            function=function,
            site=site,
            next=decided,
            level=max(last.level, level_of(following.api, seldom)),
            distance=last.distance + 1,
            seldom=seldom,
        )

    def _as_called(
        self, function: ProjectFunction, site: Site, called: ProjectFunction, following: Witness
    ) -> ProjectFunction:
        """What a site runs, with the constants that decide about branches on the way."""
        facts = self._resolver.function_facts(called)
        node = self._resolver.summary(function.path).nodes[site.path]
        then = None
        if following.next is not None:
            then = self._resolver.summary(called.path).nodes[following.site.path]
        slots = deciding_slots(self._resolver, called, following.site.span, then)
        if not slots or node.op != PathOp.CALL:
            return called
        place = Place(function.path, function.given)
        unbound_call = any(
            isinstance(value, ProjectFunction) and not value.receiver
            for value in self._resolver.evaluate(function.path, node.operands[0])
        )
        bound = int(bool(facts.owner) and not unbound_call)
        arguments = Arguments.of(function.path, node)
        return with_decisions(self._resolver, called, slots, arguments, place, bound)

    def _instead(
        self, function: ProjectFunction, site: Site, called: ProjectFunction
    ) -> tuple[ProjectFunction, ...]:
        """What overrides a method that blocks, where the receiver may be of a class below."""
        uses = self._resolver.project.uses
        found = tuple(
            method._replace(receiver=())
            for method in self._overriding.methods_at(function.path, site, called)
        )
        for method in found:
            uses.note(method.path)
        return found
