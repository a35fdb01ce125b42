"""Expressions → access paths, and the sites on the way.

The visitor returns the path of each expression that it reads and records a site wherever code
outside the expression's text may run: calls, attribute reads, iteration.
"""

from __future__ import annotations

import ast
import builtins
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import pairwise
from typing import Any, Final

from flake8_async_block.extract.builder import FunctionBuilder, span_of
from flake8_async_block.extract.narrowing import narrowed
from flake8_async_block.extract.reach import truth_of
from flake8_async_block.extract.scope import Flow, Scope, ScopeKind
from flake8_async_block.extract.table import NodeTable
from flake8_async_block.model.path import SPREAD, PathOp
from flake8_async_block.model.summary import Await, Guard, Place, Site, SiteKind, Use

_BUILTINS: Final = frozenset(dir(builtins)) | {"reveal_type"}
_OPERATOR_METHODS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.MatMult: "__matmul__",
    ast.Div: "__truediv__",
    ast.Mod: "__mod__",
    ast.Pow: "__pow__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
    ast.BitOr: "__or__",
    ast.BitXor: "__xor__",
    ast.BitAnd: "__and__",
    ast.FloorDiv: "__floordiv__",
}
_COMPARISON_METHODS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
    ast.In: "__contains__",
    ast.NotIn: "__contains__",
}
_UNARY_METHODS: Final[dict[type[ast.unaryop], str]] = {
    ast.Not: "__bool__",
    ast.USub: "__neg__",
    ast.UAdd: "__pos__",
    ast.Invert: "__invert__",
}
_OBJECTS: Final = frozenset(
    {PathOp.NAME, PathOp.GLOBAL, PathOp.PARAMETER, PathOp.ATTRIBUTE, PathOp.CALL, PathOp.AWAIT}
    | {PathOp.ENTER, PathOp.ASYNC_ENTER, PathOp.ITERATE, PathOp.ASYNC_ITERATE, PathOp.ITEM}
    | {PathOp.TYPED, PathOp.UNION, PathOp.NARROWED, PathOp.INSTANCE}
)
"""The steps that may give an instance of a class of the project."""
_EAGER_CONSUMERS: Final = frozenset(
    {"all", "any", "dict", "frozenset", "join", "list", "max", "min", "set", "sorted", "sum"}
    | {"tuple", "extend", "update", "deque", "Counter", "fromkeys"}
)
"""Callables that exhaust a generator expression before they return."""
_TYPE_CONSTRUCTORS: Final = frozenset(
    {"Annotated", "Callable", "Dict", "List", "Optional", "Tuple", "Type", "Union"}
)
"""What makes a type of those between its brackets, also of names in strings."""
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


