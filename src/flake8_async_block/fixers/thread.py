"""``thread``: run the blocking call in a worker thread and await it.

The callee and its arguments are evaluated where they were, on the loop and in the same order;
only the call itself moves. Keywords travel through ``functools.partial`` wherever the backend
would take them as its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import libcst as cst

from flake8_async_block.fixers.awaiting import call_at, opening
from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.names import LibraryName
from flake8_async_block.fixers.placement import await_place
from flake8_async_block.model.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Backend:
    """A way to run a function in a thread.

    Args:
        runner: the function that does it.
        before: what stands between the runner's name and the function that it is given.
        takes_keywords: whether it hands keyword arguments on.
        own_keywords: keywords that it takes as its own all the same.
    """

    runner: LibraryName
    before: str = "("
    takes_keywords: bool = False
    own_keywords: frozenset[str] = frozenset()


BACKENDS: Final = {
    "anyio": Backend(LibraryName("anyio.to_thread", "run_sync")),
    "asyncio": Backend(LibraryName("asyncio", "to_thread"), takes_keywords=True),
    "trio": Backend(LibraryName("trio.to_thread", "run_sync")),
    "starlette": Backend(
        LibraryName(
            "starlette.concurrency",
            "run_in_threadpool",
            also=("fastapi.concurrency.run_in_threadpool",),
            by_name=True,
        ),
        takes_keywords=True,
        own_keywords=frozenset({"func"}),
    ),
    "executor": Backend(
        LibraryName("asyncio", "get_running_loop"), before="().run_in_executor(None, "
    ),
}
_PARTIAL: Final = LibraryName("functools", "partial")


def _needs_partial(call: cst.Call, backend: Backend) -> bool:
    keywords = {argument.keyword.value for argument in call.args if argument.keyword is not None}
    unpacked = any(argument.star == "**" for argument in call.args)
    if backend.takes_keywords:
        return bool(keywords & backend.own_keywords) or (unpacked and bool(backend.own_keywords))
    return unpacked or bool(keywords)


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    assert diagnostic.fix is not None
    backend = BACKENDS[dict(diagnostic.fix.parameters)["backend"]]
    located = call_at(diagnostic, context)
    if isinstance(located, Refused):
        return located
    place = await_place(located, context)
    if isinstance(place, Refused):
        return place
    call = cst.ensure_type(located.node, cst.Call)
    source = context.source
    if source.source(call.func).rpartition(".")[2] in ("next", "__next__"):
        return Refused("StopIteration cannot leave a worker thread")
    runner = context.names.reference(backend.runner, place.functions, place.line)
    partial = context.names.reference(_PARTIAL, place.functions, place.line)
    if runner is None or partial is None:
        return Refused("every name for the import that it needs is taken")
    needed = [runner]
    before, after = runner.text + backend.before, ""
    if _needs_partial(call, backend):
        needed.append(partial)
        before, after = f"{before}{partial.text}(", ")"
    span = source.span(call)
    if place.parenthesise:
        after += ")"
    splices = [opening(span, before, place, source), *_handed_over(call, span, context)]
    if after:
        splices.append(Splice(span[1], span[1], after, span))
    imports = frozenset(item.needs for item in needed if item.needs is not None)
    return Edited(tuple(splices), imports, place.caution)


def _handed_over(call: cst.Call, span: tuple[int, int], context: FileContext) -> list[Splice]:
    """Turn ``callee(arguments)`` into ``callee, arguments)``."""
    source = context.source
    callee_end, parenthesis = source.arguments_start(call)
    between = source.text[callee_end:parenthesis]
    start = callee_end if not between.strip(b" \t") else parenthesis
    end, separator = parenthesis + 1, ""
    if call.args:
        following = source.text[end : end + 1]
        separator = "," if following.isspace() or following == b"\\" else ", "
    elif not source.text[end : span[1] - 1].strip(b" \t"):
        end = span[1] - 1
    splices = [Splice(start, end, separator, span)]
    argument = call.args[0].value if call.args else None
    if isinstance(argument, cst.GeneratorExp) and not argument.lpar:
        # `f(x for x in y)` lends its parentheses to the generator, beside `f` it needs its own.
        owner = source.span(argument)
        splices.append(Splice(owner[0], owner[0], "(", owner))
        splices.append(Splice(owner[1], owner[1], ")", owner))
    return splices


FIXER: Final = Fixer("thread", _edit)
