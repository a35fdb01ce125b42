"""What a function looks at before an ``await`` and changes after it, as if nothing could happen.

Up to now nothing could: the call blocked, so no other task ran. Behind ``if self.left >= n:`` the
await lets others take the rest before ``self.left -= n`` does; a value that was copied before
it and is written back after it undoes what others have written. What is only filled in where it
was missing is another matter: two tasks may do the work, and get the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flake8_async_block.fixers.file_updates import updated_meanwhile
from flake8_async_block.fixers.locate import ParsedSource
from flake8_async_block.fixers.managers import keeps_others_out
from flake8_async_block.fixers.scopes import Function, own_nodes, own_nodes_in

_TAKING: Final = frozenset({"clear", "discard", "pop", "popitem", "popleft", "remove"})
"""Methods of collections that fail, or take something else, where another task was quicker."""
_FRESH: Final = (
    ast.Await,
    ast.Call,
    ast.Constant,
    ast.Dict,
    ast.DictComp,
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Set,
    ast.SetComp,
    ast.Tuple,
)
"""Values that nobody else holds, as far as can be told."""
_WAITING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_VIEWS: Final = frozenset({"items", "keys", "values"})
_CHANGED: Final = (
    rb"\.NAME\[[^\n]*\] = |\bdel [\w.]+\.NAME\[|\.NAME\.(add|discard|popitem|setdefault|update)\("
)
"""How files change what may neither grow nor shrink while somebody iterates over it."""
_CHANGED_VIEWS: Final = rb"|\.NAME\.(clear|pop)\("
_EXITS: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class _Write:
    """A place where ``target`` gets another value; ``value`` is what it gets, if that is told."""

    target: str
    at: int
    value: ast.expr | None = None


def changed_meanwhile(
    function: Function,
    span: tuple[int, int],
    source: ParsedSource,
    is_shared_name: Callable[[str], bool],
) -> str | None:
    """What other tasks may change between a look at it and what follows an ``await``.

    Args:
        function: the innermost function around the call.
        span: the offsets of the call that is to be awaited.
        source: the file.
        is_shared_name: whether other code can rebind a name of the function.

    Returns:
        A clause that ends no sentence, or None.
    """
    caution = _Interleaving(function, span, source, is_shared_name).caution()
    return caution or updated_meanwhile(function, span, source)


class _Interleaving:
    def __init__(
        self,
        function: Function,
        span: tuple[int, int],
        source: ParsedSource,
        is_shared_name: Callable[[str], bool],
    ) -> None:
        self._nodes = own_nodes_in(function)
        self._start, self._end = span
        self._source = source
        self._is_shared_name = is_shared_name
        self._own = self._own_objects()
        self._guards = [
            node
            for node in self._nodes
            if isinstance(node, ast.AsyncWith) and keeps_others_out(node)
        ]

    def caution(self) -> str | None:
        """See :func:`changed_meanwhile`."""
        iterated = self._iterated()
        if iterated is not None:
            return f"`{iterated}` is iterated over, and other tasks may change it meanwhile"
        tested = self._tested()
        copies = self._copies()
        if not tested and not copies:
            return None
        for write in self._writes_after():
            if write.target in tested:
                return f"`{write.target}` is tested before the await and changed after it"
            for name in _names(write.value):
                if write.target in copies.get(name, ()):
                    return f"`{write.target}` is read before the await and written after it"
        return None

    def _iterated(self) -> str | None:
        """A shared mapping or set that a loop around the call goes through, as it is spelled."""
        for node in self._nodes:
            if (
                not isinstance(node, ast.For)
                or self._start < self._begin(node.body[0])
                or self._stop(node.body[-1]) < self._end
                or self._is_guarded(node.iter)
                or any(isinstance(inner, _WAITING) for inner in own_nodes(node.body))
            ):
                continue
            target, changes = node.iter, _CHANGED
            if (
                isinstance(target, ast.Call)
                and isinstance(target.func, ast.Attribute)
                and target.func.attr in _VIEWS
            ):
                target, changes = target.func.value, _CHANGED + _CHANGED_VIEWS
            if not isinstance(target, ast.Attribute) or [*self._shared_in(target)] == []:
                continue
            name = re.escape(target.attr).encode()
            if re.search(changes.replace(b"NAME", name), self._source.text):
                return ast.unparse(target)
        return None

    def _tested(self) -> set[str]:
        """What shared things an ``if`` looks at on the way to the call."""
        found: set[str] = set()
        for node in self._nodes:
            if not isinstance(node, ast.If) or self._stop(node.test) > self._start:
                continue
            if self._is_guarded(node.test):
                continue
            if self._holds_call(node) or isinstance(node.body[-1], _EXITS):
                found.update(self._shared_in(node.test))
        return found

    def _copies(self) -> dict[str, set[str]]:
        """Variable → the shared things of which it holds an earlier value."""
        found: dict[str, set[str]] = {}
        for node in self._nodes:
            if (
                isinstance(node, ast.Assign)
                and self._stop(node) <= self._start
                and not self._is_guarded(node)
            ):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found.setdefault(target.id, set()).update(self._shared_in(node.value))
        return found

    def _writes_after(self) -> Iterator[_Write]:
        passed = self._branches_not_taken()
        for node in self._nodes:
            for write in self._writes_of(node):
                if not any(start <= write.at < stop for start, stop in passed):
                    yield write

    def _writes_of(self, node: ast.AST) -> Iterator[_Write]:
        if not isinstance(node, (ast.stmt, ast.expr)) or self._stop(node) < self._end:
            return
        at = self._begin(node)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for part in _parts(target):
                    yield _Write(ast.unparse(part), at, node.value)
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and node.value is not None:
            yield _Write(ast.unparse(node.target), at, node.value)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Subscript):
                    yield _Write(ast.unparse(target.value), at)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _TAKING
        ):
            yield _Write(ast.unparse(node.func.value), at)

    def _branches_not_taken(self) -> list[tuple[int, int]]:
        """The extents of the branches that do not run where the call does."""
        found = []
        for node in self._nodes:
            if isinstance(node, ast.If) and node.orelse and self._holds_call(node):
                in_body = self._start < self._begin(node.orelse[0])
                other = node.orelse if in_body else node.body
                found.append((self._begin(other[0]), self._stop(other[-1])))
        return found

    def _shared_in(self, expression: ast.expr) -> Iterator[str]:
        for node in ast.walk(expression):
            if isinstance(node, ast.Name):
                if self._is_shared_name(node.id):
                    yield node.id
            elif isinstance(node, (ast.Attribute, ast.Subscript)):
                root = _root(node)
                if root is not None and root not in self._own:
                    yield ast.unparse(node)

    def _own_objects(self) -> set[str]:
        """The variables that only ever hold objects which the function has made, or was given."""
        held: dict[str, bool] = {}
        for node in self._nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for part in _parts(target):
                        if isinstance(part, ast.Name):
                            is_fresh = isinstance(node.value, _FRESH)
                            held[part.id] = held.get(part.id, True) and is_fresh
        return {name for name, is_fresh in held.items() if is_fresh}

    def _is_guarded(self, node: ast.stmt | ast.expr) -> bool:
        """Whether one lock of tasks is held from the node to the call."""
        return any(
            self._begin(guard.body[0]) <= self._begin(node)
            and self._end <= self._stop(guard.body[-1])
            for guard in self._guards
        )

    def _holds_call(self, node: ast.stmt) -> bool:
        return self._begin(node) <= self._start and self._end <= self._stop(node)

    def _begin(self, node: ast.stmt | ast.expr) -> int:
        return self._source.offset(node.lineno, node.col_offset)

    def _stop(self, node: ast.stmt | ast.expr) -> int:
        return self._source.offset(node.end_lineno or 0, node.end_col_offset or 0)


def _parts(target: ast.expr) -> Sequence[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [part for element in target.elts for part in _parts(element)]
    return [target.value] if isinstance(target, ast.Starred) else [target]


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _names(expression: ast.expr | None) -> Iterator[str]:
    for node in ast.walk(expression) if expression is not None else ():
        if isinstance(node, ast.Name):
            yield node.id
