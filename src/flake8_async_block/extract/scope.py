"""Scopes and the flow of bindings through them.

``flow`` holds what each name is bound to at the point that the visitor has reached; branches work
on copies which are joined afterwards. ``bindings`` remembers everything a name was ever bound to,
because a nested function may run at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from flake8_async_block.extract.table import NodeTable
from flake8_async_block.model.path import PathOp

Flow = dict[str, int]


_MOST_FILLINGS: Final = 64
"""Statements that fill one container; code that writes tables line by line has no objects in it."""


class ScopeKind(Enum):
    MODULE = "module"
    FUNCTION = "function"
    CLASS = "class"


@dataclass(slots=True)
class Scope:
    """One scope while it is being read.

    Args:
        qualname: prefix of the qualified names defined inside, empty for the module.
        flow: name → path at the point reached; an attribute of a name has the key ``name.attr``.
        with_attributes: the names of which ``flow`` may hold attributes.
        fillings: name → how many statements fill the container that it is.
        changed: name → what functions inside bind it to, which declare it ``nonlocal``.
        late: name and path → the step that is this path, or what will be found to change it.
    """

    kind: ScopeKind
    qualname: str
    parent: Scope | None
    flow: Flow = field(default_factory=dict)
    bindings: dict[str, list[int]] = field(default_factory=dict)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    with_attributes: set[str] = field(default_factory=set)
    fillings: dict[str, int] = field(default_factory=dict)
    changed: dict[str, list[int]] = field(default_factory=dict)
    late: dict[tuple[str, int], int] = field(default_factory=dict)

    def child_name(self, name: str) -> str:
        return f"{self.qualname}.{name}" if self.qualname else name

    def bind(self, name: str, path: int) -> None:
        self.flow[name] = path
        known = self.bindings.setdefault(name, [])
        if path not in known:
            known.append(path)

    def is_of_module(self, name: str) -> bool:
        """Whether a name, read here, is no variable of this function or of one around it."""
        scope: Scope | None = self
        while scope is not None and scope.kind is not ScopeKind.MODULE:
            if name in scope.global_names:
                return True
            if name in scope.bindings and scope.kind is ScopeKind.FUNCTION:
                return False
            scope = scope.parent
        return True

    def may_fill(self, name: str) -> bool:
        """Whether one more element of a list or dictionary is worth following."""
        count = self.fillings[name] = self.fillings.get(name, 0) + 1
        return self.kind is not ScopeKind.CLASS and count <= _MOST_FILLINGS

    def bind_attribute(self, name: str, attribute: str, path: int) -> None:
        """Note what an attribute of a variable is until either is bound again."""
        self.with_attributes.add(name)
        self.flow[f"{name}.{attribute}"] = path

    def forget_attributes(self, name: str) -> None:
        """The variable has a new value, about whose attributes nothing is known."""
        if name in self.with_attributes:
            for key in [key for key in self.flow if key.startswith(f"{name}.")]:
                del self.flow[key]


def join_flows(table: NodeTable, first: Flow, second: Flow) -> Flow:
    """What names are bound to after either of two branches was taken."""
    if first == second:
        return first
    joined = dict(first)
    for name, path in second.items():
        other = joined.get(name)
        if other is None:
            if not _is_attribute(name):
                joined[name] = path
        elif other != path:
            joined[name] = _either(table, other, path)
    for name in first.keys() - second.keys():
        if _is_attribute(name):
            # The other branch left it at what it was before, which no flow says.
            del joined[name]
    return joined


def _is_attribute(name: str) -> bool:
    return "." in name


def _either(table: NodeTable, first: int, second: int) -> int:
    """One of two paths; where tests have only narrowed the same value, that value."""
    if _widened(table, first) == _widened(table, second):
        return _widened(table, first)
    return table.union(first, second)


def _widened(table: NodeTable, path: int) -> int:
    node = table.nodes[path]
    while node.op == PathOp.NARROWED:
        path = node.operands[0]
        node = table.nodes[path]
    return path
