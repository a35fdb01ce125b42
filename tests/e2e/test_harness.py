"""The measuring itself: what counts as prompt, what is given up, what a start that fails says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from examples.harness import Answer, Race, get, proxied, running, slow_upstream

PONG = Answer(status=200, media_type="text/plain", body=b"pong", seconds=0.1)


@pytest.mark.parametrize(
    ("ping", "waited", "prompt"), [(PONG, 0.4, True), (PONG, 0.5, False), (None, 0.4, False)]
)
def test_a_ping_is_prompt_when_it_is_answered_early(
    ping: Answer | None, waited: float, prompt: bool
) -> None:
    race = Race(blocking=None, blocked=1.0, ping=ping, waited=waited)
    assert race.prompt is prompt


def test_the_upstream_takes_its_time_before_the_headers_and_before_the_body() -> None:
    with slow_upstream(opening=0.2, reading=0.2) as page:
        port = int(page.split(":")[2].partition("/")[0])
        start = time.monotonic()
        answer = get(port, "/page?status=201&type=text/csv&body=a,b", patience=30.0)
        assert time.monotonic() - start >= 0.4
        with pytest.raises(TimeoutError):
            get(port, "/page", patience=0.05)

    assert (answer.status, answer.media_type, answer.body) == (201, "text/csv", b"a,b")


def test_an_address_survives_being_a_query_value() -> None:
    assert proxied("http://h/p?a=b&c=d") == "/proxy?url=http%3A%2F%2Fh%2Fp%3Fa%3Db%26c%3Dd"


def test_a_server_that_does_not_start_shows_its_log(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('no such luck')\n", encoding="utf-8")
    with (
        pytest.raises(RuntimeError, match="no such luck"),
        running(tmp_path, block_seconds=0.0),
    ):
        pytest.fail("the server cannot have started")
