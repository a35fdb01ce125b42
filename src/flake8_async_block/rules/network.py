"""A call that waits for the network on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    3,
    "network",
    "blocking-network-call",
    "blocking-network-call-in-helper",
    "waits for the network",
    __doc__,
)
