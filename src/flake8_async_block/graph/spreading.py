"""Blocking, spread backward through the part of the call graph that a question leads to.

What blocks by itself is known first, then what runs that, and so on, always the nearest first: so
the first witness that a function gets is a shortest one. What every call meets spreads before what
only some calls meet, and that before what happens once: a chain is called seldom only if there is
no other. That is Dijkstra's way, and Knuth's where something needs several others to be known.

A site that may run any of several overriding methods blocks only if all of them do. They may come
back to the same site, as where a composite asks its children; so all are first taken to block, and
as long as one of them turns out not to, it is gone through again without that one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from itertools import chain, count
from typing import Final

from flake8_async_block.graph.judging import Judge
from flake8_async_block.graph.outcomes import Candidate, Runs
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.graph.witnesses import Witness, preference
from flake8_async_block.model.summary import Site

_MOST_VARIANTS: Final = 200
"""Sets of constants with which one function is looked at; others are taken to decide nothing."""
Sites = tuple[tuple[Site, tuple[Candidate, ...]], ...]


class Spreading:
    """One question: which functions block of those to which one leads.

    Args:
        judge: judges sites.
        sites_of: gives the sites of a function that may block, with what they do.
        final: what is known from earlier questions.
    """

    def __init__(
        self,
        judge: Judge,
        sites_of: Callable[[ProjectFunction], Sites],
        final: Mapping[ProjectFunction, Witness | None],
    ) -> None:
        self._judge = judge
        self._sites_of = sites_of
        self._final = final
        self._reached: dict[ProjectFunction, Sites] = {}
        self._variants: Counter[tuple[str, str]] = Counter()
        self._waiting: defaultdict[ProjectFunction, dict[ProjectFunction, None]] = defaultdict(dict)
        """Function → those that are to be judged anew when it is known."""
        self._new: list[ProjectFunction] = []
        """Those reached that have not been judged in this round."""
        self._blocking: dict[ProjectFunction, Witness] = {}
        self._taken_to_block: set[ProjectFunction] = set()
        self._ruled_out: set[ProjectFunction] = set()

    def from_function(self, start: ProjectFunction) -> dict[ProjectFunction, Witness | None]:
        """The witnesses of ``start`` and of all others that had to be looked at for it."""
        self._reach(start)
        while True:
            self._spread()
            mistaken = self._taken_to_block - self._blocking.keys() - self._ruled_out
            if not mistaken:
                return {function: self._blocking.get(function) for function in self._reached}
            self._ruled_out |= mistaken

    # what a judge asks

    def witness(self, function: ProjectFunction, asking: ProjectFunction) -> Witness | None:
        if function in self._final:
            return self._final[function]
        self._reach(function)
        self._waiting[function][asking] = None
        return self._blocking.get(function)

    def may_look_at(self, variant: ProjectFunction) -> bool:
        if variant in self._final or variant in self._reached:
            return True
        self._variants[variant.path, variant.qualname] += 1
        return self._variants[variant.path, variant.qualname] <= _MOST_VARIANTS

    def does_not_block(self, method: ProjectFunction) -> bool:
        if method in self._final:
            return self._final[method] is None
        self._reach(method)
        self._taken_to_block.add(method)
        return method in self._ruled_out

    # the way through the graph

    def _reach(self, start: ProjectFunction) -> None:
        """Look at ``start``, and at all that it may run."""
        pending = [start]
        while pending:
            function = pending.pop()
            if function in self._reached or function in self._final:
                continue
            # What the sites ask for on the way may be the same function.
            sites = self._reached[function] = self._sites_of(function)
            self._new.append(function)
            for _, candidates in sites:
                for target in chain.from_iterable(candidates):
                    if isinstance(target, Runs):
                        self._waiting[target.function][function] = None
                        pending.append(target.function)

    def _spread(self) -> None:
        self._blocking = {}
        self._new = list(self._reached)
        order = count()
        nearest: list[tuple[tuple[int, int], int, ProjectFunction]] = []
        pending: list[ProjectFunction] = []
        while True:
            while pending or self._new:
                function = pending.pop() if pending else self._new.pop()
                if function not in self._blocking:
                    found = self._judge.best(function, self._reached[function], self)
                    if found is not None:
                        heappush(nearest, (preference(found), next(order), function))
            if not nearest:
                return
            distance, _, function = heappop(nearest)
            if function in self._blocking:
                continue
            # Of several sites that are equally near the first one counts: now all are known.
            found = self._judge.best(function, self._reached[function], self)
            if found is not None and preference(found) == distance:
                self._blocking[function] = found
                pending.extend(self._waiting[function])
