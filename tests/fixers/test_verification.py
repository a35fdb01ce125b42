"""An edit that cannot be shown to be right is left out, and the reason is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from flake8_async_block.fixers import fix_file
from flake8_async_block.fixers.base import Edited, Fixer, Splice
from flake8_async_block.fixers.registry import BY_STRATEGY
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span
from flake8_async_block.model.fix import FileFix
from tests.fixers.harness import checker, finding, native_plan, thread_plan

SOURCE = b"import anyio\nasync def f(u):\n    requests.get(u)\n    requests.post(u)\n    open(u)\n"
GET = Span(3, 4, 3, 19)
CHECK = checker(thread_plan())
Recheck = Callable[[bytes], Sequence[Diagnostic]]


def run(
    diagnostics: Sequence[Diagnostic],
    recheck: Recheck = CHECK,
    *,
    source: bytes = SOURCE,
    allow_unsafe: bool = False,
) -> FileFix:
    return fix_file("app/views.py", source, diagnostics, allow_unsafe=allow_unsafe, recheck=recheck)


def reasons(result: FileFix) -> dict[str, str]:
    return {item.diagnostic.api: item.reason for item in result.refused}


def never(source: bytes) -> Sequence[Diagnostic]:
    raise AssertionError(source)


class Counting:
    """Counts how often the findings of some bytes are asked for."""

    def __init__(self, recheck: Recheck) -> None:
        self.recheck = recheck
        self.calls = 0

    def __call__(self, source: bytes) -> Sequence[Diagnostic]:
        self.calls += 1
        return self.recheck(source)


@pytest.mark.parametrize(
    ("plan", "why_not", "reason"),
    [
        (None, None, "no automatic fix"),
        (None, "it needs a process, not a thread", "it needs a process, not a thread"),
        (
            thread_plan(applicability=Applicability.DISPLAY),
            None,
            "advice only: run in a worker thread",
        ),
        (
            thread_plan(applicability=Applicability.UNSAFE),
            None,
            "unsafe: run in a worker thread (use --unsafe-fixes)",
        ),
        (
            thread_plan(applicability=Applicability.UNSAFE),
            "a connection belongs to its thread",
            "unsafe: a connection belongs to its thread (use --unsafe-fixes)",
        ),
        (
            FixPlan("teleport", Applicability.SAFE, "teleport"),
            None,
            "there is no fixer for 'teleport'",
        ),
    ],
)
def test_plans_that_are_not_carried_out(
    plan: FixPlan | None, why_not: str | None, reason: str
) -> None:
    diagnostic = finding(GET, plan, why_not=why_not)
    result = run([diagnostic], never)
    assert result == FileFix("app/views.py", SOURCE, SOURCE, (), result.refused)
    assert [(item.diagnostic, item.reason) for item in result.refused] == [(diagnostic, reason)]
    assert not result.changed


def test_unsafe_plans_are_carried_out_when_allowed() -> None:
    check = checker(thread_plan(applicability=Applicability.UNSAFE))
    result = run(check(SOURCE), check, allow_unsafe=True)
    assert len(result.fixed) == 3
    assert not result.refused


def test_advice_is_never_applied() -> None:
    check = checker(thread_plan(applicability=Applicability.DISPLAY))
    assert not run(check(SOURCE), check, allow_unsafe=True).changed


def test_findings_come_back_in_their_order() -> None:
    diagnostics = CHECK(SOURCE)
    result = run(diagnostics)
    assert result.fixed == tuple(diagnostics)


@pytest.mark.parametrize(
    "span",
    [
        Span(3, 5, 3, 19),
        Span(3, 4, 3, 18),
        Span(3, 4, 3, 16),
        Span(99, 0, 99, 1),
        Span(0, 0, 0, 0),
        Span(2, 0, 5, 11),
    ],
)
def test_a_span_that_is_no_call(span: Span) -> None:
    diagnostics = [finding(span, thread_plan())]
    assert reasons(run(diagnostics, lambda _: diagnostics)) == {
        "requests.get": "no call stands where the finding is"
    }


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"async def f(:\n", "the file cannot be edited: it does not compile: line 1"),
        (b"async def f():\n    x = \0\n", "the file cannot be edited: it does not compile"),
        (b"async def f(): return\n\n'\xff'\n", "the file cannot be edited: it does not compile"),
        (b"# coding: nonsense\n", "the file cannot be edited: it does not compile"),
        (b"break\nasync def f(): open(1)\n", "the file cannot be edited: it does not compile"),
    ],
)
def test_files_that_cannot_be_read(source: bytes, reason: str) -> None:
    result = run([finding(Span(1, 0, 1, 1), thread_plan())], never, source=source)
    assert result.after == source
    assert result.refused[0].reason.startswith(reason)


def test_a_call_that_is_awaited() -> None:
    source = b"async def f(u):\n    await requests.get(u)\n"
    diagnostics = [finding(Span(2, 10, 2, 25), thread_plan())]
    result = run(diagnostics, lambda _: diagnostics, source=source)
    assert reasons(result) == {"requests.get": "its result is awaited already"}


def test_a_call_outside_of_functions() -> None:
    source = b"requests.get(u)\n"
    diagnostics = [finding(Span(1, 0, 1, 15), thread_plan())]
    result = run(diagnostics, lambda _: diagnostics, source=source)
    assert reasons(result) == {"requests.get": "it does not stand in an async function"}


def test_a_finding_that_would_stay_is_refused_alone() -> None:
    def recheck(source: bytes) -> Sequence[Diagnostic]:
        extra = [finding(GET, thread_plan())] if b"run_sync(requests.get, " in source else []
        return [*CHECK(source), *extra]

    result = run(CHECK(SOURCE), recheck)
    assert reasons(result) == {"requests.get": "the finding would stay: ASB102 requests.get"}
    assert [item.api for item in result.fixed] == ["requests.post", "open"]
    assert b"\n    requests.get(u)\n    await anyio" in result.after


def test_an_edit_that_makes_a_new_finding_is_refused_alone() -> None:
    def recheck(source: bytes) -> Sequence[Diagnostic]:
        new = replace(finding(GET, None), code="ASB401", api="open")
        return [*CHECK(source), new] if b"run_sync(open" in source else CHECK(source)

    result = run(CHECK(SOURCE), recheck)
    assert reasons(result) == {"open": "a new finding would appear: ASB401 open (blocking-call)"}
    assert len(result.fixed) == 2


def test_an_edit_that_hides_another_finding_is_refused() -> None:
    hidden = replace(finding(Span(5, 4, 5, 11), None), code="ASB108", api="open")

    def recheck(source: bytes) -> Sequence[Diagnostic]:
        kept = [item for item in CHECK(source) if item.api == "requests.get"]
        return [*kept, hidden] if kept else []

    result = run(recheck(SOURCE), recheck)
    assert not result.changed
    assert reasons(result) == {
        "requests.get": "another finding would vanish: ASB108 open",
        "open": "no automatic fix",
    }


def test_a_finding_around_the_edited_call_may_vanish_with_it() -> None:
    source = b"import anyio\nasync def f(u):\n    while True:\n        requests.get(u)\n"
    loop = replace(finding(Span(3, 4, 4, 23), None), code="ASB301", api="")

    def recheck(text: bytes) -> Sequence[Diagnostic]:
        return CHECK(text) if b"await" in text else [loop, *CHECK(text)]

    result = run(recheck(source), recheck, source=source)
    assert [item.code for item in result.fixed] == ["ASB301", "ASB102"]
    assert not result.refused


def test_a_finding_around_the_edited_call_may_stay() -> None:
    source = b"import anyio\nasync def f(u):\n    while True:\n        requests.get(u)\n"
    loop = replace(finding(Span(3, 4, 4, 23), None, why_not="why"), code="ASB301", api="loop")
    result = run([loop, *CHECK(source)], lambda text: [loop, *CHECK(text)], source=source)
    assert [item.code for item in result.fixed] == ["ASB102"]
    assert reasons(result) == {"loop": "why"}


def test_two_findings_at_one_call_share_its_edit() -> None:
    def recheck(source: bytes) -> Sequence[Diagnostic]:
        return [
            item
            for found in CHECK(source)
            for item in (found, replace(found, code="ASB202", api="other"))
        ]

    result = run(recheck(SOURCE), recheck)
    assert len(result.fixed) == 6
    assert result.after.count(b"await") == 3


def test_a_different_plan_for_the_same_call_is_not_carried_out() -> None:
    first, second = finding(GET, thread_plan()), finding(GET, native_plan(), api="second")
    gone = run([first, second], lambda source: [] if b"await" in source else [first, second])
    assert gone.fixed == (first, second)
    stays = run([first, second], lambda source: [second] if b"await" in source else [first, second])
    assert stays.fixed == (first,)
    assert reasons(stays) == {"second": "another fix is made at the same place"}


def test_findings_that_do_not_belong_to_the_text_change_nothing() -> None:
    result = run([*CHECK(SOURCE), finding(Span(1, 0, 1, 6), None, api="ghost")])
    assert not result.changed
    assert reasons(result)["open"] == "another finding would vanish: ASB102 ghost"


def test_a_file_that_would_be_edited_again_by_a_second_run_stays() -> None:
    nowhere = finding(Span(1, 0, 1, 6), thread_plan(), api="wandering")

    def recheck(source: bytes) -> Sequence[Diagnostic]:
        found = CHECK(source)
        if b"run_sync(requests.get" not in source:
            return [found[0], nowhere]
        return [replace(item, api="wandering") for item in found if item.api == "requests.post"]

    result = run(recheck(SOURCE), recheck)
    assert not result.changed
    assert reasons(result) == {
        "requests.get": "a second run would change the file again",
        "wandering": "no call stands where the finding is",
    }


def test_each_text_is_checked_once() -> None:
    seen: list[bytes] = []

    def recheck(source: bytes) -> Sequence[Diagnostic]:
        seen.append(source)
        return CHECK(source)

    run(CHECK(SOURCE), recheck)
    assert len(seen) == 1


def test_an_inner_call_is_settled_before_the_call_around_it() -> None:
    source = (
        b"import anyio\nasync def f(u):\n"
        b"    requests.get(open(u))\n    requests.post(requests.post(u))\n"
    )

    def recheck(text: bytes) -> Sequence[Diagnostic]:
        found = list(CHECK(text))
        if b"run_sync(requests.get, open(u))" in text:
            found.append(replace(found[0], code="ASB401"))
        if b"run_sync(requests.post, u)" in text:
            found.append(replace(finding(GET, None), code="ASB999"))
        return found

    result = run(recheck(source), recheck, source=source)
    assert [item.api for item in result.fixed] == ["requests.get", "open", "requests.post"]
    assert [item.api for item in (entry.diagnostic for entry in result.refused)] == [
        "requests.post"
    ]


def test_the_search_for_bad_edits_ends() -> None:
    source = b"import anyio\nasync def f(u):\n" + b"    requests.get(u)\n" * 70
    recheck = Counting(lambda _: CHECK(source))
    result = run(CHECK(source), recheck, source=source)
    assert not result.changed
    assert recheck.calls == 60
    assert {item.reason for item in result.refused} == {
        "the finding would stay: ASB102 requests.get",
        "too many other fixes in this file spoil it",
    }


def test_one_bad_edit_among_many_is_found() -> None:
    source = (
        b"import anyio\nasync def f(u):\n"
        + b"    requests.get(u)\n" * 60
        + b"    open(u)\n"
        + b"    requests.get(u)\n" * 40
    )

    def recheck(text: bytes) -> Sequence[Diagnostic]:
        new = replace(finding(GET, None), code="ASB999")
        return [*CHECK(text), new] if b"run_sync(open" in text else CHECK(text)

    counted = Counting(recheck)
    result = run(CHECK(source), counted, source=source)
    assert [item.diagnostic.api for item in result.refused] == ["open"]
    assert counted.calls < 30


def test_edits_of_the_same_bytes_are_not_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(diagnostic: Diagnostic, _: object) -> Edited:
        start, end = len(b"import anyio\nasync def f(u):\n") + diagnostic.span.col, 40
        return Edited((Splice(start, end, "handlers", (start, end)),))

    monkeypatch.setitem(BY_STRATEGY, "rename", Fixer("rename", rename))
    plan = FixPlan("rename", Applicability.SAFE, "rename it")
    found = [finding(Span(3, column, 3, 19), plan, api=str(column)) for column in (4, 5)]
    result = run(found, lambda source: [found[1]] if b"handlers" in source else found)
    assert reasons(result) == {"5": "it overlaps another fix"}
