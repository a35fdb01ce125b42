"""The cost of resolution grows with the size of the project, and no faster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from flake8_async_block.graph import resolve
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.steps import STEPS
from flake8_async_block.graph.values import Values
from flake8_async_block.model.path import PathNode
from tests.graph.asking import path_of, resolver_of

Step = Callable[[Resolver, str, PathNode], Values]


def layers(count: int) -> str:
    """Classes of which each hands its work to two methods of the next."""
    return "\n".join(
        f"""
class Layer{number}:
    def __init__(self):
        self.below = Layer{number + 1}()
    def left(self): return self.below.left() or self.below.right()
    def right(self): return self.below.right() or self.below.left()
"""
        for number in range(count)
    )


def knot(count: int) -> str:
    """Functions that all call one another a little."""
    return "\n".join(
        f"def f{number}(x): return f{(number + 1) % count}(x) or f{(number * 7 + 3) % count}(x)"
        for number in range(count)
    )


def chain(count: int) -> str:
    """One long expression."""
    return "import lib\nlib" + "".join(f".step{number}()" for number in range(count)) + "\n"


@pytest.mark.parametrize("write", [layers, knot, chain])
def test_twice_the_size_is_twice_the_work(
    write: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (steps(write(size), monkeypatch) for size in (40, 80))
    assert small > 40
    assert large < 2.6 * small


def steps(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many steps it takes to evaluate every path of a file."""
    taken: Counter[str] = Counter()

    def counted(step: Step) -> Step:
        def take(resolver: Resolver, module: str, node: PathNode) -> Values:
            taken["steps"] += 1
            return step(resolver, module, node)

        return take

    with monkeypatch.context() as patch:
        patch.setattr(resolve, "STEPS", {op: counted(step) for op, step in STEPS.items()})
        resolver = resolver_of({"main.py": text})
        for path in range(len(resolver.summary(path_of("main.py")).nodes)):
            resolver.evaluate(path_of("main.py"), path)
    return taken["steps"]
