"""The node table that a file's access paths share: each step is written once."""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.path import PathNode, PathOp

_MAX_UNION: Final = 8
"""Candidates kept of one value; code that binds a name to more different things is not followed."""


class NodeTable:
    """Interns path nodes: equal steps get equal indexes."""

    def __init__(self) -> None:
        self.nodes: list[PathNode] = []
        self._index: dict[PathNode, int] = {}

    def add(
        self,
        op: str,
        name: str = "",
        operands: tuple[int, ...] = (),
        keywords: tuple[str, ...] = (),
    ) -> int:
        node = PathNode(op, name, operands, keywords)
        index = self._index.get(node)
        if index is None:
            index = self._index[node] = len(self.nodes)
            self.nodes.append(node)
        return index

    def unknown(self, reason: str) -> int:
        return self.add(PathOp.UNKNOWN, reason)

    def constant(self, value: object) -> int:
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
