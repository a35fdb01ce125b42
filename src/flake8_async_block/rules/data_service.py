"""A call that waits for a data service on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    5,
    "data-service",
    "blocking-data-service-call",
    "blocking-data-service-call-in-helper",
    "waits for a data service",
    __doc__,
)
