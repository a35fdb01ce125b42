"""A call that waits for an HTTP response on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    2,
    "http",
    "blocking-http-call",
    "blocking-http-call-in-helper",
    "waits for an HTTP response",
    __doc__,
)
