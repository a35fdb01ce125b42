"""``partial``: give keywords to the function that runs in the thread, not to what runs it.

``anyio.to_thread.run_sync(f, x, key=1)`` raises ``TypeError``, as ``run_in_executor`` does: the
keywords are not handed on. ``functools.partial(f, x, key=1)`` carries them.
"""

from __future__ import annotations

from typing import Final

import libcst as cst

from flake8_async_block.fixers.awaiting import call_at
from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.layout import broken_open, indented
from flake8_async_block.fixers.offloaders import offloader_of, partial_reference
from flake8_async_block.model.diagnostic import Diagnostic


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    located = call_at(diagnostic, context)
    if isinstance(located, Refused):
        return located
    call = cst.ensure_type(located.node, cst.Call)
    offloader = offloader_of(call)
    if offloader is None or offloader.takes_keywords:
        return Refused("it is not known which keywords are its own")
    arguments = call.args[offloader.position :]
    if not arguments or arguments[0].keyword is not None or arguments[0].star:
        return Refused("the function is not handed over as a positional argument")
    if any(argument.star == "**" for argument in arguments):
        return Refused("it is not known which of the unpacked keywords are its own")
    foreign = [
        argument
        for argument in arguments
        if argument.keyword is not None and argument.keyword.value not in offloader.own_keywords
    ]
    if not foreign:
        return Refused("it has no keyword that is not its own")
    moved = arguments[: arguments.index(foreign[-1]) + 1]
    if any(item.keyword is not None and item not in foreign for item in moved):
        return Refused("keywords of its own stand between those of the function")
    partial = partial_reference(located, context)
    if partial is None:
        return Refused("every name for the import that it needs is taken")
    source = context.source
    span = source.span(call)
    start, end = source.span(moved[0])[0], source.span(moved[-1])[1]
    imports = frozenset() if partial.needs is None else frozenset({partial.needs})
    layout = broken_open(source, call)
    first_line, last_line = source.line(start), source.line(end - 1)
    behind = source.text[end : source.span(call)[1]].lstrip(b" \t,")
    if layout is None or first_line == last_line or not behind.startswith((b"\n", b"\r\n")):
        inner = (Splice(start, start, f"{partial.text}(", span), Splice(end, end, ")", span))
        return Edited(inner, imports)
    line_start = layout.newline + layout.indent
    line = source.line_starts[first_line - 1]
    opened = Splice(line, start, f"{layout.indent}{partial.text}({line_start}{layout.unit}", span)
    shifted = indented(source, call, first_line + 1, last_line, layout.unit)
    closed = Splice(end, end, f",{line_start})", span)
    return Edited((opened, *shifted, closed), imports)


FIXER: Final = Fixer("partial", _edit)
