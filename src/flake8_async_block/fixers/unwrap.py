"""``unwrap``: hand over the function and its arguments, instead of what it gave.

In ``await asyncio.to_thread(f(x))`` the call is made on the event loop, and its result is handed to
the thread. ``await asyncio.to_thread(f, x)`` is what was meant.
"""

from __future__ import annotations

from typing import Final

import libcst as cst

from flake8_async_block.fixers.awaiting import call_at
from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.locate import Located
from flake8_async_block.fixers.offloaders import Offloader, offloader_of, partial_reference
from flake8_async_block.fixers.thread import handed_over
from flake8_async_block.model.diagnostic import Diagnostic

_UNKNOWN: Final = Offloader(0, False)


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    located = call_at(diagnostic, context)
    if isinstance(located, Refused):
        return located
    found = _handed(located)
    if isinstance(found, Refused):
        return found
    outer, argument, inner = found
    known = offloader_of(outer) or _UNKNOWN
    behind = outer.args[outer.args.index(argument) + 1 :]
    if argument.keyword is not None or argument.star:
        return Refused("the call is not handed over as a positional argument")
    if any(other.keyword is None and other.star != "**" for other in behind):
        return Refused("more arguments follow, for the function that the call gives")
    if behind and known.takes_keywords:
        return Refused("more keywords follow, for the function that the call gives")
    source = context.source
    span = source.span(inner)
    if inner.lpar:
        return Refused("the call stands in parentheses of its own")
    if _needs_partial(inner, known) or _ends_with_comma(inner) or b"#" in _tail(inner, context):
        partial = partial_reference(located, context)
        if partial is None:
            return Refused("every name for the import that it needs is taken")
        splices = [
            Splice(span[0], span[0], f"{partial.text}(", span),
            *handed_over(inner, span, context),
        ]
        imports = frozenset() if partial.needs is None else frozenset({partial.needs})
        return Edited(tuple(splices), imports)
    if not inner.args:
        callee_end, _ = source.arguments_start(inner)
        return Edited((Splice(callee_end, span[1], "", span),))
    # A closing parenthesis on a line of its own goes with the line.
    tail = _tail(inner, context)[:-1]
    closing = Splice(span[1] - 1 - len(tail), span[1], "", span)
    return Edited((*handed_over(inner, span, context), closing))


def _handed(located: Located) -> tuple[cst.Call, cst.Arg, cst.Call] | Refused:
    """The call that offloads, and in it the argument that is a call: the finding is on either."""
    call = cst.ensure_type(located.node, cst.Call)
    around = located.ancestors
    argument, outer = around[-1], around[-2] if len(around) > 1 else None
    if isinstance(argument, cst.Arg) and isinstance(outer, cst.Call) and offloader_of(call) is None:
        return outer, argument, call
    known = offloader_of(call)
    if known is not None and known.position < len(call.args):
        argument = call.args[known.position]
        if isinstance(argument.value, cst.Call):
            return call, argument, argument.value
    return Refused("no call is handed over where the finding is")


def _needs_partial(inner: cst.Call, offloader: Offloader) -> bool:
    keywords = {argument.keyword.value for argument in inner.args if argument.keyword is not None}
    unpacked = any(argument.star == "**" for argument in inner.args)
    if offloader.takes_keywords:
        own = offloader.own_keywords
        return bool(keywords & own) or (unpacked and bool(own))
    return unpacked or bool(keywords)


def _ends_with_comma(inner: cst.Call) -> bool:
    return bool(inner.args) and isinstance(inner.args[-1].comma, cst.Comma)


def _tail(inner: cst.Call, context: FileContext) -> bytes:
    """What stands between the callee, or the last argument, and the closing parenthesis."""
    source = context.source
    start = source.span(inner.args[-1])[1] if inner.args else source.arguments_start(inner)[1]
    return source.text[start : source.span(inner)[1]]


FIXER: Final = Fixer("unwrap", _edit)
