"""A call that sleeps on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(1, "sleep", "blocking-sleep", "blocking-sleep-in-helper", "sleeps", __doc__)
