"""Which thread backend the fixes for a file use when nobody says: what is in use already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import ModuleSummary

IMPLYING_ANYIO: Final = frozenset({"anyio", "fastapi", "starlette"})
"""Packages that bring AnyIO and count their worker threads with it."""


def choose_backend(
    summary: ModuleSummary, mentioned: Callable[[frozenset[str]], frozenset[str]]
) -> str:
    """``anyio``, ``trio`` or ``asyncio``.

    Args:
        summary: the file's.
        mentioned: those of some package names that the project's dependency files mention; asked
            only where the file's own imports do not decide.
    """
    imported = {node.name.partition(".")[0] for node in summary.nodes if node.op == PathOp.NAME}
    if imported & IMPLYING_ANYIO:
        return "anyio"
    if "trio" in imported and "asyncio" not in imported:
        return "trio"
    if mentioned(IMPLYING_ANYIO):
        return "anyio"
    return "asyncio"
