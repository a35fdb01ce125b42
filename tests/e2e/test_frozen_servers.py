"""A real server with one worker: late answers before ``async-block fix``, prompt ones after it.

No test expects an absolute time. A ping is compared with the request that runs beside it, and a
crowd of requests with a single one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from examples.harness import Answer, Race, crowd, get, proxied, race, running, slow_upstream
from tests.e2e.scenarios import (
    BLOCK_SECONDS,
    EXAMPLES,
    FIXABLE,
    FREEZING,
    PATIENCE,
    TASK,
    Scenario,
    copy_example,
    fix,
)

pytestmark = pytest.mark.slow

CROWD = 5
NOBODY_LISTENS = "http://127.0.0.1:9/"


def race_in(directory: Path, scenario: Scenario) -> Race:
    with (
        slow_upstream(opening=BLOCK_SECONDS / 2, reading=BLOCK_SECONDS / 2) as page,
        running(directory, block_seconds=BLOCK_SECONDS) as port,
    ):
        target = scenario.target.format(upstream=quote(page, safe=""))
        return race(port, target, patience=scenario.patience)


@pytest.mark.parametrize("scenario", FREEZING, ids=str)
def test_a_ping_is_late_before_the_fix(scenario: Scenario) -> None:
    result = race_in(EXAMPLES / scenario.name, scenario)

    assert (result.blocking is None) == scenario.endless
    assert result.waited >= result.blocked / 2
    assert not result.prompt


@pytest.mark.parametrize("scenario", FIXABLE, ids=str)
def test_a_ping_is_prompt_after_the_fix(
    scenario: Scenario, fixed_example: Callable[[str], Path]
) -> None:
    result = race_in(fixed_example(scenario.name), scenario)

    assert (result.blocking is None) == scenario.endless
    assert result.blocking is None or result.blocking.status == 200
    assert result.ping is not None
    assert result.ping.status == 200
    assert result.prompt


UPSTREAM_WAITS = pytest.mark.parametrize(
    ("opening", "reading"),
    [(BLOCK_SECONDS, 0.0), (0.0, BLOCK_SECONDS)],
    ids=["opening", "reading"],
)


def race_beside_one_wait(directory: Path, *, opening: float, reading: float) -> Race:
    with (
        slow_upstream(opening=opening, reading=reading) as page,
        running(directory, block_seconds=0.0) as port,
    ):
        return race(port, proxied(page), patience=PATIENCE)


@UPSTREAM_WAITS
def test_the_proxy_waits_on_the_event_loop_before_the_fix(opening: float, reading: float) -> None:
    result = race_beside_one_wait(EXAMPLES / "proxy", opening=opening, reading=reading)

    assert not result.prompt


@UPSTREAM_WAITS
def test_the_proxy_waits_elsewhere_after_the_fix(
    opening: float, reading: float, fixed_example: Callable[[str], Path]
) -> None:
    result = race_beside_one_wait(fixed_example("proxy"), opening=opening, reading=reading)

    assert result.prompt


def alone_and_in_a_crowd(directory: Path, target: str) -> tuple[float, float]:
    with running(directory, block_seconds=BLOCK_SECONDS) as port:
        alone = get(port, target, patience=PATIENCE)
        answers, crowded = crowd(port, target, CROWD, patience=PATIENCE)
    assert {answer.status for answer in (alone, *answers)} == {200}
    return alone.seconds, crowded


def test_requests_of_a_crowd_queue_up_before_the_fix() -> None:
    alone, crowded = alone_and_in_a_crowd(EXAMPLES / TASK.name, TASK.target)

    assert crowded > (CROWD - 1) * alone


def test_requests_of_a_crowd_take_as_long_as_one_after_the_fix(
    fixed_example: Callable[[str], Path],
) -> None:
    alone, crowded = alone_and_in_a_crowd(fixed_example(TASK.name), TASK.target)

    assert crowded < CROWD * alone / 2


def proxy_answers(directory: Path) -> list[tuple[int, str, bytes]]:
    def essence(answer: Answer) -> tuple[int, str, bytes]:
        return answer.status, answer.media_type, answer.body

    with (
        slow_upstream(opening=0.0, reading=0.0) as page,
        running(directory, block_seconds=0.0) as port,
    ):
        wishes = (
            page,
            f"{page}?status=203&type=text/csv&body=a,b",
            f"{page}?type=image/png&body=",
            f"{page}?status=404",
            NOBODY_LISTENS,
            "no address",
        )
        return [essence(get(port, proxied(wish), patience=PATIENCE)) for wish in wishes]


@pytest.mark.parametrize("backend", ["anyio", "asyncio", "starlette", "executor"])
def test_the_fixed_proxy_answers_as_before(backend: str, tmp_path: Path) -> None:
    directory = copy_example("proxy", tmp_path, settings=f'backend = "{backend}"')
    before = proxy_answers(directory)
    assert [status for status, _, _ in before] == [200, 203, 200, 500, 500, 500]

    fix(directory)

    assert proxy_answers(directory) == before
