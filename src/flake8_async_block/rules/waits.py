"""A call that waits for another thread or process on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    10,
    "wait",
    "blocking-wait",
    "blocking-wait-in-helper",
    "waits for another thread or process",
    __doc__,
)
