"""The names and the ways out of a stretch of statements, for moving it to a function of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LOOPS: Final = (ast.While, ast.For, ast.AsyncFor)
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CONDITIONAL: Final = (ast.BoolOp, ast.IfExp, *_COMPREHENSIONS, ast.Lambda)
# `except*` has a node type of its own from Python 3.11 on.
TRY: Final[tuple[type[ast.Try], ...]] = (ast.Try, getattr(ast, "TryStar", ast.Try))
_SWALLOWING: Final = ("suppress", "ignor", "raises", "catch", "swallow", "exitstack")
Names = frozenset[str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def own_nodes(roots: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes but those inside nested functions and classes, which are given themselves."""
    pending = [*roots][::-1]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            pending += reversed(node.decorator_list)
        elif not isinstance(node, ast.Lambda):
            pending += reversed([*ast.iter_child_nodes(node)])


@lru_cache(maxsize=8)
def own_nodes_in(function: Function) -> Sequence[ast.AST]:
    """The nodes of a function's body, as :func:`own_nodes` gives them."""
    return tuple(own_nodes(function.body))


def nested_scopes(roots: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The functions, lambdas and classes that are defined in there, the outermost ones only."""
    return (node for node in own_nodes(roots) if isinstance(node, _SCOPES))


def nested_scopes_in(function: Function) -> Iterator[ast.AST]:
    """The same for a function's body."""
    return (node for node in own_nodes_in(function) if isinstance(node, _SCOPES))


def loaded(roots: Iterable[ast.AST]) -> Iterator[ast.Name]:
    """Where names are read, also in nested scopes; ``x += 1`` reads ``x``.

    What a comprehension or a lambda binds for itself is no name of the function.
    """
    for root in roots:
        if isinstance(root, ast.Name):
            if isinstance(root.ctx, ast.Load):
                yield root
            continue
        if isinstance(root, ast.AugAssign) and isinstance(root.target, ast.Name):
            yield root.target
        own: set[str] = set()
        if isinstance(root, _COMPREHENSIONS):
            own = {name for part in root.generators for name, _ in bound((part.target,))}
            yield from loaded((root.generators[0].iter,))
        elif isinstance(root, ast.Lambda):
            own = {node.arg for node in ast.walk(root.args) if isinstance(node, ast.arg)}
            yield from loaded((root.args,))
        for name in loaded(ast.iter_child_nodes(root)):
            if name.id not in own:
                yield name


def bound(roots: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """The names that are bound in the scope itself, each with the node that does it."""
    in_comprehension: set[ast.AST] = set()
    for node in own_nodes(roots):
        if isinstance(node, _COMPREHENSIONS):
            for part in node.generators:
                in_comprehension.update(ast.walk(part.target))
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load) and node not in in_comprehension:
                yield node.id, node
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            if node.name:
                yield node.name, node
        elif isinstance(node, ast.MatchMapping):
            if node.rest:
                yield node.rest, node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for item in node.names:
                yield item.asname or item.name.partition(".")[0], node


@lru_cache(maxsize=8)
def bound_in(function: Function) -> Sequence[tuple[str, ast.AST]]:
    """The names that a function's body binds, as :func:`bound` gives them."""
    return tuple(bound(function.body))


def leaves_loop(statements: Sequence[ast.stmt]) -> bool:
    """Whether a ``break`` or ``continue`` is for a loop around the statements."""
    for statement in statements:
        if isinstance(statement, (ast.Break, ast.Continue)):
            return True
        if isinstance(statement, _SCOPES):
            continue
        if isinstance(statement, _LOOPS):
            if leaves_loop(statement.orelse):
                return True
        elif any(leaves_loop(suite) for suite in suites(statement)):
            return True
    return False


def suites(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements directly in a statement."""
    for name in ("body", "orelse", "finalbody"):
        value = getattr(statement, name, None)
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield part.body


def may_swallow(statement: ast.With | ast.AsyncWith) -> bool:
    """Whether the function may go on behind a ``with`` statement in which an exception came."""
    return any(
        word in ast.unparse(item.context_expr).lower()
        for item in statement.items
        for word in _SWALLOWING
    )


def last_simple(statements: Sequence[ast.stmt]) -> ast.stmt:
    """The statement that runs last, where ``with`` blocks are all that is around it."""
    last = statements[-1]
    return last_simple(last.body) if isinstance(last, ast.With) else last


@dataclass(slots=True)
class Flow:
    """Follows which names have a value, from the top of a stretch of statements to its end.

    ``early`` gathers the names of ``watched`` that may be read before the stretch gives them one.
    """

    watched: Names
    early: set[str] = field(default_factory=set)

    def run(self, statements: Sequence[ast.stmt], known: Names) -> Names | None:
        """The names that have a value for certain at the end; None if that is never reached."""
        current: Names | None = known
        for statement in statements:
            if current is None:
                # What follows is never run, but its names count all the same.
                current = known
                self._statement(statement, current)
                return None
            current = self._statement(statement, current)
        return current

    def _read(self, nodes: Iterable[ast.AST | None], known: Names) -> Names:
        """Evaluate expressions; the result has what ``:=`` binds in any case."""
        for node in nodes:
            if node is None:
                continue
            for name in loaded((node,)):
                if name.id in self.watched and name.id not in known:
                    self.early.add(name.id)
            known |= frozenset(_certain_walrus(node))
        return known

    def _statement(self, node: ast.stmt, known: Names) -> Names | None:
        if isinstance(node, (ast.Return, ast.Raise)):
            self._read((node,), known)
            return None
        if isinstance(node, ast.If):
            known = self._read((node.test,), known)
            return _either(self.run(node.body, known), self.run(node.orelse, known))
        if isinstance(node, ast.While):
            known = self._read((node.test,), known)
            self.run(node.body, known)
            self.run(node.orelse, known)
            return known
        if isinstance(node, ast.For):
            known = self._read((node.iter,), known)
            self._read((node.target,), known)
            self.run(node.body, known | _targets((node.target,)))
            self.run(node.orelse, known)
            return known
        if isinstance(node, ast.With):
            for item in node.items:
                known = self._read((item.context_expr, item.optional_vars), known)
                known |= _targets((item.optional_vars,))
            ended = self.run(node.body, known)
            if may_swallow(node):
                return known
            return ended
        if isinstance(node, ast.Match):
            known = self._read((node.subject,), known)
            for case in node.cases:
                names = frozenset(name for name, _ in bound((case.pattern,)))
                inner = self._read((case.guard,), known | names)
                self.run(case.body, inner)
            return known
        if isinstance(node, TRY):
            return self._try(node, known)
        return self._simple(node, known)

    def _try(self, node: ast.Try, known: Names) -> Names | None:
        body = self.run(node.body, known)
        after = body if body is None else self.run(node.orelse, body)
        if body is None:
            self.run(node.orelse, known)
        for handler in node.handlers:
            self._read((handler.type,), known)
            named = frozenset({handler.name} if handler.name else ())
            ended = self.run(handler.body, known | named)
            after = _either(after, None if ended is None else ended - named)
        final = self.run(node.finalbody, known)
        if final is None or after is None:
            return None
        return after | final

    def _simple(self, node: ast.stmt, known: Names) -> Names:
        known = self._read((node,), known)
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return known
        return known | frozenset(
            name for name, binding in bound((node,)) if _certain(node, binding)
        )


def _either(one: Names | None, other: Names | None) -> Names | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _targets(nodes: Iterable[ast.AST | None]) -> Names:
    return frozenset(name for name, _ in bound(node for node in nodes if node is not None))


def _certain(statement: ast.stmt, binding: ast.AST) -> bool:
    """Whether a simple statement binds the name itself, not by a ``:=`` somewhere inside."""
    if isinstance(statement, ast.Assign):
        return any(binding in ast.walk(target) for target in statement.targets)
    if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        return binding is statement.target
    return binding is statement


def _certain_walrus(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (*_CONDITIONAL, *_SCOPES)):
        return
    if isinstance(node, ast.NamedExpr):
        yield node.target.id
    for child in ast.iter_child_nodes(node):
        yield from _certain_walrus(child)
