"""A call that computes for long on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    12, "cpu", "cpu-heavy-call", "cpu-heavy-call-in-helper", "computes for long", __doc__
)
