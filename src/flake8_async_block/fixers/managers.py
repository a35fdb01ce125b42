"""What a ``with`` statement enters, as far as its name tells: a lock, a limit of time."""

from __future__ import annotations

import ast
import re
from typing import Final

_LOCK_WORDS: Final = frozenset({"mutex", "semaphore", "sem", "cond", "condition"})
_NO_LOCK_WORDS: Final = frozenset({"block", "clock"})
_TIMEOUTS: Final = frozenset(
    {"timeout", "timeout_at", "fail_after", "fail_at", "move_on_after", "move_on_at"}
)
_SHARED_BY_SEVERAL: Final = frozenset({"semaphore", "sem"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def manager_caution(name: str, *, asynchronous: bool) -> str | None:
    """What an ``await`` in the body of a ``with`` statement would change.

    Args:
        name: the last name of what is entered: ``timeout`` for ``asyncio.timeout(3)``.
        asynchronous: whether it is an ``async with``.

    Returns:
        A clause that ends no sentence, or None.
    """
    if name in _TIMEOUTS:
        return f"`{name}` could now end it early, and a thread would go on"
    if not asynchronous and _is_lock(_words(name)):
        # A lock of threads that stays locked during the await can stop the whole loop.
        return f"`{name}` stays locked while other tasks run"
    return None


def keeps_others_out(statement: ast.AST) -> bool:
    """Whether a statement is an ``async with`` in whose body one task at a time may be."""
    if not isinstance(statement, ast.AsyncWith):
        return False
    return any(is_lock_for_one(last_name(item.context_expr)) for item in statement.items)


def is_lock_for_one(name: str) -> bool:
    """Whether something of this name is a lock that one task at a time may hold."""
    words = _words(name)
    return _is_lock(words) and not words & _SHARED_BY_SEVERAL


def last_name(node: ast.expr) -> str:
    """The name of what is called or used last: ``timeout`` for ``asyncio.timeout(3)``."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _words(name: str) -> set[str]:
    return {word.lower().removesuffix("s") for word in _WORD.findall(name)} - _NO_LOCK_WORDS


def _is_lock(words: set[str]) -> bool:
    return any(word in _LOCK_WORDS or word.endswith("lock") for word in words)
