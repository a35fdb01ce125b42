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
from flake8_async_block.fixers.layout import BrokenOpen, broken_open, indented
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
PARTIAL: Final = LibraryName("functools", "partial")


def _needs_partial(call: cst.Call, backend: Backend) -> bool:
    keywords = {argument.keyword.value for argument in call.args if argument.keyword is not None}
    unpacked = any(argument.star == "**" for argument in call.args)
    if backend.takes_keywords:
        return bool(keywords & backend.own_keywords) or (unpacked and bool(backend.own_keywords))
    return unpacked or bool(keywords)


def move_call(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    """Have a call run in a worker thread, whatever it is that blocks in it.

    Args:
        diagnostic: its span is that of the call, its plan names the ``backend``.
        context: the file.
    """
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
    partial = context.names.reference(PARTIAL, place.functions, place.line)
    if runner is None or partial is None:
        return Refused("every name for the import that it needs is taken")
    needed = [runner]
    before, inner = runner.text + backend.before, ""
    if _needs_partial(call, backend):
        needed.append(partial)
        inner = f"{partial.text}("
    span = source.span(call)
    layout = broken_open(source, call)
    splices: list[Splice] = []
    if layout is None:
        text, after = before + inner, ")" if inner else ""
    else:
        text, splices, after = _broken(call, before, inner, layout, context)
    if place.parenthesise:
        after += ")"
    splices += [opening(span, text, place, source), *handed_over(call, span, context)]
    if after:
        splices.append(Splice(span[1], span[1], after, span))
    imports = frozenset(item.needs for item in needed if item.needs is not None)
    return Edited(tuple(splices), imports, place.caution)


def _broken(
    call: cst.Call, before: str, inner: str, layout: BrokenOpen, context: FileContext
) -> tuple[str, list[Splice], str]:
    """What opens and closes a call with its arguments on lines of their own, and what moves."""
    line_start = layout.newline + layout.indent
    head, parenthesis, first = before.rpartition("(")
    split = head + parenthesis + (line_start + first.rstrip() if first else "")
    if not inner:
        return split + line_start, [], ""
    source = context.source
    end = source.span(call)[1]
    last_line = source.line(end - 1)
    closing_line = source.text[source.line_starts[last_line - 1] : end - 1]
    if closing_line.strip():
        return f"{before}{inner}{line_start}", [], ")"
    first_line = source.line(source.arguments_start(call)[1]) + 1
    moved = indented(source, call, first_line, last_line, layout.unit)
    text = f"{split}{line_start}{inner}{line_start}{layout.unit}"
    return text, list(moved), f"{line_start.removesuffix(layout.unit)})"


def handed_over(call: cst.Call, span: tuple[int, int], context: FileContext) -> list[Splice]:
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


FIXER: Final = Fixer("thread", move_call)