class ExpressionReader(ABC):
    """Reads expressions in the current scope; see :class:`StatementReader` for the rest."""

    def __init__(self) -> None:
        self.table = NodeTable()
        self.function: FunctionBuilder
        self.scope: Scope
        self.place = Place.EXPRESSION
        self.guard = Guard.NONE
        self.late_names = False
        """Whether a name that is not bound yet may be one that the module binds further down."""
        self._recording = True
        self._awaited_nodes: set[ast.expr] = set()
        self._uses: dict[ast.expr, str] = {}
        self._walruses: list[tuple[str, int]] = []
        self._dispatch: dict[type[ast.expr], Callable[[Any], int]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Await: self._await,
            ast.Constant: self._constant,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.BoolOp: self._bool,
            ast.Compare: self._compare,
            ast.UnaryOp: self._unary,
            ast.IfExp: self._conditional,
            ast.NamedExpr: self._walrus,
            ast.Lambda: self._lambda,
            ast.Tuple: self._tuple,
            ast.List: self._list,
            ast.Set: self._list,
            ast.Dict: self._dict,
            ast.ListComp: self._list_comprehension,
            ast.SetComp: self._list_comprehension,
            ast.DictComp: self._dict_comprehension,
            ast.GeneratorExp: self._generator,
            ast.Starred: self._starred,
            ast.JoinedStr: self._joined_string,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
        }

    def read(self, node: ast.expr) -> int:
        """The path of ``node``; its sites are recorded with the current function."""
        reader = self._dispatch.get(type(node))
        if reader is not None:
            return reader(node)
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

    def read_at(self, node: ast.expr, place: str) -> int:
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
                Site(kind, path, span_of(node), awaited, self.place, self.guard, use)
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

    def mark_use(self, node: ast.expr, use: str) -> None:
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
            return path
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

    @property
    @abstractmethod
    def has_star_import(self) -> bool:
        """Whether ``from m import *`` may have bound any name."""

    @abstractmethod
    def is_self(self, path: int) -> bool:
        """Whether the path is the receiver of a method."""

    def _name(self, node: ast.Name) -> int:
        return self.load(node.id)

    # steps

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
        if isinstance(callee, ast.Name) and terminal in _CONVERSIONS:
            for argument in node.args:
                self.mark_use(argument, Use.VALUE)
        for position, argument in enumerate(node.args):
            if isinstance(argument, ast.GeneratorExp) and terminal in _EAGER_CONSUMERS:
                operands.append(self._list_comprehension(argument))
            elif terminal == "cast" and position == 0:
                operands.append(self.read_type(argument))
            else:
                operands.append(self.read(argument))
        keywords = []
        for keyword in node.keywords:
            is_type = terminal == "TypeVar" and keyword.arg == "bound"
            read = self.read_type if is_type else self.read
            operands.append(read(keyword.value))
            keywords.append(keyword.arg or SPREAD)
        self._note_collected(callee, terminal, operands)
        if not keywords:
            self.note_method_call(callee, operands[1:])
        path = self.table.add(PathOp.CALL, "", tuple(operands), tuple(keywords))
        self.record(SiteKind.CALL, path, node, self.is_awaited(node))
        return path

    @abstractmethod
    def read_type(self, node: ast.expr) -> int:
        """The path of an expression that names a type, perhaps in a string."""

    @abstractmethod
    def note_method_call(self, callee: ast.expr, arguments: list[int]) -> None:
        """Follow what a call of a method puts into a list or dictionary."""

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

    def enclosing_class(self) -> str | None:
        """The class in whose method the visitor stands, also from a nested function."""
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.kind is ScopeKind.CLASS:
                return scope.qualname
            scope = scope.parent
        return None

    def _await(self, node: ast.Await) -> int:
        value = node.value
        self.mark_awaited(value)
        operand = self.read(value)
        if not isinstance(value, ast.Call):
            self.function.awaited_paths.add(operand)
        self.note_await(PathOp.AWAIT, operand, node)
        return self.table.add(PathOp.AWAIT, operands=(operand,))

    def _constant(self, node: ast.Constant) -> int:
        return self.table.constant(node.value)

    def _subscript(self, node: ast.Subscript) -> int:
        if terminal_name(node.value) in _TYPE_CONSTRUCTORS:
            return self.read_type(node)
        self.mark_use(node.value, Use.VALUE)
        base = self.read(node.value)
        key = (
            self.read_slice(node.slice)
            if isinstance(node.slice, ast.Slice)
            else self.read(node.slice)
        )
        path = self.table.add(PathOp.ITEM, operands=(base, key))
        self.record(SiteKind.ITEM, path, node, self.is_awaited(node))
        return path

    def read_slice(self, node: ast.Slice) -> int:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.read(part)
        return self.table.unknown("a slice")

    def _binary(self, node: ast.BinOp) -> int:
        self.mark_use(node.left, Use.VALUE)
        self.mark_use(node.right, Use.VALUE)
        left = self.read(node.left)
        right = self.read(node.right)
        method = operator_method(node.op)
        path = self.table.add(PathOp.BINARY, method, (left, right))
        nodes = self.table.nodes
        if nodes[left].op in _OBJECTS or nodes[right].op in _OBJECTS:
            self.record(method, path, node)
        return path

    def _compare(self, node: ast.Compare) -> int:
        left = node.left
        self.mark_use(left, Use.VALUE)
        path = self.read(left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            self.mark_use(right, Use.VALUE)
            other = self.read(right)
            method = _COMPARISON_METHODS.get(type(operator))
            if method == "__contains__":
                self.record_operator(method, other, right)
            elif method is not None:
                self.record_operator(method, path, left)
            left, path = right, other
        return self.table.unknown("the result of an operator")

    def record_operator(self, method: str, path: int, node: ast.expr) -> None:
        """Note that an operator calls a special method of ``path``, where that may be one."""
        if self.table.nodes[path].op in _OBJECTS:
            self.record(method, path, node)

    def read_test(self, node: ast.expr) -> int:
        """The path of an expression that is asked whether it is true."""
        path = self.read(node)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Await)):
            self.record_operator("__bool__", path, node)
        return path

    def _bool(self, node: ast.BoolOp) -> int:
        is_and = isinstance(node.op, ast.And)
        values = [self.read_test(node.values[0])]
        with ExitStack() as narrowings:
            for before, value in pairwise(node.values):
                narrowings.enter_context(narrowed(self, before, holds=is_and))
                is_last = value is node.values[-1]
                values.append(self.read(value) if is_last else self.read_test(value))
        # What an ``and`` gives instead of its last part is false: no object worth following.
        return values[-1] if is_and else self.table.union(*values)

    def _unary(self, node: ast.UnaryOp) -> int:
        operand = node.operand
        if (
            isinstance(node.op, ast.USub)
            and isinstance(operand, ast.Constant)
            and isinstance(operand.value, (int, float))
        ):
            return self.table.constant(-operand.value)
        self.mark_use(operand, Use.VALUE)
        self.record_operator(_UNARY_METHODS[type(node.op)], self.read(operand), operand)
        return self.table.unknown("the result of an operator")

    def _conditional(self, node: ast.IfExp) -> int:
        self.mark_use(node.test, Use.VALUE)
        self.read_test(node.test)
        holds = truth_of(node.test)
        if holds is not None:
            return self.read(node.body if holds else node.orelse)
        with narrowed(self, node.test, holds=True):
            body = self.read(node.body)
        with narrowed(self, node.test, holds=False):
            orelse = self.read(node.orelse)
        return self.table.union(body, orelse)

    def _walrus(self, node: ast.NamedExpr) -> int:
        path = self.read(node.value)
        self.bind(node.target.id, path)
        self._walruses.append((node.target.id, path))
        return path

    @abstractmethod
    def bind(self, name: str, path: int) -> None:
        """Bind the variable ``name`` in the current scope."""

    @abstractmethod
    def _lambda(self, node: ast.Lambda) -> int: ...

    def _starred(self, node: ast.Starred) -> int:
        operand = self.read(node.value)
        self.record(SiteKind.ITERATE, operand, node.value)
        return self.table.add(PathOp.STAR, operands=(operand,))

    def _joined_string(self, node: ast.JoinedStr) -> int:
        self._read_format_values(node)
        return self.table.add(
            PathOp.INSTANCE, operands=(self.table.add(PathOp.NAME, "builtins.str"),)
        )

    def _read_format_values(self, node: ast.JoinedStr) -> None:
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.mark_use(value.value, Use.VALUE)
                shown = "__repr__" if value.conversion == ord("r") else "__format__"
                self.record_operator(shown, self.read(value.value), value.value)
                if isinstance(value.format_spec, ast.JoinedStr):
                    self._read_format_values(value.format_spec)

    def _yield(self, node: ast.Yield) -> int:
        self.function.is_generator = True
        if node.value is not None:
            self.function.yielded.append(self.read(node.value))
        return self.table.unknown("what a generator is sent")

    def _yield_from(self, node: ast.YieldFrom) -> int:
        self.function.is_generator = True
        operand = self.read(node.value)
        self.record(SiteKind.ITERATE, operand, node.value)
        self.function.yielded.append(self.table.add(PathOp.ITERATE, operands=(operand,)))
        return self.table.unknown("what a generator returns")

    # collections

    def _tuple(self, node: ast.Tuple) -> int:
        return self.table.add(PathOp.TUPLE, operands=self._elements(node.elts))

    def _list(self, node: ast.List | ast.Set) -> int:
        return self.table.add(PathOp.LIST, operands=self._elements(node.elts))

    def _elements(self, nodes: Sequence[ast.expr]) -> tuple[int, ...]:
        return tuple(self.read(node) for node in nodes)

    def _dict(self, node: ast.Dict) -> int:
        keys: list[str] = []
        values: list[int] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                keys.append(SPREAD)
            else:
                self.read(key)
                keys.append(repr(key.value) if isinstance(key, ast.Constant) else "")
            values.append(self.read(value))
        return self.table.add(PathOp.DICT, "", tuple(values), tuple(keys))

    # comprehensions

    def _list_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> int:
        saved = self._enter_generators(node.generators, Place.COMPREHENSION)
        place, self.place = self.place, Place.COMPREHENSION
        if isinstance(node, ast.GeneratorExp):
            self.place = Place.GENERATOR
        element = self.read(node.elt)
        self.place = place
        self._restore(saved)
        return self.table.add(PathOp.LIST, operands=(element,))

    def _dict_comprehension(self, node: ast.DictComp) -> int:
        saved = self._enter_generators(node.generators, Place.COMPREHENSION)
        place, self.place = self.place, Place.COMPREHENSION
        self.read(node.key)
        value = self.read(node.value)
        self.place = place
        self._restore(saved)
        return self.table.add(PathOp.DICT, "", (value,), ("",))

    def _generator(self, node: ast.GeneratorExp) -> int:
        """A generator expression that nothing here exhausts: a generator function, called."""
        outer = self.function
        first = node.generators[0]
        self.read(first.iter)
        qualname = self.scope.child_name(f"<genexpr:{node.lineno}:{node.col_offset}>")
        inner = FunctionBuilder(
            qualname, span_of(node), is_async=_is_async_generator(node), is_generator=True
        )
        self.function = inner
        saved = self._enter_generators(node.generators, Place.GENERATOR, first_was_read=True)
        inner.yielded.append(self.read_at(node.elt, Place.GENERATOR))
        self._restore(saved)
        self.function = outer
        self.add_function(inner)
        function = self.table.add(PathOp.FUNCTION, qualname)
        return self.table.add(PathOp.CALL, operands=(function,))

    @abstractmethod
    def add_function(self, builder: FunctionBuilder) -> None:
        """Keep a function that has been read."""

    def _enter_generators(
        self,
        generators: Sequence[ast.comprehension],
        place: str,
        first_was_read: bool = False,
    ) -> Flow:
        """Bind the targets of a comprehension; returns the flow to restore afterwards."""
        saved = self.scope.flow
        self.scope.flow = dict(saved)
        before = self.place
        for position, generator in enumerate(generators):
            if position == 0 and first_was_read:
                iterable = self.read_silently(generator.iter)
            else:
                if generator.is_async:
                    self.mark_awaited(generator.iter)
                iterable = self.read(generator.iter)
            self.place = place
            self.record(
                SiteKind.ITERATE, iterable, generator.iter, awaited=bool(generator.is_async)
            )
            op = PathOp.ASYNC_ITERATE if generator.is_async else PathOp.ITERATE
            if generator.is_async:
                self.note_await("async for", iterable, generator.iter)
            self.bind_target(generator.target, self.table.add(op, operands=(iterable,)))
            for condition in generator.ifs:
                self.mark_use(condition, Use.VALUE)
                self.read(condition)
        self.place = before
        return saved

    @abstractmethod
    def bind_target(self, target: ast.expr, path: int) -> None:
        """Bind whatever an assignment target names to (the parts of) ``path``."""

    def _restore(self, saved: Flow) -> None:
        """Leave a comprehension: its variables are gone, what ``:=`` bound inside stays."""
        self.scope.flow = saved
        for name, path in self._walruses:
            self.scope.flow[name] = path
        self._walruses.clear()


def operator_method(operator: ast.operator) -> str:
    return _OPERATOR_METHODS[type(operator)]


def _attribute_key(node: ast.Attribute) -> str:
    """The key under which a flow remembers a narrowed attribute of a plain name."""
    return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""


def terminal_name(node: ast.expr) -> str:
    """The last part of a dotted name, or nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_async_generator(node: ast.GeneratorExp) -> bool:
    return any(generator.is_async for generator in node.generators)
