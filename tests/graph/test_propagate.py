"""Which functions block, along which shortest chain."""

from __future__ import annotations

import random

import pytest

from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.values import ProjectFunction
from tests.graph.asking import path_of, resolver_of


def chain(text: str, function: str, *, reported: tuple[str, ...] = ("unbounded",)) -> str:
    """The chain by which a function blocks: ``outer → inner → api``, or empty."""
    resolver = resolver_of({"main.py": text})
    propagation = Propagation(resolver, lambda api: api.cost in reported)
    witness = propagation.of_function(ProjectFunction(path_of("main.py"), function))
    if witness is None:
        return ""
    hops = [hop.function.qualname for hop in propagation.hops(witness)]
    return " → ".join([*hops, witness.api.name])


HELPERS = """
    import time

    def direct(): time.sleep(1)
    def near(): direct()
    def far(): near()
    def both(): far(); near()
    def quiet(): return 1
    def circle(): other_circle()
    def other_circle(): circle(); far()
    def endless(): endless()
    async def coroutine(): time.sleep(1)
    def makes_coroutine(): coroutine()
    def mentions(): return direct
    def generates():
        direct()
        yield
    def consumes(): list(generates())
    def makes_generator(): return generates()
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("direct", "direct → time.sleep"),
        ("near", "near → direct → time.sleep"),
        ("far", "far → near → direct → time.sleep"),
        ("both", "both → near → direct → time.sleep"),
        ("quiet", ""),
        ("circle", "circle → other_circle → far → near → direct → time.sleep"),
        ("other_circle", "other_circle → far → near → direct → time.sleep"),
        ("endless", ""),
        ("makes_coroutine", ""),
        ("mentions", ""),
        ("consumes", "consumes → generates → direct → time.sleep"),
        ("makes_generator", ""),
    ],
)
def test_chains(function: str, expected: str) -> None:
    assert chain(HELPERS, function) == expected


def test_every_candidate_must_block() -> None:
    text = """
        import time

        def slow(): time.sleep(1)
        def slower(): slow()
        def quiet(): return 1

        def any_slow(flag): (slow if flag else slower)()
        def perhaps(flag): (slow if flag else quiet)()
    """
    assert chain(text, "any_slow") == "any_slow → slow → time.sleep"
    assert chain(text, "perhaps") == ""


def test_costs_below_the_line_do_not_count() -> None:
    text = """
        import os, time

        def looks(): os.path.exists("x")
        def looks_and_waits(): looks(); time.sleep(1)
    """
    assert chain(text, "looks") == ""
    assert chain(text, "looks", reported=("brief",)) == "looks → os.path.exists"
    assert chain(text, "looks_and_waits") == "looks_and_waits → time.sleep"


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    resolver = resolver_of({"main.py": HELPERS})
    names = [name for name in resolver.summary(path_of("main.py")).functions if name[0] != "<"]
    answers = []
    for order in (names, names[::-1]):
        propagation = Propagation(resolver, lambda _: True)
        answers.append(
            {
                name: propagation.of_function(ProjectFunction(path_of("main.py"), name))
                for name in order
            }
        )
    assert answers[0] == answers[1]


ENTANGLED = """
    import threading, time

    LOCK = threading.Lock()

    def far(): far1()
    def far1(): far2()
    def far2(): far3()
    def far3(): time.sleep(1)
    def near(): near1()
    def near1(): time.sleep(2)
    def both(): far(); near()

    def either(flag):
        (far if flag else near1)()
        near()
    def error():
        try: near1()
        except OSError: far()
    def seldom(flag): (error2 if flag else near)()
    def error2():
        try: pass
        except OSError: time.sleep(3)
    def rather(flag): seldom(flag); far()

    def holds():
        with LOCK: waits()
    def waits():
        with LOCK: pass
        both()
    def waits_too():
        with LOCK: pass

    def decides(flag):
        if flag: far()
        else: near()
    def decided(): decides(True)
    def decided_otherwise(): decides(False)

    class Node:
        def load(self): near()
        def all(self): self.load()
    class Composite(Node):
        def load(self): self.child.load()
        def all(self, child: Node): child.load(); far()
    def asks(node: Node): node.load()
    def asks_all(node: Node): node.all()
"""


@pytest.mark.parametrize("seed", range(10))
def test_what_is_asked_first_does_not_decide(seed: int) -> None:
    resolver = resolver_of({"main.py": ENTANGLED})
    functions = [
        ProjectFunction(path_of("main.py"), name)
        for name in resolver.summary(path_of("main.py")).functions
        if name[0] != "<"
    ]
    alone = {
        function: Propagation(resolver, lambda _: True).of_function(function)
        for function in functions
    }
    random.Random(seed).shuffle(functions)
    together = Propagation(resolver, lambda _: True)
    assert {function: together.of_function(function) for function in functions} == alone


def test_the_nearest_reason_is_given_though_a_farther_one_is_known_before() -> None:
    resolver = resolver_of({"main.py": ENTANGLED})
    propagation = Propagation(resolver, lambda _: True)
    far, both = (ProjectFunction(path_of("main.py"), name) for name in ("far", "both"))
    assert propagation.of_function(far) is not None
    witness = propagation.of_function(both)
    assert witness is not None
    assert [hop.function.qualname for hop in propagation.hops(witness)] == ["both", "near", "near1"]


def test_any_number_of_constants_may_be_handed_over() -> None:
    size = 300
    callers = "\n".join(f"def g{number}(): chosen('{number}')" for number in range(size))
    calls = "; ".join(f"g{number}()" for number in range(size))
    text = f"""import time
def chosen(kind):
    if kind: time.sleep(1)
{callers}
def all_of_them(): {calls}
"""
    resolver = resolver_of({"main.py": text})
    propagation = Propagation(resolver, lambda _: True)
    for name in ("all_of_them", *(f"g{number}" for number in range(size))):
        witness = propagation.of_function(ProjectFunction(path_of("main.py"), name))
        assert witness is not None, name
        assert propagation.hops(witness)[-1].api.name == "time.sleep"


def test_long_chains_and_wide_circles_end() -> None:
    size = 3000
    calls = "\n".join(
        f"def f{number}(): f{number + 1}(); f{(number * 31) % size}()" for number in range(size)
    )
    text = f"import time\n{calls}\ndef f{size}(): time.sleep(1)\n"
    assert chain(text, f"f{size - 1}") == f"f{size - 1} → f{size} → time.sleep"
    assert chain(text, "f0").endswith("→ time.sleep")


REMEMBERED = """
    import requests, tiktoken

    def encoder(model): return tiktoken.encoding_for_model(model)
    def encodes_and_asks(model):
        encoder(model)
        ask(model)
    def ask(model): return again(model)
    def again(model): return requests.get(model)
"""


def test_what_only_the_first_call_waits_for_is_the_last_reason_given() -> None:
    assert chain(REMEMBERED, "encoder") == "encoder → tiktoken.encoding_for_model"
    assert chain(REMEMBERED, "encodes_and_asks") == "encodes_and_asks → ask → again → requests.get"
