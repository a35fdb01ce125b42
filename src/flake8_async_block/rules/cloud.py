"""A call that waits for a cloud service on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    6,
    "cloud",
    "blocking-cloud-call",
    "blocking-cloud-call-in-helper",
    "waits for a cloud service",
    __doc__,
)
