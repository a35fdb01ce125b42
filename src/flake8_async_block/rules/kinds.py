"""The explicit list of the kinds of blocking, in the order of their numbers."""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules import (
    cloud,
    cpu,
    data_service,
    file_io,
    http,
    nested_loop,
    network,
    sleep,
    sql,
    subprocesses,
    terminal_input,
    waits,
)
from flake8_async_block.rules.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    sleep.KIND,
    http.KIND,
    network.KIND,
    sql.KIND,
    data_service.KIND,
    cloud.KIND,
    subprocesses.KIND,
    file_io.KIND,
    terminal_input.KIND,
    waits.KIND,
    nested_loop.KIND,
    cpu.KIND,
)
KIND_BY_WHAT: Final[dict[str, Kind]] = {kind.what: kind for kind in KINDS}
