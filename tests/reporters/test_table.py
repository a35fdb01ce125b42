"""The table of formats is complete."""

from __future__ import annotations

from pathlib import Path

import flake8_async_block.reporters
from flake8_async_block.reporters import REPORTERS


def test_every_format_on_disk_is_in_the_table() -> None:
    directory = Path(flake8_async_block.reporters.__file__).parent
    modules = {path.stem for path in directory.glob("*.py")} - {
        "__init__",
        "context",
        "blockers",
        "lines",
    }
    assert set(REPORTERS) == modules
