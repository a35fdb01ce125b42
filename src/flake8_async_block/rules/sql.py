"""A call that waits for a database on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    4, "sql", "blocking-sql-call", "blocking-sql-call-in-helper", "waits for a database", __doc__
)
