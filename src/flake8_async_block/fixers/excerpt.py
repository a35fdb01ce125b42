"""What of a file its fixes never look at, so that libcst need not read it.

libcst is many times slower than :mod:`ast`, and most functions of a file hold no finding. A
statement of the module, or of a class, stands on lines of its own, so leaving it out changes the
meaning of no other line's layout. What is computed on the whole text (imports, names, comments,
the compiler's verdict) is computed from :mod:`ast` and :mod:`tokenize`, not from the excerpt.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from flake8_async_block.model.diagnostic import Span

Lines = tuple[int, int]


def unneeded_lines(tree: ast.Module, spans: Collection[Span]) -> list[Lines]:
    """The lines that can be left out if only the functions around some places matter.

    Args:
        tree: the file.
        spans: the places.

    Returns:
        First and last line (from 1, inclusive) of each stretch, in order and apart.
    """
    needed = [(span.line, span.end_line) for span in spans]
    return list(_left_out(tree.body, needed, 0))


def _left_out(body: Sequence[ast.stmt], needed: Sequence[Lines], above: int) -> Iterator[Lines]:
    """Go through the statements of a block whose header ends in the line ``above``."""
    for position, statement in enumerate(body):
        start, end = above + 1, statement.end_lineno or statement.lineno
        above = end
        inside = [lines for lines in needed if lines[0] <= end and start <= lines[1]]
        if inside:
            if isinstance(statement, ast.ClassDef):
                yield from _left_out_of_class(statement, inside)
            continue
        following = body[position + 1].lineno if position + 1 < len(body) else end + 1
        if start <= statement.lineno and following > end:
            yield start, end


def _left_out_of_class(definition: ast.ClassDef, needed: Sequence[Lines]) -> Iterator[Lines]:
    # Where the header ends is not told, so the first statement stays, and with it a body.
    first, *others = definition.body
    end = first.end_lineno or first.lineno
    if isinstance(first, ast.ClassDef):
        yield from _left_out_of_class(first, needed)
    yield from _left_out(others, needed, end)
