"""The node table that a file's access paths share: each step is written once."""

from __future__ import annotations

from functools import partial
from typing import Final

from flake8_async_block.model.path import Op, PathNode, PathOp

_MAX_UNION: Final = 8
"""Candidates kept of one value; code that binds a name to more different things is not followed."""
_make_node: Final = partial(tuple.__new__, PathNode)
"""Made of a tuple at half the cost of a call by fields; there are millions."""
_LONGEST_TEXT: Final = 400
"""No name, route or key is longer; of a longer text only the type is kept."""


class NodeTable:
    """Interns path nodes: equal steps get equal indexes."""

    def __init__(self) -> None:
        self.nodes: list[PathNode] = []
        self._index: dict[tuple[str, str, tuple[int, ...], tuple[str, ...]], int] = {}

    def add(
        self,
        op: Op,
        name: str = "",
        operands: tuple[int, ...] = (),
        keywords: tuple[str, ...] = (),
    ) -> int:
        # Most steps are there already: the node is made only of one that is not.
        key = (op, name, operands, keywords)
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self.nodes)
            self.nodes.append(_make_node(key))
        return index

    def add_late(self, path: int) -> int:
        """A step of its own that is ``path``, and whatever :meth:`settle` adds to it."""
        self.nodes.append(_make_node((PathOp.UNION, "", (path,), ())))
        return len(self.nodes) - 1

    def settle(self, late: int, paths: list[int]) -> None:
        """What a step made by :meth:`add_late` may be besides."""
        first = self.nodes[late].operands
        found = tuple(dict.fromkeys((*first, *paths)))
        if len(found) > _MAX_UNION:
            found = (self.unknown("too many candidates"),)
        self.nodes[late] = _make_node((PathOp.UNION, "", found, ()))

    def unknown(self, reason: str) -> int:
        return self.add(PathOp.UNKNOWN, reason)

    def constant(self, value: object) -> int:
        if isinstance(value, (str, bytes)) and len(value) > _LONGEST_TEXT:
            kind = self.add(PathOp.NAME, f"builtins.{type(value).__name__}")
            return self.add(PathOp.INSTANCE, "", (kind,))
        return self.add(PathOp.CONSTANT, repr(value))

    def union(self, *paths: int) -> int:
        """One of ``paths``; nested unions are flattened and repeats dropped."""
        flat: dict[int, None] = {}
        for path in paths:
            node = self.nodes[path]
            for member in node.operands if node.op == PathOp.UNION else (path,):
                flat[member] = None
        if len(flat) == 1:
            return next(iter(flat))
        if len(flat) > _MAX_UNION:
            return self.unknown("too many candidates")
        return self.add(PathOp.UNION, operands=tuple(flat))
