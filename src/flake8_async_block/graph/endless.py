"""Which loops have no end, and which functions never return because of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.fixed import keeps_going
from flake8_async_block.graph.iterables import never_ends
from flake8_async_block.graph.values import External, ProjectFunction
from flake8_async_block.model.path import NO_PATH
from flake8_async_block.model.summary import FunctionFacts, Loop, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.propagate import Propagation
    from flake8_async_block.graph.resolve import Resolver

_NEVER: Final = frozenset(
    {"typing.NoReturn", "typing.Never", "typing_extensions.NoReturn", "typing_extensions.Never"}
)


class EndlessCall(NamedTuple):
    """A call that does not return: the sites on the way, and the loop at the end of it."""

    way: tuple[tuple[ProjectFunction, Site], ...]
    function: ProjectFunction
    loop: Loop


class Endless:
    """Answers what never ends; remembers the functions that do."""

    def __init__(self, resolver: Resolver, propagation: Propagation) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._ends: set[ProjectFunction] = set()
        self._asked: set[ProjectFunction] = set()

    def loops_of(self, function: ProjectFunction) -> tuple[Loop, ...]:
        """The loops of ``function`` that nothing leaves, whether or not they suspend."""
        facts = self._resolver.function_facts(function)
        if not facts.loops:
            return ()
        return self._resolver.project.uses.on_behalf_of(
            function.path, lambda: self._loops_in(function, facts)
        )

    def _loops_in(self, function: ProjectFunction, facts: FunctionFacts) -> tuple[Loop, ...]:
        return tuple(
            loop
            for loop in facts.loops
            if loop.endless
            and not loop.leaves
            and not self._is_left_by_call(function.path, facts, loop)
            and self._has_no_end(function, loop)
        )

    def calls_of(self, function: ProjectFunction) -> Iterator[EndlessCall]:
        """The calls in ``function`` that never return, each along a shortest way."""
        for site, called in self._propagation.certain_calls(function):
            found = self._search(called, ((function, site),))
            if found is not None:
                yield found

    def of_function(self, function: ProjectFunction) -> EndlessCall | None:
        """Why the sync ``function`` never returns once it is called, or None."""
        return self._search(function, ())

    def _search(
        self, start: ProjectFunction, way: tuple[tuple[ProjectFunction, Site], ...]
    ) -> EndlessCall | None:
        if start in self._ends:
            return None
        seen = {start}
        level = [(start, way)]
        while level:
            following: list[tuple[ProjectFunction, tuple[tuple[ProjectFunction, Site], ...]]] = []
            for function, before in level:
                if function in self._ends:
                    continue
                facts = self._resolver.function_facts(function)
                if facts.is_async or facts.is_generator:
                    continue
                for loop in self.loops_of(function):
                    return EndlessCall(before, function, loop)
                for site, called in self._propagation.certain_calls(function):
                    if called not in seen:
                        seen.add(called)
                        following.append((called, (*before, (function, site))))
            level = following
        self._ends |= seen
        return None

    def _has_no_end(self, function: ProjectFunction, loop: Loop) -> bool:
        if loop.iterable != NO_PATH:
            return never_ends(self._resolver, function.path, loop.iterable, self._runs_forever)
        return not loop.decided_by or keeps_going(self._resolver, function, loop)

    def _runs_forever(self, generator: ProjectFunction) -> bool:
        """Whether a generator function never stops giving elements, once one is in its loop."""
        if generator in self._asked:
            return False
        self._asked.add(generator)
        try:
            return bool(self.loops_of(generator))
        finally:
            self._asked.discard(generator)

    def _is_left_by_call(self, module: str, facts: FunctionFacts, loop: Loop) -> bool:
        """Whether a function is called in the loop that is known never to return."""
        nodes = self._resolver.summary(module).nodes
        for site in facts.sites:
            if site.kind != SiteKind.CALL or not loop.extent[:2] <= site.span[:2] < loop.extent[2:]:
                continue
            for value in self._resolver.evaluate(module, nodes[site.path].operands[0]):
                if isinstance(value, ProjectFunction):
                    called = self._resolver.function_facts(value)
                    declared = self._resolver.evaluate(value.path, called.returns)
                    if any(isinstance(it, External) and it.name in _NEVER for it in declared):
                        return True
        return False
