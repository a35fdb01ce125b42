"""Writing to streams that may be closed, narrow-minded about characters, or a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from flake8_async_block.model.errors import UsageError

_SECONDS_BEFORE_PROGRESS: Final = 1.0
_SPELT_IN_ASCII: Final = str.maketrans(
    {"\u2192": "->", "\u2026": "...", "\u2013": "-", "\u2019": "'"}
)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads along."""
    return not stream.closed and stream.isatty()


def wants_colours(stream: TextIO) -> bool:
    """Whether to colour what goes to the stream.

    ``NO_COLOR`` forbids it and ``FORCE_COLOR`` asks for it, as far as they are not empty.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def write_text(text: str, stream: TextIO) -> None:
    """Write and flush; characters that the stream cannot hold are spelt out.

    Raises:
        BrokenPipeError: nobody reads the stream any more.
    """
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        folded = text.translate(_SPELT_IN_ASCII)
        text = folded.encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)
    stream.flush()


def write_bytes(content: bytes, stream: TextIO) -> None:
    """Write and flush bytes as they are: JSON is UTF-8 and a patch is exact, whatever the locale.

    Raises:
        BrokenPipeError: nobody reads the stream any more.
    """
    stream.flush()
    stream.buffer.write(content)
    stream.buffer.flush()


def read_standard_input() -> bytes:
    """All that comes in.

    Raises:
        UsageError: there is no standard input.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("-: there is no standard input to read")
    return sys.stdin.buffer.read()


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show on a terminal how far a run is, once it has taken a second.

    Yields:
        A function that takes how many files are done, and of how many; None where nobody looks.
    """
    if quiet or not is_terminal(sys.stderr):
        yield None
        return
    import time

    started = time.monotonic()
    show: Callable[[int, int], None] | None = None
    stop: Callable[[], None] | None = None

    def advance(done: int, total: int) -> None:
        nonlocal show, stop
        if show is None:
            if time.monotonic() - started < _SECONDS_BEFORE_PROGRESS:
                return
            show, stop = _start_bar()
        show(done, total)

    try:
        yield advance
    finally:
        if stop is not None:
            stop()


def _start_bar() -> tuple[Callable[[int, int], None], Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("")
    bar.start()

    def show(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    return show, bar.stop
