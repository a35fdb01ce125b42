"""Scopes and the flow of bindings through them.

``flow`` holds what each name is bound to at the point that the visitor has reached; branches work
on copies which are joined afterwards. ``bindings`` remembers everything a name was ever bound to,
because a nested function may run at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from flake8_async_block.extract.table import NodeTable

Flow = dict[str, int]


class ScopeKind(Enum):
    MODULE = "module"
    FUNCTION = "function"
    CLASS = "class"


@dataclass(slots=True)
class Scope:
    """One scope while it is being read.

    Args:
        qualname: prefix of the qualified names defined inside, empty for the module.
        owner: for a class scope, the class; for a method's scope, empty.
    """

    kind: ScopeKind
    qualname: str
    parent: Scope | None
    flow: Flow = field(default_factory=dict)
    bindings: dict[str, list[int]] = field(default_factory=dict)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)

    def child_name(self, name: str) -> str:
        return f"{self.qualname}.{name}" if self.qualname else name

    def bind(self, name: str, path: int) -> None:
        self.flow[name] = path
        known = self.bindings.setdefault(name, [])
        if path not in known:
            known.append(path)


def join_flows(table: NodeTable, first: Flow, second: Flow) -> Flow:
    """What names are bound to after either of two branches was taken."""
    if first is second:
        return first
    joined = dict(first)
    for name, path in second.items():
        other = joined.get(name)
        if other is None:
            joined[name] = path
        elif other != path:
            joined[name] = table.union(other, path)
    return joined
