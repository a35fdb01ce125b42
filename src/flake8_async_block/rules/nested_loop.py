"""A call that starts an event loop inside the running one on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    11,
    "nested-loop",
    "nested-event-loop",
    "nested-event-loop-in-helper",
    "starts an event loop inside the running one",
    __doc__,
)
