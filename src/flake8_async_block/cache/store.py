"""Summaries by the text they come from, in one SQLite file that several processes may use.

A summary depends on the text, on the extraction and on the Python that parsed it, and on nothing
else: the same key means the same summary on every machine, so the file may be shared.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeVar

from flake8_async_block.cache.directory import make_cache_directory
from flake8_async_block.cache.packing import unpack
from flake8_async_block.model.summary import ModuleSummary

_T = TypeVar("_T")
_FILE: Final = "summaries-1.sqlite"
_MOST_BYTES: Final = 256 * 1024 * 1024
_MOST_PENDING: Final = 250
"""Summaries held back before they are written in one transaction, for other processes to find."""
_SECONDS_TO_WAIT: Final = 5.0
_DAY: Final = 86400
_KEY_BYTES: Final = 16
_PARSES: Final = b""
"""Kept of a text that is known to be valid Python, where no summary was needed."""


class SummaryStore:
    """Keeps summaries in the directory of a cache; what goes wrong there is a miss.

    Args:
        directory: of the cache, absolute.
        delay: the least number of seconds between two writes, for those who flush often.
    """

    def __init__(self, directory: str, delay: float = 0.0) -> None:
        self.directory = directory
        self._delay = delay
        self._last_write = time.monotonic()
        self._path = os.path.join(directory, _FILE)
        self._pending: dict[bytes, bytes] = {}

    def get(self, text: bytes) -> ModuleSummary | None:
        """The summary of a file's text, if it is known."""
        return self.get_by_key(text_key(text))

    def get_by_key(self, key: bytes) -> ModuleSummary | None:
        """The summary of the text with this :func:`text_key`, if it is known."""
        found = self._find(key)
        if not found:
            return None
        try:
            return unpack(zlib.decompress(found))
        except zlib.error:
            return None

    def has(self, text: bytes) -> bool:
        """Whether a summary of a file's text is there."""
        return bool(self._find(text_key(text)))

    def put(self, text: bytes, packed: bytes) -> None:
        """Remember a packed summary; :meth:`flush` writes it, or whoever brings many."""
        self._put(text_key(text), zlib.compress(packed, 1))

    def parses(self, text: bytes) -> bool:
        """Whether a text is known to be valid Python."""
        return self._find(text_key(text)) is not None

    def note_parses(self, text: bytes) -> None:
        """Remember that a text is valid Python."""
        self._put(text_key(text), _PARSES)

    def flush(self) -> None:
        """Write what is pending, unless something was written a moment ago."""
        if self._delay and time.monotonic() - self._last_write < self._delay:
            return
        self._last_write = time.monotonic()
        pending, self._pending = self._pending, {}
        if not pending or not make_cache_directory(self.directory):
            return
        self._attempt(lambda: self._write(pending))
        if self._reader is None:
            # There was no file yet; now others may write into it what is of use here.
            del self._reader

    def _write(self, pending: dict[bytes, bytes]) -> None:
        today = int(time.time()) // _DAY
        connection = self._connect(writing=True)
        try:
            connection.executemany(
                "INSERT INTO summaries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
                " SET value = excluded.value, day = excluded.day"
                " WHERE length(excluded.value) > length(value)",
                [(key, value, today) for key, value in pending.items()],
            )
            connection.commit()
            _shrink(connection)
        finally:
            connection.close()

    def _find(self, key: bytes) -> bytes | None:
        pending = self._pending.get(key)
        reader = self._reader
        if pending is not None or reader is None:
            return pending
        row = self._attempt(
            lambda: reader.execute("SELECT value FROM summaries WHERE key = ?", (key,)).fetchone()
        )
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def _put(self, key: bytes, value: bytes) -> None:
        self._pending[key] = value
        if len(self._pending) >= _MOST_PENDING:
            self.flush()

    @cached_property
    def _reader(self) -> sqlite3.Connection | None:
        if not os.path.exists(self._path):
            return None
        return self._attempt(lambda: self._connect(writing=False))

    def _connect(self, *, writing: bool) -> sqlite3.Connection:
        if not writing:
            # A directory that cannot be written to can still be read from.
            how = "mode=ro" if os.access(self.directory, os.W_OK) else "immutable=1"
            where = f"{Path(self._path).as_uri()}?{how}"
            return sqlite3.connect(where, uri=True, timeout=_SECONDS_TO_WAIT)
        connection = sqlite3.connect(self._path, timeout=_SECONDS_TO_WAIT)
        try:
            # Readers do not wait for writers; and a cache need not survive a power cut.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS summaries"
                " (key BLOB PRIMARY KEY, value BLOB NOT NULL, day INTEGER NOT NULL)"
            )
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _attempt(self, work: Callable[[], _T]) -> _T | None:
        """A busy file is left alone, a damaged one deleted; either way the run goes on."""
        try:
            return work()
        except sqlite3.OperationalError:
            # Locked for too long, read-only, a full disk, a table that is not there yet.
            return None
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    os.unlink(self._path + suffix)
            self._reader = None
            return None


def text_key(text: bytes) -> bytes:
    """Under what a file's text is known: another one for another text, or another extraction."""
    return blake2b(text, digest_size=_KEY_BYTES, key=extraction_version()).digest()


@lru_cache(maxsize=1)
def extraction_version() -> bytes:
    """What a summary depends on besides the text: the code that makes it, and Python's grammar."""
    package = Path(__file__).parent.parent
    digest = blake2b(digest_size=_KEY_BYTES)
    digest.update(repr(sys.version_info[:2]).encode())
    for part in ("extract", "model"):
        for path in sorted((package / part).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


@lru_cache(maxsize=1)
def package_version() -> bytes:
    """What findings depend on besides the project: the code and the data of this package."""
    package = Path(__file__).parent.parent
    digest = blake2b(digest_size=_KEY_BYTES)
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".toml"):
            status = path.stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.digest()


def _shrink(connection: sqlite3.Connection) -> None:
    """Delete what has not been written anew for longest, if the file has grown too large."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    if (pages - free) * size <= _MOST_BYTES:
        return
    connection.execute(
        "DELETE FROM summaries WHERE rowid IN (SELECT rowid FROM summaries"
        " ORDER BY day, rowid LIMIT (SELECT count(*) / 2 FROM summaries))"
    )
    connection.commit()
