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
from flake8_async_block.model.path import SPREAD, PathOp
from flake8_async_block.model.summary import SiteKind, Use

_TYPE_CONSTRUCTORS: Final = frozenset(
    {"Annotated", "Callable", "Dict", "List", "Optional", "Tuple", "Type", "Union"}
)
"""What makes a type of those between its brackets, also of names in strings."""


class ExpressionReader(CallReader):
    """Reads expressions in the current scope; see :class:`StatementReader` for the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._dispatch = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Await: self._await,
            ast.Constant: self._constant,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.BoolOp: self._bool,
            ast.Compare: self._compare,
            ast.UnaryOp: self._unary,
            ast.IfExp: self._conditional,
            ast.NamedExpr: self._walrus,
            ast.Lambda: self._lambda,
            ast.Tuple: self._tuple,
            ast.List: self._list,
            ast.Set: self._list,
            ast.Dict: self._dict,
            ast.ListComp: self._list_comprehension,
            ast.SetComp: self._list_comprehension,
            ast.DictComp: self._dict_comprehension,
            ast.GeneratorExp: self._generator,
            ast.Starred: self._starred,
            ast.JoinedStr: self._joined_string,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
        }

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
        return self.table.unknown("a slice")

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
