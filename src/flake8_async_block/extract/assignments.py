"""Statements that bind names: assignments, imports, deletions. None of them leaves its block."""

from __future__ import annotations

import ast
from typing import Any, Final

from flake8_async_block.extract.annotations import instance_of, read_annotation
from flake8_async_block.extract.bindings import BindingReader
from flake8_async_block.extract.calls import terminal_name
from flake8_async_block.extract.operators import operator_method
from flake8_async_block.extract.scope import ScopeKind
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import SiteKind, Use

_PROMISING: Final = frozenset({"to_thread", "run_sync", "run_in_threadpool", "sleep"})
"""Names of functions that mostly give something to await: what is stored and never read is lost."""


class AssignmentReader(BindingReader):
    """Reads what binds; as of every statement, the answer is whether control leaves the block."""

    def __init__(self) -> None:
        super().__init__()
        self.stars: list[str] = []

    def _assign(self, node: ast.Assign) -> bool:
        value = node.value
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets):
            self.mark_use(value, Use.VALUE)
        path = self.read(value)
        for target in node.targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                self._note_unpacking(node.value, path)
            self.bind_target(target, path)
        target = node.targets[0]
        if (
            isinstance(value, ast.Call)
            and isinstance(target, ast.Name)
            and terminal_name(value.func) in _PROMISING
            and target.id not in self.scope.global_names
        ):
            self.function.promises.append((target.id, path))
        return False

    def _note_unpacking(self, node: ast.expr, path: int) -> None:
        if not isinstance(node, (ast.Tuple, ast.List)):
            self.record_operator(SiteKind.ITERATE, path, node)

    def _annotated_assign(self, node: ast.AnnAssign) -> bool:
        annotation = read_annotation(self, node.annotation)
        typed = instance_of(self, annotation)
        path = typed
        if node.value is not None and terminal_name(node.annotation) == "TypeAlias":
            path = read_annotation(self, node.value)
        elif node.value is not None:
            value = self.read(node.value)
            path = self.table.add(PathOp.TYPED, operands=(typed, value))
        target = node.target
        if isinstance(target, ast.Name):
            if self.current_class is not None and self.scope.kind is ScopeKind.CLASS:
                self.current_class.annotations[target.id] = annotation
            if node.value is not None or self.scope.kind is not ScopeKind.CLASS:
                self.bind(target.id, path)
        elif isinstance(target, ast.Attribute):
            base = self.read(target.value)
            owner = self.self_owners.get(base)
            if owner is not None:
                owner.annotations.setdefault(target.attr, annotation)
            if node.value is not None:
                self._store_attribute(target, path)
        return False

    def _augmented_assign(self, node: ast.AugAssign) -> bool:
        before = self.read(node.target)
        value = self.read(node.value)
        method = operator_method(node.op)
        self.record_operator(f"__i{method[2:]}", before, node.target)
        path = self.table.add(PathOp.BINARY, method, (before, value))
        if isinstance(node.target, ast.Subscript):
            self.note_write(node.target)
        else:
            self.bind_target(node.target, path)
        return False

    def _type_alias(self, node: Any) -> bool:
        self.bind(node.name.id, read_annotation(self, node.value))
        return False

    def _delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bind(target.id, self.table.unknown(f"`{target.id}` was deleted"))
            elif isinstance(target, ast.Subscript):
                self.record_operator("__delitem__", self.read(target.value), target)
                self.read(target.slice)
                self.note_write(target)
            else:
                self.read(target)
                self.note_write(target)
        return False

    def _global(self, node: ast.Global) -> bool:
        self.scope.global_names.update(node.names)
        return False

    def _nonlocal(self, node: ast.Nonlocal) -> bool:
        self.scope.nonlocal_names.update(node.names)
        return False

    # names from other modules

    def _import(self, node: ast.Import) -> bool:
        for alias in node.names:
            if alias.asname is not None:
                self.bind(alias.asname, self.table.add(PathOp.NAME, alias.name))
            else:
                top = alias.name.partition(".")[0]
                self.bind(top, self.table.add(PathOp.NAME, top))
        return False

    def _import_from(self, node: ast.ImportFrom) -> bool:
        module = "." * node.level + (node.module or "")
        separator = "" if module.endswith(".") else "."
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
                continue
            path = self.table.add(PathOp.NAME, f"{module}{separator}{alias.name}")
            self.bind(alias.asname or alias.name, path)
        return False
