"""Which thread backend the fixes for a file use when nobody says: what is in use already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Final

from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import ModuleSummary

IMPLYING_ANYIO: Final = frozenset({"anyio", "fastapi", "starlette"})
"""Packages that bring AnyIO and count their worker threads with it."""
_OTHER_LOOPS: Final = IMPLYING_ANYIO | {"aiohttp", "asyncio", "trio", "uvloop"}
_BACKENDS: Final = {
    "anyio.to_thread.run_sync": "anyio",
    "asyncio.to_thread": "asyncio",
    "trio.to_thread.run_sync": "trio",
    "starlette.concurrency.run_in_threadpool": "starlette",
    "fastapi.concurrency.run_in_threadpool": "starlette",
}
"""The functions that run others in a thread; that of an executor needs a loop at hand."""


def choose_backend(
    summary: ModuleSummary, mentioned: Callable[[frozenset[str]], frozenset[str]]
) -> str:
    """The backend that the file itself uses most; else ``anyio``, ``trio`` or ``asyncio``.

    Args:
        summary: the file's.
        mentioned: those of some package names that the project's dependency files mention; asked
            only where the file's own imports do not decide.
    """
    used = _used(summary)
    if used is not None:
        return used
    imported = _imported(summary)
    if imported & IMPLYING_ANYIO:
        return "anyio"
    if "trio" in imported and "asyncio" not in imported:
        return "trio"
    if mentioned(IMPLYING_ANYIO):
        return "anyio"
    return "asyncio"


def runs_on_twisted(summary: ModuleSummary, holding: Callable[[bytes], Collection[str]]) -> bool:
    """Whether a file's coroutines run on Twisted's reactor, as far as imports tell.

    There nothing of asyncio can be awaited: no loop of asyncio runs.

    Args:
        summary: the file's.
        holding: the files of the project in which a word stands; asked only where the file's own
            imports do not decide.
    """
    imported = _imported(summary)
    if imported & _OTHER_LOOPS:
        return False
    if "twisted" in imported:
        return True
    return len(holding(b"twisted.internet")) > len(holding(b"asyncio"))


def _imported(summary: ModuleSummary) -> set[str]:
    """The first words of all names that a file spells in full: what it imports, and built-ins."""
    return {node.name.partition(".")[0] for node in summary.nodes if node.op == PathOp.NAME}


def _used(summary: ModuleSummary) -> str | None:
    """The backend whose function the file calls in most places, if it calls one."""
    counts: Counter[str] = Counter()
    for node in summary.nodes:
        if node.op == PathOp.CALL:
            backend = _BACKENDS.get(_full_name(summary, node.operands[0]))
            if backend is not None:
                counts[backend] += 1
    return max(counts, key=lambda name: (counts[name], name)) if counts else None


def _full_name(summary: ModuleSummary, path: int) -> str:
    """The dotted name that a path spells; empty where it is more than a name."""
    node = summary.nodes[path]
    if node.op == PathOp.NAME:
        return node.name
    if node.op != PathOp.ATTRIBUTE:
        return ""
    owner = _full_name(summary, node.operands[0])
    return owner and f"{owner}.{node.name}"
