"""Operators → the special methods that they call, and the paths of what they give."""

from __future__ import annotations

import ast
from contextlib import ExitStack
from itertools import pairwise
from typing import Final

from flake8_async_block.extract.narrowing import narrowed
from flake8_async_block.extract.reach import truth_of
from flake8_async_block.extract.recorder import Recorder
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Use

_OPERATOR_METHODS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.MatMult: "__matmul__",
    ast.Div: "__truediv__",
    ast.Mod: "__mod__",
    ast.Pow: "__pow__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
    ast.BitOr: "__or__",
    ast.BitXor: "__xor__",
    ast.BitAnd: "__and__",
    ast.FloorDiv: "__floordiv__",
}
_COMPARISON_METHODS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
    ast.In: "__contains__",
    ast.NotIn: "__contains__",
}
_UNARY_METHODS: Final[dict[type[ast.unaryop], str]] = {
    ast.Not: "__bool__",
    ast.USub: "__neg__",
    ast.UAdd: "__pos__",
    ast.Invert: "__invert__",
}
_OBJECTS: Final = frozenset(
    {PathOp.NAME, PathOp.GLOBAL, PathOp.PARAMETER, PathOp.ATTRIBUTE, PathOp.CALL, PathOp.AWAIT}
    | {PathOp.ENTER, PathOp.ASYNC_ENTER, PathOp.ITERATE, PathOp.ASYNC_ITERATE, PathOp.ITEM}
    | {PathOp.TYPED, PathOp.UNION, PathOp.NARROWED, PathOp.INSTANCE}
)
"""The steps that may give an instance of a class of the project."""


class OperatorReader(Recorder):
    """Reads operators, conditions and formatted strings."""

    def _binary(self, node: ast.BinOp) -> int:
        self.mark_use(node.left, Use.VALUE)
        self.mark_use(node.right, Use.VALUE)
        left = self.read(node.left)
        right = self.read(node.right)
        method = operator_method(node.op)
        path = self.table.add(PathOp.BINARY, method, (left, right))
        nodes = self.table.nodes
        if nodes[left].op in _OBJECTS or nodes[right].op in _OBJECTS:
            self.record(method, path, node)
        return path

    def _compare(self, node: ast.Compare) -> int:
        left = node.left
        self.mark_use(left, Use.VALUE)
        path = self.read(left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            self.mark_use(right, Use.VALUE)
            other = self.read(right)
            method = _COMPARISON_METHODS.get(type(operator))
            if method == "__contains__":
                self.record_operator(method, other, right)
            elif method is not None:
                self.record_operator(method, path, left)
            left, path = right, other
        return self.table.unknown("the result of an operator")

    def record_operator(self, method: str, path: int, node: ast.expr) -> None:
        """Note that an operator calls a special method of ``path``, where that may be one."""
        if self.table.nodes[path].op in _OBJECTS:
            self.record(method, path, node)

    def read_test(self, node: ast.expr) -> int:
        """The path of an expression that is asked whether it is true."""
        path = self.read(node)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Await)):
            self.record_operator("__bool__", path, node)
        return path

    def _bool(self, node: ast.BoolOp) -> int:
        is_and = isinstance(node.op, ast.And)
        values = [self.read_test(node.values[0])]
        with ExitStack() as narrowings:
            for before, value in pairwise(node.values):
                narrowings.enter_context(narrowed(self, before, holds=is_and))
                is_last = value is node.values[-1]
                values.append(self.read(value) if is_last else self.read_test(value))
        # What an ``and`` gives instead of its last part is false: no object worth following.
        return values[-1] if is_and else self.table.union(*values)

    def _unary(self, node: ast.UnaryOp) -> int:
        operand = node.operand
        if (
            isinstance(node.op, ast.USub)
            and isinstance(operand, ast.Constant)
            and isinstance(operand.value, (int, float))
        ):
            return self.table.constant(-operand.value)
        self.mark_use(operand, Use.VALUE)
        self.record_operator(_UNARY_METHODS[type(node.op)], self.read(operand), operand)
        return self.table.unknown("the result of an operator")

    def _conditional(self, node: ast.IfExp) -> int:
        self.mark_use(node.test, Use.VALUE)
        self.read_test(node.test)
        holds = truth_of(node.test)
        if holds is not None:
            return self.read(node.body if holds else node.orelse)
        with narrowed(self, node.test, holds=True):
            body = self.read(node.body)
        with narrowed(self, node.test, holds=False):
            orelse = self.read(node.orelse)
        return self.table.union(body, orelse)

    def _joined_string(self, node: ast.JoinedStr) -> int:
        self._read_format_values(node)
        return self.table.add(
            PathOp.INSTANCE, operands=(self.table.add(PathOp.NAME, "builtins.str"),)
        )

    def _read_format_values(self, node: ast.JoinedStr) -> None:
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.mark_use(value.value, Use.VALUE)
                shown = "__repr__" if value.conversion == ord("r") else "__format__"
                self.record_operator(shown, self.read(value.value), value.value)
                if isinstance(value.format_spec, ast.JoinedStr):
                    self._read_format_values(value.format_spec)


def operator_method(operator: ast.operator) -> str:
    return _OPERATOR_METHODS[type(operator)]
