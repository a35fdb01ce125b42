"""Calls, attributes and ``await`` → paths, and which calls are awaited later or elsewhere."""

from __future__ import annotations

import ast
from typing import Final

from flake8_async_block.extract.comprehensions import ComprehensionReader
from flake8_async_block.model.path import SPREAD, PathOp
from flake8_async_block.model.summary import SiteKind, Use

_EAGER_CONSUMERS: Final = frozenset(
    {"all", "any", "dict", "frozenset", "join", "list", "max", "min", "set", "sorted", "sum"}
    | {"tuple", "extend", "update", "deque", "Counter", "fromkeys"}
)
"""Callables that exhaust a generator expression before they return."""
_AWAITING_CALLS: Final = frozenset(
    {"gather", "wait_for", "shield", "wait", "create_task", "ensure_future", "as_completed"}
    | {"run_coroutine_threadsafe", "async_create_task", "create_background_task", "add_job"}
)
"""Callables that take awaitables: what is handed to them is awaited, not waited for."""
_OF_PROMISES: Final = frozenset(
    {"close", "send", "throw", "cr_frame", "cr_running", "cr_code", "cr_await", "done", "result"}
    | {"exception", "cancel", "cancelled", "add_done_callback", "remove_done_callback", "get_loop"}
)
"""Attributes of coroutines and futures themselves."""
_CONVERSIONS: Final = frozenset(
    {"bool", "dict", "float", "int", "len", "list", "max", "min", "round", "set", "sorted", "str"}
    | {"sum", "tuple"}
)
"""Builtins that look at what they are given."""

_SETTING: Final = frozenset({"setattr", "__setattr__"})
_OPERANDS_OF_SETTING: Final = 4
"""The function itself, the object, the name and the value."""


class CallReader(ComprehensionReader):
    """Reads calls, what is called, and what is awaited."""

    def _attribute(self, node: ast.Attribute) -> int:
        if node.attr not in _OF_PROMISES:
            self.mark_use(node.value, Use.VALUE)
        path = self.table.add(PathOp.ATTRIBUTE, node.attr, (self.read(node.value),))
        known = self.scope.flow.get(_attribute_key(node)) if self.scope.flow else None
        self.record(SiteKind.ATTRIBUTE, path, node, self.is_awaited(node))
        return path if known is None else known

    def _callee(self, node: ast.expr) -> int:
        if isinstance(node, ast.Attribute):
            known = self.scope.flow.get(_attribute_key(node))
            if node.attr not in _OF_PROMISES:
                self.mark_use(node.value, Use.VALUE)
            base = self.read(node.value)
            return self.table.add(PathOp.ATTRIBUTE, node.attr, (base,)) if known is None else known
        return self.read(node)

    def _call(self, node: ast.Call) -> int:
        callee = node.func
        if isinstance(callee, ast.Name) and callee.id == "super":
            owner = self.enclosing_class()
            if owner is not None:
                return self.table.add(PathOp.SUPER, owner)
        terminal = terminal_name(callee)
        if terminal in _AWAITING_CALLS:
            for argument in node.args:
                self.mark_awaited(argument)
                starred = argument.value if isinstance(argument, ast.Starred) else argument
                if isinstance(starred, ast.Name):
                    self.function.awaited_paths.update(self.function.collected.get(starred.id, ()))
        operands = [self._callee(callee)]
        if terminal in _CONVERSIONS and isinstance(callee, ast.Name):
            for argument in node.args:
                self.mark_use(argument, Use.VALUE)
        if terminal in _EAGER_CONSUMERS:
            operands += map(self._read_eagerly, node.args)
        elif terminal == "cast" and node.args:
            operands.append(self.read_type(node.args[0]))
            operands += map(self.read, node.args[1:])
        else:
            operands += map(self.read, node.args)
        keywords = []
        for keyword in node.keywords:
            is_type = terminal == "TypeVar" and keyword.arg == "bound"
            read = self.read_type if is_type else self.read
            operands.append(read(keyword.value))
            keywords.append(keyword.arg or SPREAD)
        self._note_collected(callee, terminal, operands)
        if not keywords:
            self.note_method_call(callee, operands[1:])
            if terminal in _SETTING and len(operands) == _OPERANDS_OF_SETTING:
                self.note_setattr(node, operands)
        path = self.table.add(PathOp.CALL, "", tuple(operands), tuple(keywords))
        self.record(SiteKind.CALL, path, node, self.is_awaited(node))
        return path

    def _read_eagerly(self, node: ast.expr) -> int:
        """Read an argument of what runs a generator expression to its end at once."""
        if isinstance(node, ast.GeneratorExp):
            return self._list_comprehension(node)
        return self.read(node)

    def _note_collected(self, callee: ast.expr, terminal: str, operands: list[int]) -> None:
        """Follow calls whose results are collected first and awaited together later."""
        if terminal == "append" and isinstance(callee, ast.Attribute) and len(operands) == 2:
            if isinstance(callee.value, ast.Name):
                self.function.collected.setdefault(callee.value.id, []).append(operands[1])
        elif terminal in _AWAITING_CALLS:
            for operand in operands[1:]:
                self.function.awaited_paths.update(self._elements_of(operand))

    def _elements_of(self, path: int) -> tuple[int, ...]:
        """The elements of a display that ``path`` leads to, through ``*`` and ``.values()``."""
        found: dict[int, None] = {}
        pending, seen = [path], set()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            node = self.table.nodes[current]
            if node.op in (PathOp.STAR, PathOp.UNION):
                pending.extend(node.operands)
            elif node.op in (PathOp.LIST, PathOp.TUPLE, PathOp.DICT):
                for operand in node.operands:
                    if self.table.nodes[operand].op == PathOp.STAR:
                        pending.append(operand)
                    else:
                        found[operand] = None
            elif node.op == PathOp.CALL and len(node.operands) == 1:
                method = self.table.nodes[node.operands[0]]
                if method.op == PathOp.ATTRIBUTE and method.name == "values":
                    pending.append(method.operands[0])
        return tuple(found)

    def _await(self, node: ast.Await) -> int:
        value = node.value
        self.mark_awaited(value)
        operand = self.read(value)
        if not isinstance(value, ast.Call):
            self.function.awaited_paths.add(operand)
        self.note_await(PathOp.AWAIT, operand, node)
        return self.table.add(PathOp.AWAIT, operands=(operand,))


def _attribute_key(node: ast.Attribute) -> str:
    """The key under which a flow remembers a narrowed attribute of a plain name."""
    return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""


def terminal_name(node: ast.expr) -> str:
    """The last part of a dotted name, or nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
