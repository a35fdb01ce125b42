"""Runs the example servers and times them: what the demonstration and the tests have in common.

Everything happens on loopback, every wait is bounded, and a server is killed rather than asked to
stop, because a frozen one does not listen.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

START_PATIENCE = 60.0
"""Seconds within which a server has to come up."""

HEAD_START = 0.2
"""Seconds by which a blocking request is ahead of the ping."""


@dataclass(frozen=True)
class Answer:
    """What came back for one request, and the seconds from sending it to the last byte."""

    status: int
    media_type: str
    body: bytes
    seconds: float


@dataclass(frozen=True)
class Race:
    """A ping beside a blocking request.

    Args:
        blocking: the blocking request's answer, or None if it was given up.
        blocked: the seconds for which the blocking request ran, answered or not.
        ping: the ping's answer, or None if it was given up.
        waited: the seconds for which the ping waited, answered or not.
    """

    blocking: Answer | None
    blocked: float
    ping: Answer | None
    waited: float

    @property
    def prompt(self) -> bool:
        """Whether the ping was answered early in the blocking request's time, not at its end."""
        return self.ping is not None and self.waited < self.blocked / 2


@contextmanager
def running(directory: Path, *, block_seconds: float) -> Iterator[int]:
    """Serve ``directory/app.py`` with one uvicorn worker until the ``with`` block ends.

    Args:
        directory: holds ``app.py``, which defines ``app``.
        block_seconds: how long the application's own blocking calls take.

    Returns:
        the port on loopback.

    Raises:
        RuntimeError: the server did not start; the message holds its log.
    """
    application = ("-m", "uvicorn", "app:app", "--app-dir", str(directory))
    options = ("--host", "127.0.0.1", "--port", "0", "--no-access-log", "--no-use-colors")
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch, "server.log")
        with log.open("wb") as sink:
            process = subprocess.Popen(
                (sys.executable, *application, *options),
                env=_environment(block_seconds),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        try:
            yield _announced_port(process, log)
        finally:
            process.kill()
            process.wait()


def _environment(block_seconds: float) -> Mapping[str, str]:
    # A proxy configured for the machine must not come between the example and its upstream.
    return {
        **os.environ,
        "BLOCK_SECONDS": str(block_seconds),
        "PYTHONDONTWRITEBYTECODE": "1",
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "127.0.0.1",
    }


def _announced_port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + START_PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8", errors="replace")
        announced = re.search(r"running on http://127\.0\.0\.1:(\d+)", text)
        if announced:
            return int(announced[1])
        time.sleep(0.02)
    text = log.read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"the example server did not start:\n{text}")


def get(port: int, path: str, *, patience: float) -> Answer:
    """Send one GET request and read the whole answer.

    Args:
        port: of a server on loopback.
        path: the request's target, such as ``/ping``.
        patience: the seconds of silence to bear.

    Raises:
        TimeoutError: the server was silent for longer.
    """
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        media_type = response.headers.get_content_type()
        body = response.read()
    finally:
        connection.close()
    return Answer(response.status, media_type, body, time.monotonic() - start)


def race(port: int, blocking: str, *, patience: float) -> Race:
    """Send a blocking request, then ``/ping`` beside it, and wait for both.

    Args:
        port: of the server on loopback.
        blocking: the target of the request that blocks, such as ``/report``.
        patience: the seconds after which either request is given up.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        blocking_request = beside.submit(_get_or_give_up, port, blocking, patience)
        time.sleep(HEAD_START)
        ping_answer, waited = _get_or_give_up(port, "/ping", patience)
        blocking_answer, blocked = blocking_request.result()
    return Race(blocking_answer, blocked, ping_answer, waited)


def _get_or_give_up(port: int, path: str, patience: float) -> tuple[Answer | None, float]:
    start = time.monotonic()
    try:
        answer = get(port, path, patience=patience)
    except TimeoutError:
        answer = None
    return answer, time.monotonic() - start


def crowd(port: int, path: str, count: int, *, patience: float) -> tuple[tuple[Answer, ...], float]:
    """Send ``count`` equal requests at once.

    Returns:
        the answers, and the seconds until the last of them was there.

    Raises:
        TimeoutError: an answer took longer than ``patience`` seconds.
    """
    start = time.monotonic()
    with ThreadPoolExecutor(max_workers=count) as guests:
        requests = [guests.submit(get, port, path, patience=patience) for _ in range(count)]
        answers = tuple(request.result() for request in requests)
    return answers, time.monotonic() - start


@contextmanager
def slow_upstream(*, opening: float, reading: float) -> Iterator[str]:
    """Run a web server that takes its time, in a thread, until the ``with`` block ends.

    The query says what it answers: ``?status=201&type=text/csv&body=a,b``.

    Args:
        opening: the seconds before the headers, for which opening the address has to wait.
        reading: the seconds from there to the body, for which reading it has to wait.

    Returns:
        its address, such as ``http://127.0.0.1:49152/page``.
    """

    class SlowPage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wish = dict(parse_qsl(urlsplit(self.path).query))
            body = wish.get("body", "a page").encode()
            time.sleep(opening)
            self.send_response(int(wish.get("status", "200")))
            self.send_header("Content-Type", wish.get("type", "text/plain"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            time.sleep(reading)
            with suppress(ConnectionError):  # who asked may have given up
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet: what is of interest here is printed by those who ask."""

    with ThreadingHTTPServer(("127.0.0.1", 0), SlowPage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/page"
        finally:
            server.shutdown()
            thread.join()


def proxied(url: str) -> str:
    """The target under which the proxy example fetches ``url``."""
    return f"/proxy?url={quote(url, safe='')}"
