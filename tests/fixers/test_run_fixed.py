"""What ``unwrap``, ``partial``, ``checkpoint`` and ``helper`` write does what was meant."""

from __future__ import annotations

import ast
import asyncio
import threading

import pytest

from tests.fixers.checkers import Check, endless_loops, handed_over_calls, lost_keywords
from tests.fixers.harness import checker, fix_with, thread_plan

HEAD = """\
import asyncio
import threading
import anyio.to_thread
from starlette.background import BackgroundTasks
from starlette.concurrency import run_in_threadpool

where = []


def load(*args, **kwargs):
    where.append(threading.current_thread())
    return args, kwargs


async def program(x):
    loop = asyncio.get_running_loop()
"""


def run(body: str, check: Check) -> object:
    source = HEAD + "".join(f"    {line}\n" for line in body.splitlines())
    result = fix_with(check, source.encode(), allow_unsafe=True)
    assert result.changed
    assert not result.refused
    namespace: dict[str, object] = {}
    exec(compile(result.after, "program", "exec"), namespace)

    async def limited() -> object:
        return await asyncio.wait_for(namespace["program"]([1]), 5)  # type: ignore[operator]

    outcome = asyncio.run(limited())
    assert threading.main_thread() not in namespace["where"]  # type: ignore[operator]
    return outcome


ARGUMENTS = [
    ("", ((), {})),
    ("x", (([1],), {})),
    ("x,", (([1],), {})),
    ("*x", ((1,), {})),
    ("x, k=1", (([1],), {"k": 1})),
    ("x, func=1", (([1],), {"func": 1})),
    ("**{'a': x}", ((), {"a": [1]})),
    ("*x, k=len(x), **{'a': 2}", ((1,), {"k": 1, "a": 2})),
    ("\n        x,\n        k=2,\n    ", (([1],), {"k": 2})),
    ("\n        x  # which\n    ", (([1],), {})),
    ("(i for i in x)", None),
]


@pytest.mark.parametrize(("arguments", "expected"), ARGUMENTS)
@pytest.mark.parametrize(
    "offload",
    [
        "await asyncio.to_thread({})",
        "await anyio.to_thread.run_sync({})",
        "await anyio.to_thread.run_sync({}, limiter=None)",
        "await run_in_threadpool({})",
        "await loop.run_in_executor(None, {})",
    ],
)
def test_unwrap(offload: str, arguments: str, expected: object) -> None:
    outcome = run(f"return {offload.format(f'load({arguments})')}", handed_over_calls)
    assert expected is None or outcome == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("anyio.to_thread.run_sync(load, k=1)", ((), {"k": 1})),
        ("anyio.to_thread.run_sync(load, *x, k=1, limiter=None)", ((1,), {"k": 1})),
        ("anyio.to_thread.run_sync(\n    load,\n    x,  # which\n    k=1,\n)", (([1],), {"k": 1})),
        ("anyio.to_thread.run_sync(\n    load, x,\n    k=(1),\n    limiter=None\n)", None),
        ("loop.run_in_executor(None, load, x, k=1)", (([1],), {"k": 1})),
        ("loop.run_in_executor(\n    None,\n    load,\n    k=1,\n)", ((), {"k": 1})),
    ],
)
def test_partial(call: str, expected: object) -> None:
    outcome = run(f"return await {call}", lost_keywords)
    assert expected is None or outcome == expected


def test_background_tasks_take_the_function() -> None:
    body = "tasks = BackgroundTasks()\ntasks.add_task(load(x, k=1))\nawait tasks()\nreturn 1"
    assert run(body, handed_over_calls) == 1


@pytest.mark.parametrize("backend", ["asyncio", "anyio", "starlette", "executor"])
def test_checkpoint_lets_others_have_a_turn(backend: str) -> None:
    body = (
        "done = []\n"
        "loop.call_later(0.01, done.append, 1)\n"
        "while True:\n"
        "    if not done: continue\n"
        "    return done"
    )
    assert run(body, endless_loops(backend)) == [1]


def test_helpers_go_bound_and_classes_as_what_makes_them() -> None:
    body = (
        "class Store:\n"
        "    def __init__(self, *args, **kwargs):\n"
        "        self.made = load(*args, **kwargs)\n"
        "    def read_it(self, *args, **kwargs):\n"
        "        return self.made, load(*args, **kwargs)\n"
        "store = Store(1, k=2)\n"
        "return store.read_it(x, k=3)"
    )
    plan = thread_plan("anyio")
    helper = type(plan)("helper", plan.applicability, plan.title, plan.parameters)
    names = {"Store": "Store", "store.read_it": "read_it"}
    check = checker(helper, lambda call: names.get(_called(call)))
    assert run(body, check) == (((1,), {"k": 2}), (([1],), {"k": 3}))


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)
