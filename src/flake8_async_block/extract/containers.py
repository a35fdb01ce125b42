"""What code puts into its own lists and dictionaries after it has made them.

``clients = []`` says nothing about ``clients[0]``; ``clients.append(make())`` further down does.
For a local variable, such a statement is read as what it does: ``clients = [*clients, make()]``.
Attributes of ``self`` and variables of the module are filled from anywhere, in any order: each
statement adds a candidate to what they may be.
"""

from __future__ import annotations

import ast
from typing import Final, NamedTuple

from flake8_async_block.extract.builder import ClassBuilder
from flake8_async_block.extract.expressions import ExpressionReader
from flake8_async_block.extract.scope import Scope, ScopeKind
from flake8_async_block.extract.table import NodeTable
from flake8_async_block.model.path import SPREAD, Op, PathOp

_CONSTRUCTORS: Final = frozenset(
    {
        *("builtins.dict", "builtins.list", "builtins.set", "collections.OrderedDict"),
        *("collections.defaultdict", "collections.deque", "weakref.WeakValueDictionary"),
    }
)
_ADDING: Final = frozenset({"add", "append", "appendleft", "push"})
_JOINING: Final = frozenset({"extend", "extendleft", "update"})


class _LateItem(NamedTuple):
    """Something that is put into an attribute, or into a variable of the module (no owner)."""

    owner: ClassBuilder | None
    name: str
    op: Op
    key: str
    element: int


class ContainerReader(ExpressionReader):
    """Reads what is put where; ``self_owners`` maps the path of a ``self`` to its class."""

    def __init__(self) -> None:
        super().__init__()
        self.self_owners: dict[int, ClassBuilder] = {}
        self._late_items: list[_LateItem] = []

    def note_method_call(self, callee: ast.expr, arguments: list[int]) -> None:
        """Follow ``xs.append(x)``, ``xs.extend(ys)``, ``d.update(e)``, ``d.setdefault(k, v)``."""
        if not isinstance(callee, ast.Attribute):
            return
        table = self.table
        if callee.attr in _ADDING and len(arguments) == 1:
            self._put(callee.value, PathOp.LIST, arguments[0], "")
        elif callee.attr == "setdefault" and len(arguments) == 2:
            key = table.nodes[arguments[0]]
            name = key.name if key.op == PathOp.CONSTANT else ""
            self._put(callee.value, PathOp.DICT, arguments[1], name)
        elif callee.attr in _JOINING and len(arguments) == 1:
            if table.nodes[arguments[0]].op == PathOp.DICT:
                self._put(callee.value, PathOp.DICT, arguments[0], SPREAD)
            elif callee.attr != "update":
                star = table.add(PathOp.STAR, operands=(arguments[0],))
                self._put(callee.value, PathOp.LIST, star, "")

    def note_item(self, container: ast.expr, key: int, value: int) -> None:
        """Follow ``d[key] = value``."""
        node = self.table.nodes[key]
        name = node.name if node.op == PathOp.CONSTANT else ""
        self._put(container, PathOp.DICT, value, name)

    def _put(self, container: ast.expr, op: Op, element: int, key: str) -> None:
        table = self.table
        keys = (key,) if op == PathOp.DICT else ()
        if isinstance(container, ast.Name):
            scope = self.scope
            before = scope.flow.get(container.id)
            if before is None or container.id in scope.global_names | scope.nonlocal_names:
                self._put_outside(container.id, op, key, element)
            elif scope.may_fill(container.id) and _is_container(table, before):
                rest = before if op == PathOp.DICT else table.add(PathOp.STAR, operands=(before,))
                rest_keys = (SPREAD, *keys) if op == PathOp.DICT else ()
                scope.bind(container.id, table.add(op, "", (rest, element), rest_keys))
        elif isinstance(container, ast.Attribute) and isinstance(container.value, ast.Name):
            owner = self.self_owners.get(self.load(container.value.id))
            if owner is not None:
                self._late_items.append(_LateItem(owner, container.attr, op, key, element))

    def _put_outside(self, name: str, op: Op, key: str, element: int) -> None:
        """Put something into a variable of an outer function or of the module."""
        scope: Scope | None = self.scope.parent
        while scope is not None and scope.kind is not ScopeKind.MODULE:
            bindings = scope.bindings.get(name) if scope.kind is ScopeKind.FUNCTION else None
            if bindings and name not in scope.global_names:
                display = _display(self.table, op, {key: [element]})
                if _is_container(self.table, bindings[0]) and display not in bindings:
                    bindings.append(display)
                return
            scope = scope.parent
        self._late_items.append(_LateItem(None, name, op, key, element))

    def settle_late_items(self, module: Scope) -> None:
        """Add what was put into attributes and module variables that are lists or dictionaries."""
        table = self.table
        owners = {id(item.owner): item.owner for item in self._late_items}
        groups: dict[tuple[int, str, Op], dict[str, list[int]]] = {}
        for item in self._late_items:
            elements = groups.setdefault((id(item.owner), item.name, item.op), {})
            elements.setdefault(item.key, []).append(item.element)
        for (identity, name, op), elements in groups.items():
            owner = owners[identity]
            if owner is not None:
                known = owner.attributes.get(name, [])
                if any(_is_container(table, path) for path in known):
                    owner.add_attribute(name, _display(table, op, elements))
            elif _is_container(table, module.flow.get(name)):
                module.flow[name] = table.union(module.flow[name], _display(table, op, elements))


def _display(table: NodeTable, op: Op, elements: dict[str, list[int]]) -> int:
    """A dictionary with these entries, or a list of any number of these elements."""
    unions = [table.union(*paths) for paths in elements.values()]
    if op == PathOp.DICT:
        return table.add(op, "", tuple(unions), tuple(elements))
    star = table.add(PathOp.STAR, operands=(table.add(op, "", tuple(unions)),))
    return table.add(op, "", (star,))


def _is_container(table: NodeTable, path: int | None) -> bool:
    """Whether a path is a list or dictionary made on the spot, of which nothing else is said."""
    if path is None:
        return False
    node = table.nodes[path]
    if node.op == PathOp.UNION:
        return any(_is_container(table, operand) for operand in node.operands)
    if node.op == PathOp.CALL:
        callee = table.nodes[node.operands[0]]
        return callee.op == PathOp.NAME and callee.name in _CONSTRUCTORS
    return node.op in (PathOp.LIST, PathOp.DICT)
