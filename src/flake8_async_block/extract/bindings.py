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
                outer.changed.setdefault(name, []).append(path)
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
        for position, target in enumerate(targets):
            if isinstance(target, ast.Starred):
                self._unpack_rest(targets, position, path)
                return
        operands = self._elements_unpacked(path)
        for position, target in enumerate(targets):
            if len(operands) == len(targets):
                self.bind_target(target, operands[position])
            else:
                self.bind_target(target, self._item(path, position))

    def _unpack_rest(self, targets: Sequence[ast.expr], star: int, path: int) -> None:
        """``first, *rest, last = path``, where ``star`` is the place of the rest."""
        operands = self._elements_unpacked(path)
        after = len(targets) - star - 1
        shown = len(operands) > star + after and not any(
            self.table.nodes[operand].op == PathOp.STAR for operand in operands
        )
        for position, target in enumerate(targets):
            if isinstance(target, ast.Starred):
                taken = operands[star : len(operands) - after]
                rest = taken if shown else (self.table.add(PathOp.STAR, operands=(path,)),)
                self.bind_target(target.value, self.table.add(PathOp.LIST, operands=rest))
                continue
            place = position if position < star else position - len(targets)
            self.bind_target(target, operands[place] if shown else self._item(path, place))

    def _elements_unpacked(self, path: int) -> tuple[int, ...]:
        """The elements of a display; nothing for any other value."""
        node = self.table.nodes[path]
        return node.operands if node.op in (PathOp.TUPLE, PathOp.LIST) else ()

    def _item(self, path: int, position: int) -> int:
        return self.table.add(PathOp.ITEM, operands=(path, self.table.constant(position)))

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
        self._keep_attribute(target, base, path)

    def _keep_attribute(self, target: ast.Attribute, base: int, path: int) -> None:
        owner = self.self_owners.get(base)
        if owner is not None:
            owner.add_attribute(target.attr, path)
        else:
            self.stores.append(Store(base, target.attr, path))
        if isinstance(target.value, ast.Name):
            self.scope.bind_attribute(target.value.id, target.attr, path)

    def note_setattr(self, node: ast.Call, operands: list[int]) -> None:
        callee, base, _, value = operands
        nodes = self.table.nodes
        of_object = (
            nodes[callee].op == PathOp.ATTRIBUTE
            and nodes[nodes[callee].operands[0]].name == "builtins.object"
        )
        key = node.args[1]
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return
        if nodes[callee].name == "builtins.setattr" or of_object:
            target = ast.Attribute(node.args[0], key.value, ast.Store())
            self.note_write(target)
            self._keep_attribute(target, base, value)
