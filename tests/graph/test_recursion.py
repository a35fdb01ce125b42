"""Questions that lead back to themselves have an answer, the same in any order."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping

import pytest

from flake8_async_block.graph.recursion import Memory
from flake8_async_block.graph.values import DEFINED_BY_ITSELF, Literal, Unknown, Values, merge
from tests.graph.asking import check_values, path_of, resolver_of

ONE, TWO = Literal("1"), Literal("2")


class Web:
    """Questions about numbers: each is answered by ``own`` values and by the answers to others."""

    def __init__(self, own: Mapping[int, Values], asks: Mapping[int, tuple[int, ...]]) -> None:
        self.own = own
        self.asks = asks
        self.memory = Memory()
        self.computed = 0

    def answer(self, number: int) -> Values:
        def compute() -> Values:
            self.computed += 1
            return merge(
                self.own.get(number, ()), *[self.answer(other) for other in self.asks[number]]
            )

        return self.memory.answer(number, compute)


def test_a_question_is_worked_out_once() -> None:
    web = Web({2: (ONE,)}, {0: (1, 1, 2), 1: (2,), 2: ()})
    assert web.answer(0) == (ONE,)
    assert web.answer(1) == (ONE,)
    assert web.computed == 3


def test_a_question_about_itself() -> None:
    assert Web({0: (ONE,)}, {0: (0,)}).answer(0) == (ONE,)
    assert Web({}, {0: (0,)}).answer(0) == (DEFINED_BY_ITSELF,)


def test_all_members_of_a_circle_have_the_same_answer() -> None:
    for first in range(3):
        web = Web({1: (ONE,), 2: (TWO,)}, {0: (1,), 1: (2,), 2: (0,)})
        web.answer(first)
        assert [set(web.answer(number)) for number in range(3)] == [{ONE, TWO}] * 3


@pytest.mark.parametrize("seed", range(20))
def test_circles_within_circles(seed: int) -> None:
    """Each question gets what can be reached from it, whichever is asked first."""
    chooser = random.Random(seed)
    size = 9
    own = {number: (Literal(str(number)),) for number in range(size) if chooser.random() < 0.4}
    asks = {
        number: tuple(chooser.choices(range(size), k=chooser.randrange(4)))
        for number in range(size)
    }
    reached = {number: _reachable(number, asks) for number in range(size)}
    for _ in range(5):
        web = Web(own, asks)
        order = chooser.sample(range(size), size)
        for number in order:
            expected = {value for other in reached[number] for value in own.get(other, ())}
            assert {value for value in web.answer(number) if value != DEFINED_BY_ITSELF} == expected


def _reachable(start: int, asks: Mapping[int, tuple[int, ...]]) -> set[int]:
    found, pending = {start}, [start]
    while pending:
        new = set(asks[pending.pop()]) - found
        found |= new
        pending.extend(new)
    return found


def test_the_work_in_a_circle_does_not_explode() -> None:
    size = 60
    asks = {number: tuple((number + step) % size for step in (1, 2, 3)) for number in range(size)}
    web = Web({0: (ONE,)}, asks)
    assert web.answer(5) == (ONE,)
    assert web.computed < 10 * size


def test_a_question_that_fails_leaves_nothing_behind() -> None:
    memory = Memory()

    def fail() -> Values:
        memory.answer("inner", lambda: (ONE,))
        raise KeyError

    with pytest.raises(KeyError):
        memory.answer("outer", fail)
    assert memory.answer("outer", lambda: (TWO,)) == (TWO,)


def test_the_interpreter_keeps_its_limit() -> None:
    limit = sys.getrecursionlimit()
    Web({}, {0: (0,)}).answer(0)
    assert sys.getrecursionlimit() == limit


def test_too_many_candidates_are_none() -> None:
    many = tuple(Literal(str(number)) for number in range(40))
    (value,) = Memory().answer("x", lambda: many)
    assert value == Unknown("too many candidates")


def test_values_of_functions_in_circles() -> None:
    check_values("""
        import requests

        def first(n): return second(n)
        def second(n): return third(n) if n else requests.Session()
        def third(n): return first(n)
        def endless(): return endless()
        def nested(n): return [nested(n)]

        class Node:
            def __init__(self): self.parent = Node()
            def root(self): return self.parent.root() or self

        reveal_type(third(1))  # requests.Session@
        reveal_type(first(1))  # requests.Session@
        reveal_type(endless())  # ?it is defined by itself
        reveal_type(Node().root().parent.parent.root())  # Node@
        reveal_type(nested(1))  # sequence
    """)


def functions(number: int) -> str:
    return f"def f{number}(): return f{number + 1}()"


def properties(number: int) -> str:
    return f"class C{number}:\n  @property\n  def x(self): return C{number + 1}().x"


def managers(number: int) -> str:
    return f"def f{number}():\n  with f{number + 1}() as x: return x"


@pytest.mark.parametrize("write", [functions, properties, managers])
def test_chains_longer_than_the_stack(write: Callable[[int], str]) -> None:
    text = "\n".join(map(write, range(2000)))
    resolver = resolver_of({"main.py": f"{text}\nf2000 = C2000 = int\n"})
    nodes = resolver.summary(path_of("main.py")).nodes
    for path in range(len(nodes)):
        assert resolver.evaluate(path_of("main.py"), path)
