"""What others could notice of statements that run in a thread instead of on the event loop.

Beside the calls that block, others move along, and assignments to what is not the function's own.
Which calls may move is known from the check; the rest is read off the statements.
"""

from __future__ import annotations

import ast
from typing import Final

from flake8_async_block.fixers.extraction import Stretch
from flake8_async_block.fixers.scopes import Names, bound_in, own_nodes_in
from flake8_async_block.model.diagnostic import Span

_NEW: Final = frozenset({"dict", "list", "set", "bytearray"})


def what_else_changes(stretch: Stretch, companions: frozenset[Span]) -> str | None:
    """What the event loop's code could notice of a stretch that runs in a thread.

    Args:
        stretch: the statements.
        companions: the calls in the function of which it is known that they may move.

    Returns:
        A clause that ends no sentence, or None.
    """
    own = _made_here(stretch)
    for statement in stretch.statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                if _span(node) not in companions:
                    called = ast.unparse(node.func).partition("\n")[0]
                    return f"`{called}` would be called in the thread, too"
            elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(
                node.ctx, ast.Load
            ):
                root = _root(node)
                if root is None or root.id not in own:
                    return f"`{ast.unparse(node)}` would be changed in a thread"
            elif (
                isinstance(node, ast.AugAssign)
                and isinstance(node.target, ast.Name)
                and not _is_plain(node.value)
                and node.target.id not in own
            ):
                # `a += b` changes what `a` stands for, if that can be changed.
                return f"`{node.target.id}` would be changed in a thread"
    return None


def _made_here(stretch: Stretch) -> Names:
    """The names that stand for nothing but objects which the function has just made."""
    made: dict[str, bool] = {}
    simple = (ast.Assign, ast.AnnAssign)
    for node in own_nodes_in(stretch.function):
        if isinstance(node, simple) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    made[target.id] = made.get(target.id, True) and _is_new(node.value)
    in_assignments = {
        id(target)
        for node in own_nodes_in(stretch.function)
        if isinstance(node, simple)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    others = {name for name, node in bound_in(stretch.function) if id(node) not in in_assignments}
    others |= {node.arg for node in ast.walk(stretch.function.args) if isinstance(node, ast.arg)}
    return frozenset(name for name, new in made.items() if new) - others


def _is_new(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _NEW
    return isinstance(
        value, (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp, ast.Constant)
    )


def _is_plain(value: ast.expr) -> bool:
    """Whether what is added is a number or a text, so that nothing is changed in place."""
    if isinstance(value, ast.BinOp):
        return _is_plain(value.left) or _is_plain(value.right)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in ("len", "str", "int", "float", "repr", "sum")
    return isinstance(value, (ast.Constant, ast.JoinedStr))


def _root(node: ast.expr) -> ast.Name | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _span(node: ast.expr) -> Span:
    return Span(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
