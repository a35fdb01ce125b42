"""Assignment targets → bindings, attributes of classes, stores, and what a function changes."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Sequence

from flake8_async_block.extract.builder import ClassBuilder
from flake8_async_block.extract.containers import ContainerReader
from flake8_async_block.extract.scope import ScopeKind
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Store


class BindingReader(ContainerReader):
    """Binds what assignments name."""

    def __init__(self) -> None:
        super().__init__()
        self.stores: list[Store] = []
        self.current_class: ClassBuilder | None = None

    def is_self(self, path: int) -> bool:
        return path in self.self_owners

    def bind(self, name: str, path: int) -> None:
        scope = self.scope
        if name in scope.global_names:
            self.function.writes.append(name)
            self.module_scope_bind(name, path)
            return
        if name in scope.nonlocal_names:
            self.function.writes.append(name)
            outer = scope.parent
            while outer is not None and outer.kind is not ScopeKind.FUNCTION:
                outer = outer.parent
            if outer is not None:
                outer.bindings.setdefault(name, []).append(path)
        scope.bind(name, path)
        scope.forget_attributes(name)
        if scope.kind is ScopeKind.CLASS and self.current_class is not None:
            self.current_class.add_attribute(name, path)

    @abstractmethod
    def module_scope_bind(self, name: str, path: int) -> None:
        """Bind a module-level name from inside a function that declares it ``global``."""

    def bind_target(self, target: ast.expr, path: int) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, path)
        elif isinstance(target, ast.Starred):
            self.bind_target(target.value, self.table.unknown("the rest of an unpacking"))
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, path)
        elif isinstance(target, ast.Attribute):
            self._store_attribute(target, path)
        elif isinstance(target, ast.Subscript):
            base = self.read(target.value)
            self.record_operator("__setitem__", base, target)
            self.note_write(target)
            key_path = self.read_silently(target.slice)
            if isinstance(target.slice, ast.Slice):
                return
            key = target.slice
            name = repr(key.value) if isinstance(key, ast.Constant) else ast.unparse(key)
            self.stores.append(Store(base, f"[{name}]", path, key_path))
            self.note_item(target.value, key_path, path)

    def _unpack(self, targets: Sequence[ast.expr], path: int) -> None:
        node = self.table.nodes[path]
        exact = (
            node.op in (PathOp.TUPLE, PathOp.LIST)
            and len(node.operands) == len(targets)
            and not any(isinstance(target, ast.Starred) for target in targets)
        )
        for position, target in enumerate(targets):
            if exact:
                self.bind_target(target, node.operands[position])
            else:
                key = self.table.constant(position)
                self.bind_target(target, self.table.add(PathOp.ITEM, operands=(path, key)))

    def note_write(self, target: ast.expr) -> None:
        """Note that an attribute or item of something that outlives the function is assigned to."""
        base = target
        while isinstance(base, (ast.Attribute, ast.Subscript)):
            base = base.value
        if isinstance(base, ast.Name) and self._outlives(self.load(base.id)):
            self.function.writes.append(ast.unparse(target))

    def _outlives(self, path: int) -> bool:
        """Whether a value was there before the function was called."""
        node = self.table.nodes[path]
        while node.op in (PathOp.ATTRIBUTE, PathOp.ITEM, PathOp.TYPED, PathOp.NARROWED):
            node = self.table.nodes[node.operands[0]]
        return node.op in (PathOp.PARAMETER, PathOp.GLOBAL, PathOp.NAME, PathOp.CLASS)

    def _store_attribute(self, target: ast.Attribute, path: int) -> None:
        base = self.read(target.value)
        self.note_write(target)
        owner = self.self_owners.get(base)
        if owner is None or target.attr in owner.methods:
            self.record("__set__", self.table.add(PathOp.ATTRIBUTE, target.attr, (base,)), target)
        if owner is not None:
            owner.add_attribute(target.attr, path)
            if isinstance(target.value, ast.Name):
                self.scope.bind_attribute(target.value.id, target.attr, path)
            return
        self.stores.append(Store(base, target.attr, path))
        if isinstance(target.value, ast.Name):
            self.scope.bind_attribute(target.value.id, target.attr, path)
