"""What a condition comes to, as far as its text and the values of some variables tell."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

OPEN: Final = object()
"""Stands for a value that is not known."""
_NOTHING_KNOWN: Final[Mapping[str, object]] = {}
_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def is_always_true(test: ast.expr) -> bool:
    """Whether the text of a condition alone says that it holds."""
    value = value_of(test)
    return value is not OPEN and bool(value)


def value_of(node: ast.expr, known: Mapping[str, object] = _NOTHING_KNOWN) -> object:
    """The value of an expression, or something of the same truth; ``OPEN`` if it is not known.

    Args:
        node: any expression.
        known: the values of variables and attributes, by their text.
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Name, ast.Attribute)):
        return known.get(ast.unparse(node), OPEN)
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        # A display of several things is true, whatever they are.
        return any(not isinstance(item, ast.Starred) for item in node.elts) or OPEN
    if isinstance(node, ast.UnaryOp):
        return _unary(node, value_of(node.operand, known))
    if isinstance(node, ast.BoolOp):
        return _bool(node, known)
    if isinstance(node, ast.Compare):
        return _compare(node, known)
    return OPEN


def _unary(node: ast.UnaryOp, value: object) -> object:
    if value is OPEN:
        return OPEN
    if isinstance(node.op, ast.Not):
        return not value
    if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
        return -value
    return OPEN


def _bool(node: ast.BoolOp, known: Mapping[str, object]) -> object:
    deciding = isinstance(node.op, ast.Or)
    is_open = False
    value: object = OPEN
    for part in node.values:
        value = value_of(part, known)
        if value is OPEN:
            is_open = True
        elif bool(value) is deciding:
            return deciding
    return OPEN if is_open else value


def _compare(node: ast.Compare, known: Mapping[str, object]) -> object:
    left = value_of(node.left, known)
    for operation, comparator in zip(node.ops, node.comparators, strict=True):
        right = value_of(comparator, known)
        compare = _COMPARISONS.get(type(operation))
        if compare is None or left is OPEN or right is OPEN:
            return OPEN
        try:
            if not compare(left, right):
                return False
        except TypeError:
            return OPEN
        left = right
    return True
