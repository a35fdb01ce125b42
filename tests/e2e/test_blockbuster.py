"""What async-block says about the examples is true at run time: blockbuster says it too.

blockbuster makes a call that blocks on a running event loop raise ``BlockingError``.
"""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from blockbuster import BlockingError, blockbuster_ctx

from examples.harness import proxied, slow_upstream
from tests.e2e.scenarios import EXAMPLES, GATHERED, HELPER, TASK, Scenario, load

SLEEPING = (HELPER, TASK, GATHERED)


@pytest.fixture(autouse=True)
def brief_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOCK_SECONDS", "0.01")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def page() -> Iterator[str]:
    # Slow enough that the body comes after the headers: what is buffered already cannot block.
    with slow_upstream(opening=0.0, reading=0.2) as address:
        yield address


def ask(example: ModuleType, target: str) -> httpx.Response:
    """GET ``target`` from the example's application on an event loop that blockbuster watches."""

    async def ask_in_process() -> httpx.Response:
        transport = httpx.ASGITransport(app=example.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://example") as client:
            with blockbuster_ctx():
                return await client.get(target)

    return asyncio.run(ask_in_process())


@pytest.mark.parametrize("name", ["proxy", "helper", "one_worker", "endless"])
def test_a_ping_is_quiet(name: str) -> None:
    assert ask(load(EXAMPLES / name), "/ping").status_code == 200


@pytest.mark.parametrize("scenario", SLEEPING, ids=str)
def test_a_sleep_raises_before_the_fix(scenario: Scenario) -> None:
    with pytest.raises(BlockingError, match=r"time\.sleep"):
        ask(load(EXAMPLES / scenario.name), scenario.target)


@pytest.mark.parametrize("scenario", SLEEPING, ids=str)
def test_a_sleep_is_quiet_after_the_fix(
    scenario: Scenario, fixed_example: Callable[[str], Path]
) -> None:
    assert ask(load(fixed_example(scenario.name)), scenario.target).status_code == 200


def test_the_proxy_raises_before_the_fix(page: str) -> None:
    with warnings.catch_warnings():
        # urllib does not expect this error while it connects, and leaves its socket open.
        warnings.simplefilter("ignore", ResourceWarning)
        response = ask(load(EXAMPLES / "proxy"), proxied(page))
        gc.collect()

    # The handler turns every error into a response, this one too.
    assert response.status_code == 500
    assert response.json()["detail"].startswith("Blocking call to ")


def test_the_proxy_is_quiet_after_the_fix(page: str, fixed_example: Callable[[str], Path]) -> None:
    response = ask(load(fixed_example("proxy")), proxied(page))

    assert (response.status_code, response.text) == (200, "a page")
