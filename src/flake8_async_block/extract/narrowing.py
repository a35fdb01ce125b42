"""What a test such as ``isinstance(x, T)`` says about ``x``, where it holds and where it fails.

``iscoroutinefunction(f)`` is such a test, too: what follows often awaits ``f()`` if it holds, and
hands ``f`` to a thread if not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flake8_async_block.extract.reach import decisive_parts
from flake8_async_block.extract.recorder import Recorder
from flake8_async_block.model.path import Narrowing, PathOp

_SAME: Final = (ast.Is, ast.Eq)
_ASYNC_TESTS: Final = frozenset(
    {"iscoroutinefunction", "iscoroutinecallable", "isasynccallable", "isasyncfunction"}
)
"""The last words of tests for coroutine functions, without underscores.

Besides that of ``inspect`` most frameworks, and many applications, have one of their own.
"""


def narrow(reader: Recorder, test: ast.expr, *, holds: bool) -> None:
    """Note in the current flow what ``test`` says when it ``holds``, or when it does not."""
    for part, is_true in decisive_parts(test, holds=holds):
        found = _type_test(part)
        if found is not None:
            subject, members = found
            narrow_to(reader, subject, members, holds=is_true)
        elif isinstance(part, ast.Call) and len(part.args) == 1 and _is_async_test(part.func):
            _narrow_by(reader, part.args[0], Narrowing.ASYNC if is_true else Narrowing.NOT_ASYNC)


def types_asked_of_names(
    test: ast.expr, *, holds: bool
) -> Iterator[tuple[str, list[ast.expr], bool]]:
    """The variables of which a test asks for a type: the types, and whether it is one of them.

    Args:
        test: the condition.
        holds: whether it is to hold, or not to.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from types_asked_of_names(test.operand, holds=not holds)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) == holds:
            for part in test.values:
                yield from types_asked_of_names(part, holds=holds)
        else:
            # Of an ``or`` that holds one part does: all of them have to ask the same variable.
            parts = [[*types_asked_of_names(part, holds=holds)] for part in test.values]
            asked = [part[0] for part in parts if len(part) == 1]
            same = len(asked) == len(parts) and len({each[0] for each in asked}) == 1
            if same and all(is_one for _, _, is_one in asked):
                yield asked[0][0], [member for each in asked for member in each[1]], True
    else:
        found = _type_test(test)
        # What ``type(x) is T`` does not hold for may still be of a type below.
        exact = isinstance(test, ast.Compare)
        if found is not None and isinstance(found[0], ast.Name) and (holds or not exact):
            yield found[0].id, found[1], holds


@contextmanager
def narrowed(reader: Recorder, test: ast.expr, *, holds: bool) -> Iterator[None]:
    """Read an expression under ``test``; what is bound inside stays, what was narrowed does not."""
    scope = reader.scope
    before = dict(scope.flow)
    narrow(reader, test, holds=holds)
    changed = {}
    if scope.flow != before:
        changed = {key: path for key, path in scope.flow.items() if before.get(key) != path}
    yield
    for key, path in changed.items():
        if scope.flow.get(key) == path:
            if key in before:
                scope.flow[key] = before[key]
            else:
                del scope.flow[key]


def narrow_to(reader: Recorder, subject: ast.expr, members: list[ast.expr], *, holds: bool) -> None:
    """Note that ``subject`` is, or is not, an instance of one of the types ``members``.

    Only variables and attributes of variables are remembered.
    """
    name = Narrowing.IS if holds else Narrowing.IS_NOT
    _narrow_by(reader, subject, name, types_of(reader, members))


def types_of(reader: Recorder, members: list[ast.expr]) -> int:
    """The path of an instance of any of the types ``members``."""
    table = reader.table
    return table.union(
        *[table.add(PathOp.INSTANCE, operands=(reader.read_type(each),)) for each in members]
    )


def _narrow_by(reader: Recorder, subject: ast.expr, name: str, *operands: int) -> None:
    if not isinstance(subject, ast.Name) and not (
        isinstance(subject, ast.Attribute) and isinstance(subject.value, ast.Name)
    ):
        return
    before = reader.read_silently(subject)
    if reader.is_self(before):
        return
    path = reader.table.add(PathOp.NARROWED, name, (before, *operands))
    if isinstance(subject, ast.Name):
        reader.scope.flow[subject.id] = path
    elif isinstance(subject.value, ast.Name):
        reader.scope.bind_attribute(subject.value.id, subject.attr, path)


def _is_async_test(callee: ast.expr) -> bool:
    name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
    return name.replace("_", "").lower() in _ASYNC_TESTS


def _type_test(test: ast.expr) -> tuple[ast.expr, list[ast.expr]] | None:
    """The subject and the types of ``isinstance(x, T)`` or ``type(x) is T``."""
    if isinstance(test, ast.Call):
        if _is_name(test.func, "isinstance") and len(test.args) == 2:
            subject, types = test.args
            return subject, _members(types)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], _SAME):
        left = test.left
        if isinstance(left, ast.Call) and _is_name(left.func, "type") and len(left.args) == 1:
            return left.args[0], _members(test.comparators[0])
    return None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _members(types: ast.expr) -> list[ast.expr]:
    if isinstance(types, ast.Tuple):
        return [member for element in types.elts for member in _members(element)]
    return [types]
