"""A call that waits for terminal input on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    9,
    "input",
    "blocking-terminal-input",
    "blocking-terminal-input-in-helper",
    "waits for terminal input",
    __doc__,
)
