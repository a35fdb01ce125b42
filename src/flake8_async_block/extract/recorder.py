"""What all readers of expressions share: names → paths, and the sites found on the way."""

from __future__ import annotations

import ast
import builtins
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Final

from flake8_async_block.extract.builder import FunctionBuilder, span_of
from flake8_async_block.extract.scope import Scope, ScopeKind
from flake8_async_block.extract.table import NodeTable
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import (
    Await,
    Guard,
    GuardName,
    Place,
    PlaceName,
    Site,
    SiteKind,
    Use,
    UseName,
)

_make_site: Final = partial(tuple.__new__, Site)
"""Made of a tuple at half the cost of a call by fields; there are millions."""
_BUILTINS: Final = frozenset(dir(builtins)) | {"reveal_type"}


class Recorder(ABC):
    """Where the visitor stands, what it calls things, and what it has found."""

    readers: ClassVar[dict[type[ast.expr], Callable[[Any, Any], int]]]
    """The reader of each kind of expression that has one.

    A table of bound methods would lead back to its owner, and so keep every file's tree for as
    long as no garbage is collected, which is as long as files are read.
    """

    def __init__(self) -> None:
        self.table = NodeTable()
        self.function: FunctionBuilder
        self.scope: Scope
        self.place: PlaceName = Place.EXPRESSION
        self.guard: GuardName = Guard.NONE
        self.late_names = False
        """Whether a name that is not bound yet may be one that the module binds further down."""
        self.nonlocal_names: frozenset[str] = frozenset()
        """The names that any function of the file declares ``nonlocal``."""
        self.late_variables: list[tuple[Scope, str, int]] = []
        """The steps to which is added at the end what functions inside bind the variable to."""
        self._recording = True
        self._awaited_nodes: set[ast.expr] = set()
        self._uses: dict[ast.expr, UseName] = {}
        self._walruses: list[tuple[str, int]] = []

    def read(self, node: ast.expr) -> int:
        """The path of ``node``; its sites are recorded with the current function."""
        reader = self.readers.get(type(node))
        if reader is not None:
            return reader(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.mark_use(child, Use.VALUE)
                self.read(child)
        return self.table.unknown("the result of an operator")

    def read_silently(self, node: ast.expr) -> int:
        """The path of ``node`` without recording sites, for annotations and the like."""
        before, self._recording = self._recording, False
        try:
            return self.read(node)
        finally:
            self._recording = before

    def read_at(self, node: ast.expr, place: PlaceName) -> int:
        """The path of ``node``, whose sites stand at ``place``."""
        before, self.place = self.place, place
        try:
            return self.read(node)
        finally:
            self.place = before

    def record(self, kind: str, path: int, node: ast.expr, awaited: bool = False) -> None:
        if self._recording:
            use = self._uses.get(node, Use.OTHER) if kind == SiteKind.CALL else Use.OTHER
            self.function.sites.append(
                _make_site((kind, path, span_of(node), awaited, self.place, self.guard, use))
            )

    def mark_awaited(self, node: ast.expr) -> None:
        """Note that the value of ``node``, not read yet, is awaited."""
        self._awaited_nodes.add(node)
        if isinstance(node, ast.IfExp):
            self.mark_awaited(node.body)
            self.mark_awaited(node.orelse)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                self.mark_awaited(value)
        elif isinstance(node, ast.NamedExpr):
            self.mark_awaited(node.value)

    def mark_use(self, node: ast.expr, use: UseName) -> None:
        """Note what is done with the value of ``node``, not read yet, if a call gave it."""
        if isinstance(node, ast.Call):
            self._uses[node] = use
        elif isinstance(node, ast.Name) and use == Use.VALUE:
            path = self.scope.flow.get(node.id)
            if path is not None and self.table.nodes[path].op == PathOp.CALL:
                self.function.uses[path] = use

    def note_await(self, kind: str, path: int, node: ast.expr) -> None:
        """Note that the current function may suspend at ``node``."""
        if self._recording:
            self.function.awaits.append(Await(kind, path, span_of(node)))

    def is_awaited(self, node: ast.expr) -> bool:
        return node in self._awaited_nodes

    # names

    def load(self, name: str) -> int:
        """The path of the variable ``name`` where the visitor stands."""
        scope: Scope | None = self.scope
        assert scope is not None
        path = scope.flow.get(name)
        if path is not None:
            return self._load_late(scope, name, path) if name in self.nonlocal_names else path
        if name in scope.global_names:
            return self.table.add(PathOp.GLOBAL, name)
        scope = scope.parent
        while scope is not None:
            if scope.kind is ScopeKind.FUNCTION and name not in scope.global_names:
                bindings = scope.bindings.get(name)
                if bindings:
                    return self.table.union(*bindings)
            elif scope.kind is ScopeKind.MODULE:
                return self._load_global(scope, name)
            scope = scope.parent
        return self._load_builtin(name)

    def _load_late(self, scope: Scope, name: str, path: int) -> int:
        """A variable of a function that functions inside it may change; they are read later."""
        if scope.kind is not ScopeKind.FUNCTION or name in scope.nonlocal_names:
            return path
        key = (name, path)
        known = scope.late.get(key)
        if known is None:
            known = scope.late[key] = self.table.add_late(path)
            self.late_variables.append((scope, name, known))
        return known

    def _load_global(self, module: Scope, name: str) -> int:
        bindings = module.bindings.get(name)
        if bindings is None:
            return self._load_builtin(name)
        if len(bindings) == 1 and self.table.nodes[bindings[0]].op == PathOp.NAME:
            return bindings[0]
        return self.table.add(PathOp.GLOBAL, name)

    def _load_builtin(self, name: str) -> int:
        if self.has_star_import:
            return self.table.add(PathOp.GLOBAL, name)
        if name in _BUILTINS:
            return self.table.add(PathOp.NAME, f"builtins.{name}")
        if self.late_names:
            return self.table.add(PathOp.GLOBAL, name)
        return self.table.unknown(f"`{name}` is not defined in this file")

    def enclosing_class(self) -> str | None:
        """The class in whose method the visitor stands, also from a nested function."""
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.kind is ScopeKind.CLASS:
                return scope.qualname
            scope = scope.parent
        return None

    # what the readers of statements and definitions provide

    @property
    @abstractmethod
    def has_star_import(self) -> bool:
        """Whether ``from m import *`` may have bound any name."""

    @abstractmethod
    def is_self(self, path: int) -> bool:
        """Whether the path is the receiver of a method."""

    @abstractmethod
    def read_type(self, node: ast.expr) -> int:
        """The path of an expression that names a type, perhaps in a string."""

    @abstractmethod
    def note_method_call(self, callee: ast.expr, arguments: list[int]) -> None:
        """Follow what a call of a method puts into a list or dictionary."""

    @abstractmethod
    def note_setattr(self, node: ast.Call, operands: list[int]) -> None:
        """Follow ``setattr(base, "name", value)``, a call of what may be that function."""

    @abstractmethod
    def bind(self, name: str, path: int) -> None:
        """Bind the variable ``name`` in the current scope."""

    @abstractmethod
    def bind_target(self, target: ast.expr, path: int) -> None:
        """Bind whatever an assignment target names to (the parts of) ``path``."""

    @abstractmethod
    def add_function(self, builder: FunctionBuilder) -> None:
        """Keep a function that has been read."""
