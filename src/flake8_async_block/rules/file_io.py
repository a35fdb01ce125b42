"""A call that reads or writes files on the event loop."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    8, "file", "blocking-file-io", "blocking-file-io-in-helper", "reads or writes files", __doc__
)
