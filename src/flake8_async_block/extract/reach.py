"""Branches that are never taken: by their text, by the version of Python, or by a type checker.

A test that only asks for the version or for a type checker has one answer in every program that
runs, so what stands in its other branch is not run, although names that are bound there may be
needed to understand annotations.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from flake8_async_block.extract.builder import span_of
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.summary import Needs

_OLDEST_VERSION: Final = (3, 8)
"""Nobody runs anything older than this any more."""
_EXITS: Final = frozenset({"sys.exit", "os._exit", "os.abort"})
_EXIT_WORDS: Final = frozenset({"exit", "_exit", "abort"})
_NEVER: Final = frozenset({"NoReturn", "Never"})
_ABSTRACT_WORDS: Final = frozenset({"abstractmethod", "abstractproperty"})


def truth_of(test: ast.expr) -> bool | None:
    """Whether ``test`` always holds, or never does; None where its text does not say."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, (ast.Name, ast.Attribute)):
        name = test.id if isinstance(test, ast.Name) else test.attr
        return False if name == "TYPE_CHECKING" else None
    if isinstance(test, ast.UnaryOp):
        inner = truth_of(test.operand) if isinstance(test.op, ast.Not) else None
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _truth_of_parts(test)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _truth_of_version(test)
    return None


def _truth_of_parts(test: ast.BoolOp) -> bool | None:
    decisive = isinstance(test.op, ast.Or)
    parts = [truth_of(part) for part in test.values]
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _truth_of_version(test: ast.Compare) -> bool | None:
    """What every version of Python since the oldest one says to a test of its own version."""
    part = _part_of_version(test.left)
    if part is None:
        return None
    try:
        wanted = ast.literal_eval(test.comparators[0])
    except (ValueError, TypeError):
        return None
    if part == "major":
        wanted = (wanted,)
    if not isinstance(wanted, tuple) or not all(isinstance(each, int) for each in wanted):
        return None
    operator = test.ops[0]
    if isinstance(operator, (ast.Eq, ast.NotEq)):
        differs = wanted[:1] != _OLDEST_VERSION[:1]
        if not differs and part != "major":
            return None
        return differs == isinstance(operator, ast.NotEq)
    if wanted[:1] > _OLDEST_VERSION[:1]:
        return isinstance(operator, (ast.Lt, ast.LtE))
    if part == "major" and wanted == _OLDEST_VERSION[:1]:
        return isinstance(operator, (ast.GtE, ast.LtE))
    if wanted <= _OLDEST_VERSION:
        return isinstance(operator, (ast.Gt, ast.GtE))
    return None


def _part_of_version(node: ast.expr) -> str | None:
    """``all`` for ``sys.version_info`` or its beginning, ``major`` for its first number."""
    if isinstance(node, ast.Subscript):
        inner = _part_of_version(node.value)
        if inner != "all":
            return None
        if isinstance(node.slice, ast.Slice):
            return inner if node.slice.lower is None else None
        is_first = isinstance(node.slice, ast.Constant) and node.slice.value == 0
        return "major" if is_first else None
    if isinstance(node, ast.Attribute) and node.attr == "major":
        return "major" if _part_of_version(node.value) == "all" else None
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return "all" if name == "version_info" else None


def asked_of_names(test: ast.expr, *, holds: bool) -> Iterator[tuple[str, str]]:
    """The variables that decide a test alone or with others, and what each then has to be.

    Args:
        test: the condition.
        holds: whether it is to hold, or not to.
    """
    for part, is_true in decisive_parts(test, holds=holds):
        if isinstance(part, ast.Name):
            yield part.id, Needs.TRUE if is_true else Needs.FALSE
        elif (
            isinstance(part, ast.Compare) and isinstance(part.left, ast.Name) and len(part.ops) == 1
        ):
            right = part.comparators[0]
            if isinstance(right, ast.Constant) and right.value is None:
                if isinstance(part.ops[0], ast.Is):
                    yield part.left.id, Needs.NONE if is_true else Needs.GIVEN
                elif isinstance(part.ops[0], ast.IsNot):
                    yield part.left.id, Needs.GIVEN if is_true else Needs.NONE


def decisive_parts(test: ast.expr, *, holds: bool) -> Iterator[tuple[ast.expr, bool]]:
    """The parts of a test about which its outcome tells, each with its own outcome.

    Args:
        test: the condition.
        holds: its outcome.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from decisive_parts(test.operand, holds=not holds)
    elif not isinstance(test, ast.BoolOp):
        yield test, holds
    elif isinstance(test.op, ast.And) == holds:
        # All parts of an ``and`` that holds do, and none of an ``or`` that does not.
        for part in test.values:
            yield from decisive_parts(part, holds=holds)


def extent_of(statements: Sequence[ast.stmt]) -> Span:
    """From the first of some statements to the end of the last."""
    first, last = span_of(statements[0]), span_of(statements[-1])
    return Span(first.line, first.col, last.end_line, last.end_col)


def is_placeholder(body: Sequence[ast.stmt], decorators: Sequence[ast.expr] = ()) -> bool:
    """Whether a function only says that another one is to take its place.

    A method that is declared abstract may hold ``pass``, or nothing but its docstring; without
    the declaration that is a method which does nothing.
    """
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant):
        stands_for_nothing = last.value.value is Ellipsis
    elif isinstance(last, ast.Raise):
        error = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        stands_for_nothing = isinstance(error, ast.Name) and error.id == "NotImplementedError"
    else:
        stands_for_nothing = False
    if not stands_for_nothing:
        stands_for_nothing = _does_nothing(last) and any(map(_declares_abstract, decorators))
    return stands_for_nothing and all(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in body[:-1]
    )


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _declares_abstract(decorator: ast.expr) -> bool:
    name = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
    return name in _ABSTRACT_WORDS


def says_never(annotation: ast.expr | None) -> bool:
    """Whether an annotation says that a function never returns."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.rpartition(".")[2] in _NEVER
    name = annotation.attr if isinstance(annotation, ast.Attribute) else None
    return (annotation.id if isinstance(annotation, ast.Name) else name) in _NEVER


def always_raises(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether every call of a function ends in an exception, or the process.

    A function that only says that another one is to take its place is none.
    """
    if node.decorator_list or not _always_leaves(node.body[-1]) or is_placeholder(node.body):
        return False
    pending: list[ast.AST] = list(node.body)
    while pending:
        inner = pending.pop()
        if isinstance(inner, (ast.Return, ast.Yield, ast.YieldFrom)):
            return False
        if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(inner))
    return True


def _always_leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        branches = (statement.body, statement.orelse)
        return all(branch and _always_leaves(branch[-1]) for branch in branches)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return may_exit(statement.value.func) and is_exit(ast.unparse(statement.value.func))
    return isinstance(statement, ast.Raise)


def may_exit(callee: ast.expr) -> bool:
    """Whether the last word of what is called is one by which a process may end."""
    name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
    return name in _EXIT_WORDS


def is_exit(callee: str) -> bool:
    """Whether calling the dotted name ``callee`` ends the process."""
    return callee in _EXITS
