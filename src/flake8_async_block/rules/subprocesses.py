"""A call that waits for a process on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    7,
    "subprocess",
    "blocking-subprocess",
    "blocking-subprocess-in-helper",
    "waits for a process",
    __doc__,
)
