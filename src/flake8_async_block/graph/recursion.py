"""Values that lead back into themselves: remembered, finished, and the same in any order.

``def f(): return f() or g()`` asks for ``f`` while ``f`` is being worked out. Such a question is
first answered with "it is defined by itself"; when the circle is complete it is gone through
again with what came out, until nothing new does. Whatever was found on the way is kept for one
round and, once nothing changes, for good: each member of a circle is worked out once a round,
and which of them was asked for first makes no difference.

A chain of questions that is longer than the interpreter's stack is worked out from its far end:
what lies too deep is answered first, and then the question that led there is asked again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable
from itertools import islice
from typing import Any, Final

from flake8_async_block.graph.values import DEFINED_BY_ITSELF, Unknown, Values

_MAX_DEPTH: Final = 250
"""Questions within questions; a chain that is longer is cut into pieces."""
_FRAMES_PER_QUESTION: Final = 24
_MAX_CANDIDATES: Final = 16
_MAX_ROUNDS: Final = 5
_MAX_NESTING: Final = 4
"""How deep values may be nested of which every round makes more, such as lists of lists."""
_ALONE: Final = 1 << 30
_START: Final[Values] = (DEFINED_BY_ITSELF,)


class _TooDeepError(Exception):
    """A question lies too deep to be worked out where it was asked."""

    def __init__(self, key: Hashable, compute: Callable[[], Values]) -> None:
        super().__init__(key)
        self.key = key
        self.compute = compute


class Memory:
    """Answers, and the questions that are being worked out."""

    def __init__(self) -> None:
        self.known: dict[Hashable, Values] = {}
        """The answers that are final."""
        self._provisional: dict[Hashable, tuple[Values, int]] = {}
        """Answers of this round, with the outermost open question that they rest on."""
        self._open: dict[Hashable, int] = {}
        self._assumed: dict[Hashable, Values] = {}
        """What questions of a circle were answered in the last round."""
        self._outermost = _ALONE
        """The outermost open question that the one in work rests on, by its depth."""
        self._changed = False

    def answer(self, key: Hashable, compute: Callable[[], Values]) -> Values:
        """Work out the answer to ``key``, unless it is known or being worked out.

        Args:
            key: the question; a question has the same key whenever it is asked.
            compute: works out the answer, by asking others.
        """
        known = self.known.get(key)
        if known is not None:
            return known
        depth = self._open.get(key)
        if depth is not None:
            self._outermost = min(self._outermost, depth)
            return self._assumed.setdefault(key, _START)
        provisional = self._provisional.get(key)
        if provisional is not None:
            self._outermost = min(self._outermost, provisional[1])
            return provisional[0]
        if not self._open:
            return self._first(key, compute)
        if len(self._open) > _MAX_DEPTH:
            raise _TooDeepError(key, compute)
        return self._work_out(key, compute)

    def _first(self, key: Hashable, compute: Callable[[], Values]) -> Values:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + _MAX_DEPTH * _FRAMES_PER_QUESTION)
        try:
            return self._work_out(key, compute)
        except _TooDeepError:
            self._start_again()
            return self._from_the_far_end(key, compute)
        finally:
            sys.setrecursionlimit(limit)
            if self._provisional or self._assumed:
                self._start_again()

    def _from_the_far_end(self, key: Hashable, compute: Callable[[], Values]) -> Values:
        pending = {key: compute}
        while pending:
            latest = next(reversed(pending))
            try:
                self._work_out(latest, pending[latest])
            except _TooDeepError as deep:
                self._start_again()
                if deep.key in pending:
                    # A circle that is longer than the stack.
                    self.known[deep.key] = (Unknown("the chain of definitions is too long"),)
                else:
                    pending[deep.key] = deep.compute
            else:
                del pending[latest]
        return self.known[key]

    def _start_again(self) -> None:
        self._provisional.clear()
        self._assumed.clear()
        self._outermost, self._changed = _ALONE, False

    def _work_out(self, key: Hashable, compute: Callable[[], Values]) -> Values:
        depth = self._open[key] = len(self._open)
        outside, changed_outside = self._outermost, self._changed
        self._outermost, self._changed = _ALONE, False
        before = len(self._provisional)
        try:
            answer = _tidy(compute())
            if self._outermost == _ALONE:
                # It rests on nothing that is still open: by far the most frequent case.
                self.known[key] = answer
                self._outermost, self._changed = outside, changed_outside
                return answer
            answer = self._go_round(key, compute, answer, depth, before)
        finally:
            del self._open[key]
        if self._outermost >= depth:
            self.known[key] = answer
            self._settle_since(before)
            self._assumed.pop(key, None)
            self._outermost, self._changed = outside, changed_outside
        else:
            # Part of a larger circle, which decides when this is final.
            self._rest_on_since(before, self._outermost)
            self._provisional[key] = (answer, self._outermost)
            self._outermost = min(outside, self._outermost)
            self._changed = self._changed or changed_outside
        return answer

    def _go_round(
        self,
        key: Hashable,
        compute: Callable[[], Values],
        answer: Values,
        depth: int,
        before: int,
    ) -> Values:
        """Work out what leads back to itself, or to a question around it, until it is stable."""
        for further in range(_MAX_ROUNDS):
            if further:
                self._outermost, self._changed = _ALONE, False
                answer = _tidy(compute())
            if self._outermost < _ALONE:
                answer = _cut(answer, _MAX_NESTING)
            if key in self._assumed and set(self._assumed[key]) != set(answer):
                self._assumed[key] = answer
                self._changed = True
            if self._outermost != depth or not self._changed:
                break
            self._forget_since(before)
        return answer

    def _since(self, position: int) -> list[Hashable]:
        """The questions answered provisionally after the first ``position`` ones."""
        return list(islice(reversed(self._provisional), len(self._provisional) - position))

    def _forget_since(self, position: int) -> None:
        for key in self._since(position):
            del self._provisional[key]

    def _settle_since(self, position: int) -> None:
        for key in self._since(position):
            self.known[key], _ = self._provisional.pop(key)
            self._assumed.pop(key, None)

    def _rest_on_since(self, position: int, outermost: int) -> None:
        for key in self._since(position):
            answer, former = self._provisional[key]
            self._provisional[key] = (answer, min(former, outermost))


def _tidy(answer: Values) -> Values:
    """Not too many candidates, and no mention of the circle where there is another."""
    if len(answer) > 1 and DEFINED_BY_ITSELF in answer:
        answer = tuple(value for value in answer if value != DEFINED_BY_ITSELF)
    if len(answer) > _MAX_CANDIDATES:
        return (Unknown("too many candidates"),)
    return answer


def _cut(answer: Values, levels: int) -> Values:
    """The same values, with what is nested more than ``levels`` deep left open."""
    if not levels:
        return _START
    return tuple(
        value if _is_flat(value) else type(value)(*[_cut_field(field, levels) for field in value])
        for value in answer
    )


def _is_flat(value: Iterable[Any]) -> bool:
    """Whether a value holds no others, which is so of most."""
    return all(not field or type(field) is str for field in value)


def _cut_field(field: Any, levels: int) -> Any:
    if not isinstance(field, tuple) or not field:
        return field
    if hasattr(field, "_fields"):
        # A value that is part of another, such as the class of an instance.
        return type(field)(*[_cut_field(each, levels) for each in field])
    if hasattr(field[0], "_fields"):
        return _cut(field, levels - 1)
    return tuple(_cut_field(each, levels) for each in field)
