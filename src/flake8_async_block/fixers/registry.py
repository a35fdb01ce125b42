"""The fixers there are. A new one is a file beside this one and a line here."""

from __future__ import annotations

from typing import Final

from flake8_async_block.fixers import (
    block,
    checkpoint,
    helper,
    native,
    partial,
    sync_handler,
    thread,
    unwrap,
)
from flake8_async_block.fixers.base import Fixer

FIXERS: Final[tuple[Fixer, ...]] = (
    thread.FIXER,
    helper.FIXER,
    native.FIXER,
    checkpoint.FIXER,
    unwrap.FIXER,
    partial.FIXER,
    block.FIXER,
    sync_handler.FIXER,
)
BY_STRATEGY: Final = {fixer.strategy: fixer for fixer in FIXERS}
