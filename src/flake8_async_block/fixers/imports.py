"""Where a new import goes: into the file's import block, in order, without moving a line.

The order is the common one (standard library, third party, the project, relative; plain imports
before ``from``), as far as the block follows it; a formatter may do better, but nothing here
separates a comment from the line it describes or a header from the file's top.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from flake8_async_block.fixers.base import Splice
from flake8_async_block.fixers.locate import ParsedSource
from flake8_async_block.fixers.names import NewImport

_FUTURE: Final = 0
_STANDARD: Final = 1
_THIRD_PARTY: Final = 2
_PROJECT: Final = 3
_RELATIVE: Final = 4


class _Order(NamedTuple):
    section: int
    is_from: bool
    module: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines (from 1, inclusive) of an import statement, with all that shares them."""

    order: _Order
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Before which line new imports go, and how many blank lines surround them there."""

    line: int
    blank_before: int = 0
    blank_after: int = 0


def _section(module: str, path: str) -> int:
    root = module.partition(".")[0]
    if not root:
        return _RELATIVE
    if root == "__future__":
        return _FUTURE
    if root in sys.stdlib_module_names:
        return _STANDARD
    return _PROJECT if root in path.removesuffix(".py").split("/") else _THIRD_PARTY


def _order(node: ast.Import | ast.ImportFrom, path: str) -> _Order:
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return _Order(_section(module, path), True, module.lower())
    return _Order(_section(node.names[0].name, path), False, node.names[0].name.lower())


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _first_line(node: ast.stmt) -> int:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return node.lineno


class _Head:
    """The part of a file in which imports may stand: all before the first definition."""

    def __init__(self, tree: ast.Module, lines: list[str], path: str, before_line: int) -> None:
        self.lines = lines
        head = list(
            takewhile(
                lambda node: (
                    not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                    and (node.end_lineno or node.lineno) < before_line
                ),
                tree.body,
            )
        )
        self.blocks: list[_Block] = []
        for node in head:
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            sharing = [
                other
                for other in tree.body
                if other.lineno <= (node.end_lineno or node.lineno)
                and (other.end_lineno or other.lineno) >= node.lineno
            ]
            last = max(other.end_lineno or other.lineno for other in sharing)
            if last < before_line:
                first = min(other.lineno for other in sharing)
                self.blocks.append(_Block(_order(node, path), first, last))
        self.docstring_end = 0
        if head and _is_docstring(head[0]):
            # What stands behind it on the same line comes before the imports, too.
            for node in head:
                if node.lineno <= max(self.docstring_end, head[0].lineno):
                    self.docstring_end = node.end_lineno or node.lineno
        # The module holds the statement that is edited, so one follows the docstring.
        self.first_statement = next(node for node in tree.body if node.lineno > self.docstring_end)

    def is_blank(self, line: int) -> bool:
        return not 1 <= line <= len(self.lines) or not self.lines[line - 1].strip()

    def above_comments(self, line: int) -> int:
        """The line before which to insert so that comments stay with the statement in ``line``."""
        top = line
        while top > 1 and self.lines[top - 2].lstrip().startswith("#"):
            top -= 1
        # A comment at the very top is the file's header (a shebang, a coding, a licence).
        return line if top == 1 else top

    def after(self, line: int, blank_before: int) -> _Place:
        blank_after = blank_before if not self.is_blank(line + 1) else 0
        return _Place(line + 1, blank_before, blank_after)

    def place(self, order: _Order) -> _Place:
        """Where an import goes; never above the docstring, which would be none any more."""
        found = self._place(order)
        return found if found.line > self.docstring_end else self.after(self.docstring_end, 1)

    def _place(self, order: _Order) -> _Place:
        same = [block for block in self.blocks if block.order.section == order.section]
        smaller = [block for block in same if block.order <= order]
        if smaller:
            return _Place(max(block.last for block in smaller) + 1)
        if same:
            return _Place(self.above_comments(same[0].first))
        earlier = [block for block in self.blocks if block.order.section < order.section]
        if earlier:
            return self.after(max(block.last for block in earlier), 1)
        if self.blocks:
            return _Place(self.above_comments(self.blocks[0].first), blank_after=1)
        if self.docstring_end:
            return self.after(self.docstring_end, 1)
        definition = isinstance(
            self.first_statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        )
        line = self.above_comments(_first_line(self.first_statement))
        return _Place(line, blank_after=2 if definition else 1)


def _without_implied(imports: Collection[NewImport]) -> Iterator[NewImport]:
    """Leave out ``import a`` beside ``import a.b``, which binds ``a`` as well."""
    bound = {
        item.module.partition(".")[0]
        for item in imports
        if "." in item.module and not item.member and not item.alias
    }
    for item in imports:
        if item.member or item.alias or item.module not in bound:
            yield item


def import_splices(
    source: ParsedSource,
    tree: ast.Module,
    path: str,
    imports: Collection[NewImport],
    before_line: int,
) -> list[Splice]:
    """Place new imports in the file.

    Args:
        source: the file.
        tree: its module.
        path: relative to the project's root; tells the project's own modules from third parties.
        imports: what to add; none of it is there yet.
        before_line: the line (from 1) of the first top-level statement that relies on them.
    """
    bounds = (*source.line_starts, len(source.text))
    lines = [source.text[start:end].decode() for start, end in pairwise(bounds)]
    head = _Head(tree, lines, path, before_line)
    newline = next((line[len(line.rstrip("\r\n")) :] for line in lines), "") or "\n"
    grouped: dict[int, list[tuple[_Order, _Place, str]]] = defaultdict(list)
    for item in _without_implied(imports):
        order = _Order(_section(item.module, path), bool(item.member), item.module.lower())
        place = head.place(order)
        grouped[place.line].append((order, place, item.statement))
    splices = []
    for line, group in grouped.items():
        group.sort()
        text = newline * group[0][1].blank_before
        for position, (order, _, statement) in enumerate(group):
            if position and group[position - 1][0].section != order.section:
                text += newline
            text += statement + newline
        text += newline * group[-1][1].blank_after
        offset = source.offset(line, 0)
        splices.append(Splice(offset, offset, text, (offset, offset)))
    return splices
