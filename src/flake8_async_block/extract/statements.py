"""Statements → flow: which statements bind what in which branch, and where control cannot get."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from flake8_async_block.extract import loops
from flake8_async_block.extract.annotations import instance_of, read_annotation
from flake8_async_block.extract.assignments import AssignmentReader
from flake8_async_block.extract.builder import span_of
from flake8_async_block.extract.guards import (
    guard_of_branch,
    guard_of_handler,
    guard_of_rest,
    is_early_exit,
    names_of_probes,
    stronger,
)
from flake8_async_block.extract.loop_facts import note_for, note_while
from flake8_async_block.extract.narrowing import (
    narrow,
    narrow_to,
    types_asked_of_names,
    types_of,
)
from flake8_async_block.extract.patterns import bind_pattern
from flake8_async_block.extract.reach import asked_of_names, extent_of, is_exit, may_exit, truth_of
from flake8_async_block.extract.scope import Flow, ScopeKind, join_flows
from flake8_async_block.extract.truth import is_always_true
from flake8_async_block.model.path import Op, PathOp
from flake8_async_block.model.summary import (
    Block,
    Branch,
    Guard,
    GuardName,
    Needs,
    Place,
    PlaceName,
    SiteKind,
    Use,
)

_FALLS_THROUGH: Final = False
_LEAVES: Final = True
_READERS: Final[dict[type[ast.stmt], str]] = {
    ast.Expr: "_expression",
    ast.Assign: "_assign",
    ast.AnnAssign: "_annotated_assign",
    ast.AugAssign: "_augmented_assign",
    ast.Import: "_import",
    ast.ImportFrom: "_import_from",
    ast.FunctionDef: "_function_definition",
    ast.AsyncFunctionDef: "_function_definition",
    ast.ClassDef: "_class_definition",
    ast.Return: "_return",
    ast.Raise: "_raise",
    ast.If: "_if",
    ast.While: "_while",
    ast.For: "_for",
    ast.AsyncFor: "_for",
    ast.With: "_with",
    ast.AsyncWith: "_with",
    ast.Try: "_try",
    ast.Match: "_match",
    ast.Assert: "_assert",
    ast.Delete: "_delete",
    ast.Global: "_global",
    ast.Nonlocal: "_nonlocal",
    ast.Break: "_leave",
    ast.Continue: "_leave",
}
if hasattr(ast, "TryStar"):
    _READERS[ast.TryStar] = "_try"
if hasattr(ast, "TypeAlias"):
    _READERS[ast.TypeAlias] = "_type_alias"


class StatementReader(AssignmentReader):
    """Reads statements in order; every method says whether control leaves the block there."""

    statement_readers: ClassVar[dict[type[ast.stmt], Callable[[Any, Any], bool]]]
    """The reader of each kind of statement that has one."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.statement_readers = {kind: getattr(cls, method) for kind, method in _READERS.items()}

    def __init__(self) -> None:
        super().__init__()
        self.never_return: dict[str, bool] = {}
        """The functions known to end in an exception, and whether they have to be awaited."""
        self.following: ast.stmt | None = None
        """The statement after the one that is being read, in the same block."""

    def read_type(self, node: ast.expr) -> int:
        return read_annotation(self, node)

    def read_block(self, statements: Sequence[ast.stmt]) -> bool:
        """Read ``statements``; what follows a statement that leaves the block is not reachable."""
        before = self.guard
        for number, statement in enumerate(statements):
            reader = self.statement_readers.get(type(statement))
            self.following = statements[number + 1] if number + 1 < len(statements) else None
            if reader is not None and reader(self, statement):
                self.guard = before
                return _LEAVES
            if isinstance(statement, ast.If) and is_early_exit(statement):
                rest = statements[number + 1 :]
                self._note_branches(statement.test, rest, holds=False)
                found = guard_of_rest(
                    statement.test, rest, self._is_shared, self.function.loop_names
                )
                self.guard = stronger(self.guard, found)
        self.guard = before
        return _FALLS_THROUGH

    def _is_shared(self, name: str) -> bool:
        """Whether a variable that a function reads is the module's."""
        return self.scope.kind is ScopeKind.FUNCTION and self.scope.is_of_module(name)

    def _leave(self, node: ast.stmt) -> bool:
        return _LEAVES

    def _expression(self, node: ast.Expr) -> bool:
        if isinstance(node.value, ast.Constant):
            # A docstring, an ellipsis: nothing happens, and nobody asks for the value.
            return _FALLS_THROUGH
        self.mark_use(node.value, Use.DROPPED)
        path = self.read_at(node.value, self._statement_place())
        if self.never_return and self._ends_there(path):
            self._note_way_out(node)
            return _LEAVES
        if isinstance(node.value, ast.Call) and may_exit(node.value.func):
            callee = self.table.nodes[self.table.nodes[path].operands[0]]
            stem = self.table.nodes[callee.operands[0]].name if callee.operands else ""
            return is_exit(f"{stem}.{callee.name}" if stem else callee.name)
        return _FALLS_THROUGH

    def _ends_there(self, path: int) -> bool:
        """Whether a statement calls, or awaits, a function of the file that never returns."""
        node = self.table.nodes[path]
        is_awaited = node.op == PathOp.AWAIT
        if is_awaited:
            node = self.table.nodes[node.operands[0]]
        if node.op != PathOp.CALL:
            return False
        called = self.function_called(node.operands[0])
        return self.never_return.get(called) is is_awaited

    def _note_way_out(self, node: ast.stmt) -> None:
        """The loops around a statement end there, as they would with ``raise``."""
        place = span_of(node)
        self.function.loops = [
            loop._replace(leaves=True) if loop.extent[:2] <= place[:2] < loop.extent[2:] else loop
            for loop in self.function.loops
        ]

    @abstractmethod
    def function_called(self, callee: int) -> str:
        """The qualified name of the one function of the file that a path is; empty for others."""

    def _statement_place(self) -> PlaceName:
        return Place.CLASS_BODY if self.scope.kind is ScopeKind.CLASS else Place.STATEMENT

    # control flow

    def _return(self, node: ast.Return) -> bool:
        if node.value is not None:
            self.function.returned.append(self.read(node.value))
        return _LEAVES

    def _raise(self, node: ast.Raise) -> bool:
        for part in (node.exc, node.cause):
            if part is not None:
                self.read(part)
        return _LEAVES

    def _if(self, node: ast.If) -> bool:
        test, after = node.test, self.following
        self.mark_use(test, Use.VALUE)
        self.read_test(test)
        holds = truth_of(test)
        if isinstance(test, ast.Constant):
            return self.read_block(node.body if test.value else node.orelse)
        self._note_branches(test, node.body, holds=True)
        self._note_branches(test, node.orelse, holds=False)
        before = self.scope.flow
        self.scope.flow = dict(before)
        narrow(self, test, holds=True)
        probed = self.function.loop_names
        guard = guard_of_branch(test, node.body, self._is_shared, probed, after)
        leaves_body = self._read_branch(node.body, guard, is_dead=holds is False)
        after_body = self.scope.flow
        self.scope.flow = dict(before)
        narrow(self, test, holds=False)
        guard = Guard.NONE
        if node.orelse:
            guard = guard_of_rest(test, node.orelse, self._is_shared, probed)
        leaves_else = self._read_branch(node.orelse, guard, is_dead=holds is True)
        if holds is not None:
            # What the other branch binds is only of use to annotations.
            self._join(leaves_body, after_body, leaves_else, self.scope.flow)
            return leaves_body if holds else leaves_else
        self._join(leaves_body, after_body, leaves_else, self.scope.flow)
        return leaves_body and leaves_else

    def _note_branches(
        self, test: ast.expr, statements: Sequence[ast.stmt], *, holds: bool
    ) -> None:
        """Note that ``statements`` run only where ``test`` holds, if callers decide about that."""
        if not statements:
            return
        for name, needs in asked_of_names(test, holds=holds):
            path = self.scope.flow.get(name)
            if path is None or self.table.nodes[path].op != PathOp.PARAMETER:
                continue
            slot = self.table.nodes[path].name
            if slot.rpartition(":")[0] == self.function.qualname:
                self.function.branches.append(Branch(slot, needs, extent_of(statements)))
        for name, members, is_one in types_asked_of_names(test, holds=holds):
            slot = self._slot_called(name)
            if slot:
                needs = Needs.OF_TYPE if is_one else Needs.NOT_OF_TYPE
                types = types_of(self, members)
                self.function.branches.append(Branch(slot, needs, extent_of(statements), types))

    def _slot_called(self, name: str) -> str:
        """The function's own parameter that a variable is, whatever tests have told of it."""
        path = self.scope.flow.get(name)
        while path is not None and self.table.nodes[path].op == PathOp.NARROWED:
            path = self.table.nodes[path].operands[0]
        if path is None or self.table.nodes[path].op != PathOp.PARAMETER:
            return ""
        slot = self.table.nodes[path].name
        return slot if slot.rpartition(":")[0] == self.function.qualname else ""

    def _read_branch(
        self, statements: Sequence[ast.stmt], guard: GuardName, *, is_dead: bool = False
    ) -> bool:
        before, self.guard = self.guard, stronger(self.guard, guard)
        was_recording, self._recording = self._recording, self._recording and not is_dead
        leaves = self.read_block(statements)
        self.guard, self._recording = before, was_recording
        return leaves

    def _join(self, leaves_first: bool, first: Flow, leaves_second: bool, second: Flow) -> None:
        if leaves_first and not leaves_second:
            self.scope.flow = second
        elif leaves_second and not leaves_first:
            self.scope.flow = first
        else:
            self.scope.flow = join_flows(self.table, first, second)

    def _while(self, node: ast.While) -> bool:
        self.mark_use(node.test, Use.VALUE)
        self.read_test(node.test)
        endless = is_always_true(node.test)
        if not endless and isinstance(node.test, ast.Constant):
            return self.read_block(node.orelse)
        note_while(self, node, self.nonlocal_names)
        before = dict(self.scope.flow)
        narrow(self, node.test, holds=True)
        self.read_block(node.body)
        self.scope.flow = join_flows(self.table, before, self.scope.flow)
        if endless and not loops.has_break(node.body):
            return _LEAVES
        return self.read_block(node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> bool:
        is_async = isinstance(node, ast.AsyncFor)
        if is_async:
            self.mark_awaited(node.iter)
        iterable = self.read(node.iter)
        self.record(SiteKind.ITERATE, iterable, node.iter, awaited=is_async)
        if isinstance(node, ast.AsyncFor):
            self.note_await("async for", iterable, node.iter)
        else:
            note_for(self, node, iterable)
        op: Op = PathOp.ASYNC_ITERATE if is_async else PathOp.ITERATE
        before = dict(self.scope.flow)
        self.bind_target(node.target, self.table.add(op, operands=(iterable,)))
        self.read_block(node.body)
        self.scope.flow = join_flows(self.table, before, self.scope.flow)
        return self.read_block(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        is_async = isinstance(node, ast.AsyncWith)
        for item in node.items:
            if is_async:
                self.mark_awaited(item.context_expr)
            else:
                self.mark_use(item.context_expr, Use.VALUE)
            manager = self.read(item.context_expr)
            self.record(SiteKind.ENTER, manager, item.context_expr, awaited=is_async)
            if is_async:
                self.note_await("async with", manager, item.context_expr)
            else:
                span = span_of(item.context_expr)
                self.function.blocks.append(
                    Block(manager, span, span_of(node), loops.yields(node.body))
                )
            if item.optional_vars is not None:
                op: Op = PathOp.ASYNC_ENTER if is_async else PathOp.ENTER
                entered = self.table.add(op, operands=(manager,))
                self.bind_target(item.optional_vars, entered)
        return self._read_guarded(node.body, guarded=loops.suppresses_the_end(node.items))

    def _read_guarded(self, body: Sequence[ast.stmt], *, guarded: bool) -> bool:
        self.function.guards += guarded
        leaves = self.read_block(body)
        self.function.guards -= guarded
        return leaves

    def _try(self, node: Any) -> bool:
        before = dict(self.scope.flow)
        guarded = loops.catches_the_end(node.handlers)
        leaves = self._read_guarded(node.body, guarded=guarded)
        after_body = self.scope.flow
        # A handler may start after any statement of the body.
        interrupted = join_flows(self.table, before, after_body)
        if not leaves:
            leaves = self.read_block(node.orelse)
            after_body = self.scope.flow
        after, all_leave = after_body, leaves
        self.function.loop_names |= names_of_probes(node.body, node.handlers)
        for handler in node.handlers:
            self.scope.flow = dict(interrupted)
            if handler.type is not None:
                self.read(handler.type)
            if handler.name is not None:
                self.bind(handler.name, self._exception_of(handler))
            guard = guard_of_handler(node.body, handler)
            handler_leaves = self._read_branch(handler.body, guard)
            self._join(all_leave, after, handler_leaves, self.scope.flow)
            after, all_leave = self.scope.flow, all_leave and handler_leaves
        self.scope.flow = after
        return self.read_block(node.finalbody) or all_leave

    def _exception_of(self, handler: ast.ExceptHandler) -> int:
        if handler.type is None or isinstance(handler.type, ast.Tuple):
            return self.table.unknown("an exception")
        return instance_of(self, self.read_silently(handler.type))

    def _match(self, node: ast.Match) -> bool:
        subject = self.read(node.subject)
        before = dict(self.scope.flow)
        after, all_leave, exhaustive = before, True, False
        for case in node.cases:
            self.scope.flow = dict(before)
            bind_pattern(self, case.pattern, subject)
            if isinstance(case.pattern, ast.MatchClass):
                narrow_to(self, node.subject, [case.pattern.cls], holds=True)
            if case.guard is not None:
                self.read(case.guard)
            elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                exhaustive = True
            leaves = self.read_block(case.body)
            self._join(all_leave, after, leaves, self.scope.flow)
            after, all_leave = self.scope.flow, all_leave and leaves
        if not exhaustive:
            self._join(all_leave, after, _FALLS_THROUGH, before)
            return _FALLS_THROUGH
        self.scope.flow = after
        return all_leave

    def _assert(self, node: ast.Assert) -> bool:
        self.read(node.test)
        narrow(self, node.test, holds=True)
        if node.msg is not None:
            self.read(node.msg)
        return isinstance(node.test, ast.Constant) and not node.test.value

    # definitions

    @abstractmethod
    def _function_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool: ...

    @abstractmethod
    def _class_definition(self, node: ast.ClassDef) -> bool: ...
