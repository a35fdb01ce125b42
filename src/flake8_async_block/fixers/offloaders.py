"""Calls which run a function that they are given, such as ``asyncio.to_thread(f, x)``.

What is called was resolved when the finding was made. All that matters here is which keywords a
call hands on, and its last name tells that; where it does not, ``functools.partial`` is always
right.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import libcst as cst

from flake8_async_block.fixers.base import FileContext
from flake8_async_block.fixers.locate import Located
from flake8_async_block.fixers.names import LibraryName, Reference
from flake8_async_block.fixers.placement import functions_around


class Offloader(NamedTuple):
    """How a call takes the function that it runs.

    ``position`` is the function's place among the arguments, from 0; ``takes_keywords`` tells
    whether keywords are handed on to it, all but ``own_keywords``.
    """

    position: int
    takes_keywords: bool
    own_keywords: frozenset[str] = frozenset()


_PARTIAL: Final = LibraryName("functools", "partial")
_BY_NAME: Final = {
    "to_thread": Offloader(0, True),
    "run_in_threadpool": Offloader(0, True, frozenset({"func"})),
    "add_task": Offloader(0, True, frozenset({"func", "self"})),
    "submit": Offloader(0, True),
    "run_in_executor": Offloader(1, False),
    "run_sync": Offloader(
        0, False, frozenset({"abandon_on_cancel", "cancellable", "limiter", "thread_name"})
    ),
}


def offloader_of(call: cst.Call) -> Offloader | None:
    """What the callee's last name tells, or None where that is not known."""
    function = call.func
    name = function.attr if isinstance(function, cst.Attribute) else function
    return _BY_NAME.get(name.value) if isinstance(name, cst.Name) else None


def partial_reference(located: Located, context: FileContext) -> Reference | None:
    """How to write ``functools.partial`` at a place, or None where no name for it is free."""
    line = context.source.line(context.source.span(located.node)[0])
    return context.names.reference(_PARTIAL, functions_around(located, context), line)
