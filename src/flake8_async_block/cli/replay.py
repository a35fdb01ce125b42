"""Printing again what an earlier run printed, where nothing has changed since.

A check that repeats an earlier one needs neither settings nor a catalogue, not even the argument
parser. This is asked before any of them is imported, and itself imports next to nothing.
"""

from __future__ import annotations

import os
import sys
import zlib

from flake8_async_block.cache.directory import nearest_cache_directory
from flake8_async_block.cache.recordings import Inputs, read_recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "ASYNC_BLOCK_CACHE_DIR")
_NEVER = ("-", "--no-cache", "--output-file", "--help", "-h")
_TEXT = b"t"
_BYTES = b"b"


def replay(argv: Sequence[str]) -> int | None:
    """Print what an earlier run of the same command printed.

    Args:
        argv: the arguments without the program's name.

    Returns:
        The exit status, or None where the command has to be run.
    """
    if not can_replay(argv):
        return None
    directory = nearest_cache_directory(os.getcwd())
    if directory is None:
        return None
    answer = read_recording(directory, _question(argv))
    if answer is None:
        return None
    from flake8_async_block.cli.console import write_bytes, write_text

    status, kind, content = answer[:1], answer[1:2], answer[2:]
    if kind == _TEXT:
        write_text(content.decode("utf-8", "surrogatepass"), sys.stdout)
    else:
        write_bytes(content, sys.stdout)
    return int(status)


def can_replay(argv: Sequence[str]) -> bool:
    """Whether the command is one whose output depends on nothing but files."""
    return bool(argv) and argv[0] == "check" and not any(_is_never(word) for word in argv)


def keep(
    argv: Sequence[str], directory: str, inputs: Inputs, report: str, status: int, *, text: bool
) -> None:
    """Keep what a run has printed.

    Args:
        argv: the arguments without the program's name.
        directory: of the cache.
        inputs: everything the run has looked at.
        report: what was written to standard output.
        status: the exit status.
        text: whether it was written as text, in the terminal's encoding.
    """
    if nearest_cache_directory(os.getcwd()) != directory:
        # The next run would not look for it there.
        return
    content = report.encode("utf-8", "surrogatepass")
    inputs.record(
        directory, _question(argv), b"%d" % status + (_TEXT if text else _BYTES) + content
    )


def _is_never(word: str) -> bool:
    return word in _NEVER or word.startswith("--output-file=")


def _question(argv: Sequence[str]) -> str:
    """Everything but files on which the output depends."""
    screen = sys.stdout is not None and sys.stdout.isatty()
    return repr(
        (
            list(argv),
            os.getcwd(),
            sys.version,
            screen,
            [os.environ.get(name) for name in _VARIABLES],
            _package(os.path.dirname(os.path.dirname(__file__))),
        )
    )


def _package(top: str) -> int:
    """A number for the code and the data of this package, as installed."""
    number = 0
    pending = [top]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    pending.append(entry.path)
                    continue
                status = entry.stat()
                text = f"{entry.path} {status.st_size} {status.st_mtime_ns}"
                number = zlib.crc32(text.encode("utf-8", "surrogateescape"), number)
    return number
