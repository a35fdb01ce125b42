"""``native``: await an asynchronous function that does the same and takes the same arguments."""

from __future__ import annotations

from typing import Final

import libcst as cst

from flake8_async_block.fixers.awaiting import call_at, opening
from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.cancellation import ends_when_cancelled
from flake8_async_block.fixers.names import LibraryName
from flake8_async_block.fixers.placement import await_place
from flake8_async_block.model.diagnostic import Diagnostic


def _is_plain_name(expression: cst.BaseExpression) -> bool:
    if isinstance(expression, cst.Attribute):
        return _is_plain_name(expression.value)
    return isinstance(expression, cst.Name)


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    assert diagnostic.fix is not None
    parameters = dict(diagnostic.fix.parameters)
    module = parameters["import"]
    attribute = parameters["replacement"].removeprefix(f"{module}.")
    located = call_at(diagnostic, context)
    if isinstance(located, Refused):
        return located
    place = await_place(located, context)
    if isinstance(place, Refused):
        return place
    call = cst.ensure_type(located.node, cst.Call)
    source = context.source
    span = source.span(call)
    callee_end, _ = source.arguments_start(call)
    if not _is_plain_name(call.func):
        return Refused("the function is computed, and replacing it would drop that")
    if b"#" in source.text[span[0] : callee_end]:
        return Refused("a comment stands inside the name that would be replaced")
    name = LibraryName(module, attribute)
    replacement = context.names.reference(name, place.functions, place.line)
    if replacement is None:
        return Refused("every name for the import that it needs is taken")
    splices = [
        opening(span, "", place, source),
        Splice(span[0], callee_end, replacement.text, span),
    ]
    if place.parenthesise:
        splices.append(Splice(span[1], span[1], ")", span))
    imports = frozenset() if replacement.needs is None else frozenset({replacement.needs})
    library = module.partition(".")[0]
    caution = place.caution or ends_when_cancelled(place.functions[-1], span, source, library)
    return Edited(tuple(splices), imports, caution)


FIXER: Final = Fixer("native", _edit)
