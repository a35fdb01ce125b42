"""Proof that a call keeps the event loop's thread: it returns only after another thread acted.

A case is a coroutine that makes one call. Before the call it says what shows that the call blocks:

- :meth:`Stall.until`: another thread does something once the loop has stood still for a while, and
  the call must not have returned before;
- :meth:`Stall.seen`: the call makes the interpreter announce the opening of a file, a connection,
  a process and the like in the loop's own thread (PEP 578);
- :meth:`Stall.refused`: the call raises, because a loop runs in this thread already;
- :meth:`Stall.computes`: the call takes many times the processor time of a hop to a thread.

Nothing is measured in seconds of the clock: what counts is which of two things came first.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pytest

LOOK: Final = 0.03
"""Seconds for which the loop stands still before the other thread acts."""
PATIENCE: Final = 20.0
"""Seconds after which a call that must not wait is set free, and has failed."""
TIMES_A_HOP: Final = 20

_recorders: list[tuple[int, set[str]]] = []
"""Threads, and what the interpreter announces in each."""


class Woken(Exception):  # noqa: N818 - nothing went wrong
    """Raised by the signal that ends a call which nothing else ends."""


class Stall:
    """What a case is given.

    Args:
        directory: an empty directory for files.
        patch: undone when the case is over.
    """

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self.directory = directory
        self.expected = ""
        self.events: set[str] = set()
        self.wanted_events: tuple[str, ...] = ()
        self.returned_early = False
        self.cleanup = ExitStack()
        self._finished = threading.Event()
        self._patch = patch
        self._waits = True
        self._started = 0.0
        self._helper: threading.Thread | None = None

    # what shows that the call blocks

    def until(self, release: Callable[..., object], *arguments: object) -> None:
        """The call that follows can only return after ``release``."""
        self.expected = "until"
        self._start(self._release_once, release, arguments)

    def until_signal(self) -> None:
        """The call that follows only ends with a signal, which raises :class:`Woken`."""
        self.expected = "until"
        raised: list[int] = []

        def handle(number: int, frame: object) -> None:
            if not raised and not self._finished.is_set():
                raised.append(number)
                raise Woken

        self._handle(signal.SIGUSR1, handle)
        self._start(self._send_signals)

    def until_pending(self) -> set[signal.Signals]:
        """The call that follows waits for a signal of the set, which is held back."""
        self.expected = "until"
        self._handle(signal.SIGUSR1, _ignore)
        held = {signal.SIGUSR1}
        signal.pthread_sigmask(signal.SIG_BLOCK, held)
        self.cleanup.callback(signal.pthread_sigmask, signal.SIG_UNBLOCK, held)
        self._start(
            self._release_once, signal.pthread_kill, (threading.get_ident(), signal.SIGUSR1)
        )
        return held

    def seen(self, *events: str) -> None:
        """The call that follows makes the interpreter announce one of ``events``."""
        self.expected = "seen"
        self.wanted_events = events
        _listen()
        _recorders.append((threading.get_ident(), self.events))

    def refused(self) -> None:
        """The call that follows raises ``RuntimeError``."""
        self.expected = "refused"

    def computes(self) -> None:
        """The call that follows computes for long."""
        self.expected = "computes"
        self._started = time.thread_time()

    # what cases need

    def path(self, text: str = "x") -> Path:
        """An ordinary file."""
        path = self.directory / "file"
        path.write_text(text, encoding="utf-8")
        return path

    def fifo(self) -> Path:
        """A named pipe: opening it waits for the other side."""
        path = self.directory / "fifo"
        os.mkfifo(path)
        return path

    def feed(self, path: Path, text: str = "") -> None:
        """Write to a named pipe, once somebody reads it, and close it."""
        while not self._finished.wait(0.001):
            with suppress(OSError):
                end = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
                os.write(end, text.encode())
                os.close(end)
                return

    def pipe(self) -> tuple[int, int]:
        """The two ends of a pipe, for reading and for writing."""
        ends = os.pipe()
        for end in ends:
            self.cleanup.callback(_close, end)
        return ends

    def made(self, value: object) -> object:
        """The value, of which async-block then knows no more than an annotation says."""
        return value

    def finish(self, end: int, content: bytes = b"x") -> None:
        """Write to a pipe and close it."""
        os.write(end, content)
        os.close(end)

    def drain(self, end: int) -> None:
        """Read a pipe until the call is over."""
        os.set_blocking(end, False)
        while not self._finished.wait(0.001):
            with suppress(BlockingIOError):
                while os.read(end, 1 << 16):
                    pass

    def stdin(self) -> Callable[[bytes], object]:
        """Make a terminal of its own standard input; gives what types on it."""
        import pty
        import termios

        outer, inner = pty.openpty()
        attributes = termios.tcgetattr(inner)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(inner, termios.TCSANOW, attributes)
        open_as_ever = os.open

        def open_but_no_terminal(path: Any, *arguments: Any, **keywords: Any) -> int:
            if path == "/dev/tty":
                raise OSError
            return open_as_ever(path, *arguments, **keywords)

        self._patch.setattr(os, "open", open_but_no_terminal)
        self._patch.setattr(sys, "stdin", self.cleanup.enter_context(os.fdopen(inner)))
        self._patch.setattr(sys, "stdout", io.StringIO())
        self._patch.setattr(sys, "stderr", io.StringIO())
        self.cleanup.callback(_close, outer)
        return lambda text: os.write(outer, text)

    def server(self, late: bytes, first: bytes = b"") -> tuple[int, Callable[[], None]]:
        """A server on this machine that sends ``first`` at once, and ``late`` when it may.

        Returns:
            Its port, and what lets it answer.
        """
        listener = self.cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
        may = threading.Event()

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(first)
                    may.wait()
                    connection.sendall(late)
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(PATIENCE)
                    while connection.recv(1 << 16):
                        pass

        threading.Thread(target=serve, daemon=True).start()
        self.cleanup.callback(may.set)
        return listener.getsockname()[1], may.set

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """Two sockets that are connected with each other."""
        here, there = socket.socketpair()
        self.cleanup.enter_context(here)
        self.cleanup.enter_context(there)
        return here, there

    # running a case

    def run(self, case: Callable[[Stall], Awaitable[None]]) -> None:
        """Run a case on an event loop and say what is not as it promises.

        Raises:
            AssertionError: the call did not block, or a call that must not block did.
        """
        ticks = 0
        refusal: list[RuntimeError] = []

        async def beat() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        async def main() -> int:
            heart = asyncio.ensure_future(beat())
            await asyncio.sleep(0)
            before = ticks
            try:
                await case(self)
            except RuntimeError as error:
                if self.expected != "refused":
                    raise
                refusal.append(error)
            finally:
                self._finished.set()
                _recorders.clear()
                self.took = time.thread_time() - self._started
                heart.cancel()
            return ticks - before

        try:
            missed = asyncio.run(main())
        finally:
            if self._helper is not None:
                self._helper.join()
            self.cleanup.close()
        assert self.expected, "the case does not say how its call can be seen to block"
        assert missed == 0, "the case let the loop run"
        assert not self.returned_early, "the call returned before it was set free"
        if self.expected == "seen":
            assert self.events & set(self.wanted_events), sorted(self.events)
        elif self.expected == "refused":
            assert refusal
        elif self.expected == "computes":
            assert self.took > TIMES_A_HOP * _hop(), self.took

    def quiet(self) -> None:
        """From now on nothing may wait: what :meth:`until` releases is only for a failure."""
        self._waits = False

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        self._helper = threading.Thread(target=target, args=arguments, daemon=True)
        self._helper.start()

    def _release_once(self, release: Callable[..., object], arguments: tuple[object, ...]) -> None:
        self.returned_early = self._finished.wait(LOOK if self._waits else PATIENCE)
        if not self._waits:
            self.returned_early = not self.returned_early
        with suppress(Exception):
            # Too late where the call has failed: its objects may be gone.
            release(*arguments)

    def _send_signals(self) -> None:
        self.returned_early = self._finished.wait(LOOK)
        while not self._finished.wait(LOOK):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def _handle(
        self, number: signal.Signals, handler: Callable[[int, object], None] | signal.Handlers
    ) -> None:
        if threading.current_thread() is not threading.main_thread():
            pytest.skip("signals reach the main thread only")
        self.cleanup.callback(signal.signal, number, signal.signal(number, handler))


@lru_cache(maxsize=1)
def _listen() -> None:
    """Once: what listens to the interpreter cannot be taken back."""
    sys.addaudithook(_record)


def _record(event: str, arguments: tuple[object, ...]) -> None:
    for thread, events in _recorders:
        if thread == threading.get_ident():
            events.add(event)


def _ignore(number: int, frame: object) -> None:
    """Handle a signal that comes when nothing waits for it any more."""


def _close(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)


def _hop() -> float:
    """The processor time that handing nothing to a thread takes on the loop's side, in seconds."""

    async def hops() -> float:
        await asyncio.to_thread(int)
        before = time.thread_time()
        for _ in range(50):
            await asyncio.to_thread(int)
        return (time.thread_time() - before) / 50

    return asyncio.run(hops())
