"""An unbounded loop on the event loop without a point at which it yields."""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

LOOP_WITHOUT_AWAIT: Final = Rule(
    "ASB301",
    "loop-without-await",
    "an endless loop that never gives the event loop a turn",
    __doc__,
)
