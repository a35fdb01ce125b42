"""``checkpoint``: let a loop that never awaits give the others a turn in every round.

The pause comes first in the body, so that no ``continue`` passes it by. It changes what the program
does: between two rounds, other tasks may change what the loop works on, and may cancel it.
"""

from __future__ import annotations

from typing import Final

import libcst as cst

from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.layout import newline_at
from flake8_async_block.fixers.locate import ParsedSource
from flake8_async_block.fixers.names import LibraryName
from flake8_async_block.fixers.placement import statement_place
from flake8_async_block.model.diagnostic import Diagnostic

_PAUSES: Final = {
    "anyio": LibraryName("anyio", "sleep"),
    "starlette": LibraryName("anyio", "sleep"),
    "trio": LibraryName("trio", "sleep"),
    "asyncio": LibraryName("asyncio", "sleep"),
    "executor": LibraryName("asyncio", "sleep"),
}


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    assert diagnostic.fix is not None
    wanted = _PAUSES[dict(diagnostic.fix.parameters)["backend"]]
    source = context.source
    start, _ = source.range_of(diagnostic.span)
    located = next(source.starting_at(start, (cst.While, cst.For)), None)
    if located is None:
        return Refused("no loop stands where the finding is")
    place = statement_place(located, context)
    if isinstance(place, Refused):
        return place
    pause = context.names.reference(wanted, place.functions, place.line)
    if pause is None:
        return Refused("every name for the import that it needs is taken")
    loop = located.node
    assert isinstance(loop, (cst.While, cst.For))
    statement = f"await {pause.text}(0)"
    first = loop.body.body[0]
    if isinstance(loop.body, cst.IndentedBlock):
        offset, indentation = _top_of_block(source, first)
        splice = Splice(
            offset,
            offset,
            f"{indentation}{statement}{newline_at(source, source.span(first)[0])}",
            source.span(loop),
            await_at=len(indentation),
        )
    else:
        offset = source.span(first)[0]
        splice = Splice(offset, offset, f"{statement}; ", source.span(loop), await_at=0)
    imports = frozenset() if pause.needs is None else frozenset({pause.needs})
    return Edited((splice,), imports, place.caution, covers=source.span(loop))


def _top_of_block(source: ParsedSource, first: cst.CSTNode) -> tuple[int, str]:
    """Where the line after a block's header begins, and how its statements are indented."""
    start = source.span(first)[0]
    if isinstance(first, (cst.FunctionDef, cst.ClassDef)) and first.decorators:
        start = source.span(first.decorators[0])[0]
    line = source.line(start)
    line_start = source.line_starts[line - 1]
    indentation = source.text[line_start:start].decode()
    while line > 1:
        above = source.text[source.line_starts[line - 2] : source.line_starts[line - 1]].strip()
        if above and not above.startswith(b"#"):
            break
        line -= 1
    return source.line_starts[line - 1], indentation


FIXER: Final = Fixer("checkpoint", _edit)
