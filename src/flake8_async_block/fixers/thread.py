"""``thread``: run the blocking call in a worker thread and await it.

The callee and its arguments are evaluated where they were, on the loop and in the same order;
only the call itself moves. Keywords travel through ``functools.partial`` wherever the backend
would take them as its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import libcst as cst

from flake8_async_block.fixers.awaiting import call_at, opening
from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.cancellation import ends_when_cancelled
from flake8_async_block.fixers.layout import (
    BrokenOpen,
    broken_open,
    indentation_at,
    indented,
    newline_at,
    on_one_line,
    one_by_one,
    unit_to_break,
    width_of,
)
from flake8_async_block.fixers.locate import ParsedSource
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
    name = dict(diagnostic.fix.parameters)["backend"]
    backend = BACKENDS[name]
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
    shape = _shape(call, before, inner, context, parenthesise=place.parenthesise)
    span = source.span(call)
    after = shape.after + (f"{shape.line_end})" if place.parenthesise else "")
    splices = [
        opening(span, shape.before, place, source, shape.line_start),
        *shape.splices,
        *handed_over(call, span, context, separator=shape.separator),
    ]
    if after:
        splices.append(Splice(span[1], span[1], after, span))
    imports = frozenset(item.needs for item in needed if item.needs is not None)
    caution = place.caution or ends_when_cancelled(place.functions[-1], span, source, name)
    return Edited(tuple(splices), imports, caution)


class _Shape(NamedTuple):
    """How the lines of an edited call break.

    ``before`` and ``after`` stand around it, ``splices`` are what changes inside, and
    ``separator``, if any, stands between the callee and the first argument. Where the ``await`` has
    a line of its own in parentheses, ``line_start`` and ``line_end`` stand around that.
    """

    before: str
    after: str
    splices: Sequence[Splice] = ()
    separator: str | None = None
    line_start: str = ""
    line_end: str = ""


def _shape(
    call: cst.Call, before: str, inner: str, context: FileContext, *, parenthesise: bool
) -> _Shape:
    source = context.source
    layout = broken_open(source, call)
    if layout is not None:
        return _broken(call, before, inner, layout, context)
    end = ")" if inner else ""
    extra = len(f"await {before}{inner}{end}, ") + 2 * parenthesise
    unit = unit_to_break(source, call, extra)
    if unit is None or _has_edits_beside(call, context):
        return _Shape(before + inner, end)
    start, _ = source.span(call)
    newline, indent = newline_at(source, start), indentation_at(source, start)
    if not parenthesise:
        return _over_lines(call, before, inner, newline, indent, unit, source)
    deeper = indent + unit
    length = len(f"{deeper}await {before}{inner}{end}, ") + len(source.source(call)) - 1
    if length <= width_of(source):
        shape = _Shape(before + inner, end)
    else:
        shape = _over_lines(call, before, inner, newline, deeper, unit, source)
    return shape._replace(line_start=newline + deeper, line_end=newline + indent)


def _over_lines(
    call: cst.Call,
    before: str,
    inner: str,
    newline: str,
    indent: str,
    unit: str,
    source: ParsedSource,
) -> _Shape:
    """For a call on one line that gets too long, on a line that is indented by ``indent``."""
    end = ")" if inner else ""
    deeper = newline + indent + unit
    head, parenthesis, first = before.rpartition("(")
    length = len(source.source(call)) + 1
    opened = head + parenthesis + deeper
    if len(indent + unit + first + inner + end) + length <= width_of(source):
        if not inner:
            return _Shape(opened + first, "", (_closing(call, newline + indent, source),))
        return _Shape(opened + first + inner, f"{newline}{indent})")
    first = first.rstrip() + deeper if first else ""
    if not inner:
        separator, inside = _one_by_one(call, deeper, source)
        closing = _closing(call, f",{newline}{indent}", source)
        return _Shape(opened + first, "", (*inside, closing), separator)
    deepest = deeper + unit
    text, after = f"{opened}{first}{inner}{deepest}", f"{newline}{indent})"
    if len(deepest.lstrip("\r\n")) + length <= width_of(source):
        return _Shape(text, after, (_closing(call, deeper, source),))
    separator, inside = _one_by_one(call, deepest, source)
    closing = _closing(call, f",{deeper}", source)
    return _Shape(text, after, (*inside, closing), separator)


def _closing(call: cst.Call, text: str, source: ParsedSource) -> Splice:
    """Put something in place of what stands between the last argument and the ``)``."""
    span = source.span(call)
    return Splice(source.span(call.args[-1])[1], span[1] - 1, text, span)


def _one_by_one(
    call: cst.Call, line_start: str, source: ParsedSource
) -> tuple[str, tuple[Splice, ...]]:
    return f",{line_start}", tuple(one_by_one(source, call, line_start))


def _has_edits_beside(call: cst.Call, context: FileContext) -> bool:
    """Whether another edit may change the same line, so that how it breaks cannot be foreseen."""
    source = context.source
    start, _ = source.span(call)
    line = source.line(start)
    return any(
        source.line(first) <= line <= source.line(last) and (first, last) != source.span(call)
        for first, last in context.located
    )


def _broken(
    call: cst.Call, before: str, inner: str, layout: BrokenOpen, context: FileContext
) -> _Shape:
    """For a call with its arguments on lines of their own."""
    source = context.source
    line_start = layout.newline + layout.indent
    head, parenthesis, first = before.rpartition("(")
    opened = head + parenthesis
    split = line_start + first.rstrip() if first else ""
    if not inner:
        return _joined(call, opened, first, split, layout.indent, context)
    end = source.span(call)[1]
    last_line = source.line(end - 1)
    closing_line = source.text[source.line_starts[last_line - 1] : end - 1]
    if closing_line.strip():
        return _Shape(f"{before}{inner}{line_start}", ")")
    shape = _joined(call, "", "", "", layout.indent + layout.unit, context)
    first_line = source.line(source.arguments_start(call)[1]) + 1
    # The line of the arguments is written anew.
    first_line += shape.separator is not None
    moved = indented(source, call, first_line, last_line, layout.unit)
    text = f"{opened}{split}{line_start}{inner}{shape.before}"
    closing = f"{line_start.removesuffix(layout.unit)})"
    return _Shape(text, closing, (*moved, *shape.splices), shape.separator)


def _joined(
    call: cst.Call, opened: str, first: str, split: str, indent: str, context: FileContext
) -> _Shape:
    """Put the callee in front of the arguments, if they share one line and leave room for it.

    Args:
        call: its arguments begin on a line of their own.
        opened: what ends with the parenthesis.
        first: an argument that comes before the callee, with its comma and a space, or nothing.
        split: the same on a line of its own.
        indent: how deep the arguments stand in the end.
        context: the file.
    """
    source = context.source
    line_start = newline_at(source, source.arguments_start(call)[1]) + indent
    together = on_one_line(source, call)
    if together is None or _has_edits_beside(call, context):
        return _Shape(opened + split + line_start, "")
    callee = len(source.source(call.func))
    if len(indent + first) + callee + len(", ") + together <= width_of(source):
        return _Shape(opened + line_start + first, "", separator=", ")
    separator, inside = _one_by_one(call, line_start, source)
    start, end = source.span(call)
    last = source.span(call.args[-1])[1]
    if b"," not in source.text[last:end]:
        inside = (*inside, Splice(last, last, ",", (start, end)))
    return _Shape(opened + split + line_start, "", inside, separator)


def handed_over(
    call: cst.Call, span: tuple[int, int], context: FileContext, *, separator: str | None = None
) -> list[Splice]:
    """Turn ``callee(arguments)`` into ``callee, arguments)``.

    Args:
        separator: what shall stand between the callee and the first argument, white space
            included; None for a comma and the white space there is.
    """
    source = context.source
    callee_end, parenthesis = source.arguments_start(call)
    between = source.text[callee_end:parenthesis]
    start = callee_end if not between.strip(b" \t") else parenthesis
    end, text = parenthesis + 1, ""
    if separator is not None:
        end, text = source.span(call.args[0])[0], separator
    elif call.args:
        following = source.text[end : end + 1]
        text = "," if following.isspace() or following == b"\\" else ", "
    elif not source.text[end : span[1] - 1].strip(b" \t"):
        end = span[1] - 1
    splices = [Splice(start, end, text, span)]
    argument = call.args[0].value if call.args else None
    if isinstance(argument, cst.GeneratorExp) and not argument.lpar:
        # `f(x for x in y)` lends its parentheses to the generator, beside `f` it needs its own.
        owner = source.span(argument)
        splices.append(Splice(owner[0], owner[0], "(", owner))
        splices.append(Splice(owner[1], owner[1], ")", owner))
    return splices


FIXER: Final = Fixer("thread", move_call)
