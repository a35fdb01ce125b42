"""Expressions → access paths.

The visitor returns the path of each expression that it reads and records a site wherever code
outside the expression's text may run: calls, attribute reads, iteration.
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Sequence
from typing import Final

from flake8_async_block.extract.calls import CallReader, terminal_name
from flake8_async_block.model.path import SLICE, SPREAD, PathOp
from flake8_async_block.model.summary import SiteKind, Use

_TYPE_CONSTRUCTORS: Final = frozenset(
    {"Annotated", "Callable", "Dict", "List", "Optional", "Tuple", "Type", "Union"}
)
"""What makes a type of those between its brackets, also of names in strings."""
_READERS: Final[dict[type[ast.expr], str]] = {
    ast.Name: "_name",
    ast.Attribute: "_attribute",
    ast.Call: "_call",
    ast.Await: "_await",
    ast.Constant: "_constant",
    ast.Subscript: "_subscript",
    ast.BinOp: "_binary",
    ast.BoolOp: "_bool",
    ast.Compare: "_compare",
    ast.UnaryOp: "_unary",
    ast.IfExp: "_conditional",
    ast.NamedExpr: "_walrus",
    ast.Lambda: "_lambda",
    ast.Tuple: "_tuple",
    ast.List: "_list",
    ast.Set: "_list",
    ast.Dict: "_dict",
    ast.ListComp: "_list_comprehension",
    ast.SetComp: "_list_comprehension",
    ast.DictComp: "_dict_comprehension",
    ast.GeneratorExp: "_generator",
    ast.Starred: "_starred",
    ast.JoinedStr: "_joined_string",
    ast.Yield: "_yield",
    ast.YieldFrom: "_yield_from",
}
"""The method that reads each kind of expression; of all others only the parts are read."""


class ExpressionReader(CallReader):
    """Reads expressions in the current scope; see :class:`StatementReader` for the rest."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.readers = {kind: getattr(cls, method) for kind, method in _READERS.items()}

    def _name(self, node: ast.Name) -> int:
        return self.load(node.id)

    def _constant(self, node: ast.Constant) -> int:
        return self.table.constant(node.value)

    def _subscript(self, node: ast.Subscript) -> int:
        if terminal_name(node.value) in _TYPE_CONSTRUCTORS:
            return self.read_type(node)
        self.mark_use(node.value, Use.VALUE)
        base = self.read(node.value)
        key = (
            self.read_slice(node.slice)
            if isinstance(node.slice, ast.Slice)
            else self.read(node.slice)
        )
        path = self.table.add(PathOp.ITEM, operands=(base, key))
        self.record(SiteKind.ITEM, path, node, self.is_awaited(node))
        return path

    def read_slice(self, node: ast.Slice) -> int:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.read(part)
        return self.table.unknown(SLICE)

    def _walrus(self, node: ast.NamedExpr) -> int:
        path = self.read(node.value)
        self.bind(node.target.id, path)
        self._walruses.append((node.target.id, path))
        return path

    @abstractmethod
    def _lambda(self, node: ast.Lambda) -> int: ...

    def _starred(self, node: ast.Starred) -> int:
        operand = self.read(node.value)
        self.record(SiteKind.ITERATE, operand, node.value)
        return self.table.add(PathOp.STAR, operands=(operand,))

    def _yield(self, node: ast.Yield) -> int:
        self.function.is_generator = True
        if node.value is not None:
            self.function.yielded.append(self.read(node.value))
        return self.table.unknown("what a generator is sent")

    def _yield_from(self, node: ast.YieldFrom) -> int:
        self.function.is_generator = True
        operand = self.read(node.value)
        self.record(SiteKind.ITERATE, operand, node.value)
        self.function.yielded.append(self.table.add(PathOp.ITERATE, operands=(operand,)))
        return self.table.unknown("what a generator returns")

    # collections

    def _tuple(self, node: ast.Tuple) -> int:
        return self.table.add(PathOp.TUPLE, operands=self._elements(node.elts))

    def _list(self, node: ast.List | ast.Set) -> int:
        return self.table.add(PathOp.LIST, operands=self._elements(node.elts))

    def _elements(self, nodes: Sequence[ast.expr]) -> tuple[int, ...]:
        return tuple(self.read(node) for node in nodes)

    def _dict(self, node: ast.Dict) -> int:
        keys: list[str] = []
        values: list[int] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                keys.append(SPREAD)
            else:
                self.read(key)
                keys.append(repr(key.value) if isinstance(key, ast.Constant) else "")
            values.append(self.read(value))
        return self.table.add(PathOp.DICT, "", tuple(values), tuple(keys))
