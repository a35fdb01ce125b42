"""Which findings are edited, in which way, and what goes together."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from flake8_async_block.fixers import fix_file
from flake8_async_block.fixers.registry import BY_STRATEGY
from flake8_async_block.model.diagnostic import Diagnostic, Span
from flake8_async_block.model.fix import NOT_CHOSEN, STRATEGIES
from tests.fixers.checkers import blocking_blocks, diagnostic, endless_loops, plan
from tests.fixers.harness import checker, native_plan, thread_plan

SOURCE = b"""\
import asyncio
import time

import requests


async def f(url):
    time.sleep(1)
    return requests.get(url)
"""


def both(source: bytes) -> Sequence[Diagnostic]:
    """Threads preferred; sleeping could also be done natively."""
    return [
        replace(item, alternatives=(native_plan(),)) if item.api == "time.sleep" else item
        for item in checker(thread_plan("asyncio"))(source)
    ]


def test_all_strategies_have_a_name_for_people() -> None:
    assert set(STRATEGIES) == set(BY_STRATEGY)


def test_an_alternative_is_used_on_demand() -> None:
    result = fix_file(
        "a.py", SOURCE, both(SOURCE), allow_unsafe=False, recheck=both, strategies=["native"]
    )
    assert b"    await asyncio.sleep(1)\n    return requests.get(url)\n" in result.after
    assert [left.reason for left in result.refused] == ["its fixes are of another strategy: thread"]


def test_the_order_of_strategies_counts() -> None:
    for strategies, expected in (
        (["native", "thread"], b"asyncio.sleep(1)"),
        (["thread", "native"], b"asyncio.to_thread(time.sleep, 1)"),
    ):
        result = fix_file(
            "a.py", SOURCE, both(SOURCE), allow_unsafe=False, recheck=both, strategies=strategies
        )
        assert expected in result.after
        assert not result.refused


def test_what_nobody_wants_stays() -> None:
    result = fix_file(
        "a.py",
        SOURCE,
        both(SOURCE),
        allow_unsafe=False,
        recheck=both,
        wanted=lambda item: item.api == "requests.get",
    )
    assert b"    time.sleep(1)\n" in result.after
    assert b"await asyncio.to_thread(requests.get, url)" in result.after
    assert [left.reason for left in result.refused] == [NOT_CHOSEN]


def test_one_of_two_equal_findings() -> None:
    source = SOURCE.replace(b"time.sleep(1)", b"requests.get(0)")
    result = fix_file(
        "a.py",
        source,
        both(source),
        allow_unsafe=False,
        recheck=both,
        wanted=lambda item: item.span.line == 9,
    )
    assert b"    requests.get(0)\n    return await asyncio" in result.after


MIXED = b"""\
import asyncio


async def f(path, lines):
    for line in lines:
        open(line)
    return path
"""


def mixed(source: bytes) -> Sequence[Diagnostic]:
    """The loop moves as a block, the call in it could be edited alone."""
    return [
        item if item.api == "lines" else replace(item, fix=thread_plan("asyncio"))
        for item in blocking_blocks("asyncio")(source)
    ]


def test_a_block_takes_along_what_is_in_it() -> None:
    result = fix_file("a.py", MIXED, mixed(MIXED), allow_unsafe=True, recheck=mixed)
    assert result.after.count(b"await ") == 1
    assert len(result.fixed) == 2
    assert not result.refused


def test_what_is_in_a_block_that_cannot_move_is_edited_alone() -> None:
    source = MIXED.replace(b"    return path", b"        await path")
    result = fix_file("a.py", source, mixed(source), allow_unsafe=True, recheck=mixed)
    assert b"        await asyncio.to_thread(open, line)\n" in result.after
    assert [left.reason for left in result.refused] == ["it awaits or yields something itself"]


def test_what_is_in_a_block_that_is_spoiled_is_edited_alone() -> None:
    def spoiled(source: bytes) -> Sequence[Diagnostic]:
        new = [diagnostic("ASB999", Span(1, 0, 1, 6), plan("thread"), "new")]
        return [*mixed(source), *(new if b"def work_in_thread" in source else [])]

    result = fix_file("a.py", MIXED, mixed(MIXED), allow_unsafe=True, recheck=spoiled)
    assert b"        await asyncio.to_thread(open, line)\n" in result.after
    assert [left.reason for left in result.refused] == [
        "a new finding would appear: ASB999 new (asb999)"
    ]


LOOP = b"""\
import asyncio
import time


async def f():
    while True:
        time.sleep(1)
"""


def test_a_loop_that_awaits_at_last_is_no_finding_any_more() -> None:
    def check(source: bytes) -> Sequence[Diagnostic]:
        loops = [replace(item, fix=None) for item in endless_loops("asyncio")(source)]
        return [*checker(thread_plan("asyncio"))(source), *loops]

    before = check(LOOP)
    assert len(before) == 2
    result = fix_file("a.py", LOOP, before, allow_unsafe=False, recheck=check)
    assert {item.code for item in result.fixed} == {"ASB102", "ASB301"}
    assert not result.refused


def test_another_finding_may_not_vanish() -> None:
    def check(source: bytes) -> Sequence[Diagnostic]:
        other = [diagnostic("ASB110", Span(1, 0, 1, 6), plan("thread"), "other")]
        found = list(checker(thread_plan("asyncio"))(source))
        return [*found, *(replace(item, fix=None) for item in other if found)]

    result = fix_file("a.py", LOOP, check(LOOP), allow_unsafe=False, recheck=check)
    assert result.after == LOOP
    assert "another finding would vanish: ASB110 other" in {left.reason for left in result.refused}


def test_one_import_for_a_package_and_its_module() -> None:
    source = SOURCE.replace(b"import asyncio\n", b"")

    def check(text: bytes) -> Sequence[Diagnostic]:
        return [
            replace(item, fix=native_plan("anyio.sleep", "anyio"))
            if item.api == "time.sleep"
            else item
            for item in checker(thread_plan("anyio"))(text)
        ]

    result = fix_file("a.py", source, check(source), allow_unsafe=False, recheck=check)
    imports = [
        ast.unparse(node)
        for node in ast.parse(result.after).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert imports == ["import time", "import anyio.to_thread", "import requests"]
    assert b"await anyio.sleep(1)" in result.after
