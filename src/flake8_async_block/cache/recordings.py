"""Whole answers, which hold as long as nothing they depend on has changed.

A run that repeats an earlier one only asks the file system about the files which that one read and
the directories which it listed. This is what a person waits for most often, so it has a plain
format of its own and imports next to nothing.

A file counts as unchanged if its size, its times and its inode are the same. A file so new that
it could still change without its time changing makes an answer not worth recording.
"""

from __future__ import annotations

import os
import stat
import time
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

from flake8_async_block.cache.kept_files import file_for, write_kept

_KIND: Final = "answer-1"
_SEPARATOR: Final = "\0"
_EXISTENCE: Final = "?"
"""Before a path, which is absolute and so cannot begin with it: only whether it is there counts."""
_THERE: Final = "there"
CHANGED: Final = "changed"
"""A signature that never holds."""
_OF_TOOLS: Final = frozenset(
    (
        *(".async_block_cache", ".git", ".hypothesis", ".mypy_cache", ".pytest_cache"),
        *(".ruff_cache", "__pycache__"),
    )
)
"""Directories without sources that come and go beside them."""
_LISTING: Final = " listed "
_MOST: Final = 64
"""Answers kept in a directory."""
_FRESH_NANOSECONDS: Final = 20_000_000
"""Longer than the clock of any common file system stands still."""
_COARSE_NANOSECONDS: Final = 2_000_000_000
"""The same for file systems that count in whole seconds."""


def signature(path: str) -> str:
    """What can be told about a file or directory without reading it; empty where there is none.

    A directory's has a second part, what is listed in it: other programs put their own caches
    beside the sources, which changes a directory's times and nothing that matters here.
    """
    if path.startswith(_EXISTENCE):
        return _THERE if os.path.lexists(path.removeprefix(_EXISTENCE)) else ""
    try:
        status = os.stat(path)
        times = f"{status.st_mtime_ns} {status.st_size} {status.st_ctime_ns} {status.st_ino}"
        if stat.S_ISDIR(status.st_mode):
            return f"{times}{_LISTING}{_listing(path)}"
    except OSError:
        return ""
    return times


def _listing(directory: str) -> int:
    """A number for what is in a directory, without what tools put there for themselves."""
    names = []
    with os.scandir(directory) as entries:
        for entry in entries:
            name = entry.name
            if name in _OF_TOOLS:
                continue
            if entry.is_dir():
                names.append(f"{name}/")
            elif name[0] != "." or name == ".gitignore" or name.endswith(".py"):
                names.append(name)
    return zlib.crc32("\n".join(sorted(names)).encode("utf-8", "surrogateescape"))


def _still_holds(path: str, known: str) -> bool:
    times, is_directory, listed = known.partition(_LISTING)
    if not is_directory:
        return signature(path) == known
    try:
        status = os.stat(path)
        now = f"{status.st_mtime_ns} {status.st_size} {status.st_ctime_ns} {status.st_ino}"
        return now == times or str(_listing(path)) == listed
    except OSError:
        return False


def read_recording(directory: str, question: str) -> bytes | None:
    """The recorded answer, or None where there is none that still holds.

    Args:
        directory: of the cache.
        question: everything but files on which the answer depends.
    """
    try:
        with open(file_for(directory, _KIND, question), "rb") as stream:
            content = stream.read()
    except OSError:
        return None
    head, _, rest = content.partition(b"\n")
    if head != _checksum(rest):
        return None
    try:
        length, _, rest = rest.partition(b"\n")
        described = rest[: int(length)].decode("utf-8", "surrogateescape")
        asked, *inputs = described.split(_SEPARATOR)
    except ValueError:
        return None
    if asked != question:
        return None
    for position in range(0, len(inputs), 2):
        if not _still_holds(inputs[position], inputs[position + 1]):
            return None
    return rest[int(length) :]


def changed_inputs(inputs: Mapping[str, str]) -> list[str]:
    """Those of the noted files and directories that are not known to be as they were."""
    return [path for path, known in inputs.items() if not _still_holds(path, known)]


class Inputs:
    """The files and directories on which an answer depends.

    Attributes:
        signatures: by path, from before it was looked at.
    """

    def __init__(self) -> None:
        self._began = time.time_ns()
        self.signatures: dict[str, str] = {}

    def add(self, paths: Iterable[str]) -> None:
        """Note files and directories, there or not; call it *before* they are read."""
        for path in paths:
            if path not in self.signatures:
                self.signatures[path] = signature(path)

    def add_existence(self, paths: Iterable[str]) -> None:
        """Note that it matters whether something is there, and not what it is."""
        self.add(_EXISTENCE + path for path in paths)

    def add_known(self, signatures: Mapping[str, str]) -> None:
        """Take over what another process has noted."""
        for path, known in signatures.items():
            before = self.signatures.setdefault(path, known)
            if before != known:
                # It changed between two looks: whatever was made of it must not be kept, unless
                # it is a directory in which the same things are listed.
                same = (
                    _LISTING in known
                    and before.partition(_LISTING)[2] == known.partition(_LISTING)[2]
                )
                self.signatures[path] = _LISTING + known.partition(_LISTING)[2] if same else CHANGED

    def lasting(self) -> dict[str, str]:
        """All signatures, with one that never holds where a change could go unseen."""
        found = {}
        for path, known in self.signatures.items():
            lasting = known if known == CHANGED else self._lasting(known)
            found[path] = CHANGED if lasting is None else lasting
        return found

    def record(self, directory: str, question: str, answer: bytes) -> None:
        """Keep an answer. Where that is not possible or not safe, nothing happens."""
        parts = [question]
        for path, known in self.signatures.items():
            if known == CHANGED:
                return
            lasting = self._lasting(known)
            if lasting is None:
                return
            parts += (path, lasting)
        described = _SEPARATOR.join(parts).encode("utf-8", "surrogateescape")
        body = b"%d\n%s%s" % (len(described), described, answer)
        with suppress(OSError):
            write_kept(file_for(directory, _KIND, question), _checksum(body) + b"\n" + body, _MOST)

    def _lasting(self, known: str) -> str | None:
        """What of a signature can be relied on; None where a change could go unseen."""
        if not known or known == _THERE:
            return known
        times, is_directory, listed = known.partition(_LISTING)
        if times:
            changed = int(times.partition(" ")[0])
            coarse = changed % 1_000_000_000 == 0
            still = _COARSE_NANOSECONDS if coarse else _FRESH_NANOSECONDS
            if changed <= self._began - still:
                return known
        return f"{_LISTING}{listed}" if is_directory else None


def _checksum(content: bytes) -> bytes:
    return b"%08x" % zlib.crc32(content)
