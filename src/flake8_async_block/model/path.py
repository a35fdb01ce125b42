"""Access paths: how a summary writes down what a value is, without knowing what it means.

A value is a root plus steps: ``httpx.Client() with.get`` is the attribute ``get`` of what
entering a called ``httpx.Client`` gave. Paths share their beginnings, so a module keeps them as
one table of nodes that refer to earlier nodes by index; a path is the index of its last step.
The table keeps extraction and evaluation linear in the size of the file: a step is written once
and evaluated once, however many paths run through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

NO_PATH: Final = -1
"""Stands for "not there" wherever a node index is optional (no annotation, no default)."""
SPREAD: Final = "**"
"""Stands for the key of what ``**`` spreads into a dictionary display or a call."""
SLICE: Final = "a slice"
"""The name of the ``UNKNOWN`` step that stands for ``[1:]`` as the key of an ``ITEM``."""


Op = Literal[
    "name",
    "global",
    "parameter",
    "function",
    "class",
    "constant",
    "super",
    "unknown",
    "attribute",
    "call",
    "await",
    "with",
    "async with",
    "iter",
    "async iter",
    "item",
    "@",
    "typed",
    "|",
    "tuple",
    "list",
    "dict",
    "*",
    "narrowed",
    "binary",
]
"""The values of :class:`PathOp`: what is read back from bytes is each time the same object."""


class PathOp:
    """The kinds of step. Plain strings, so that a node table serialises as it is."""

    NAME: Final = "name"
    """Root: the dotted name in ``name``; leading dots mark a relative import."""
    GLOBAL: Final = "global"
    """Root: the module-level name ``name`` of the same file."""
    PARAMETER: Final = "parameter"
    """Root: parameter slot ``function:parameter`` of the same file."""
    FUNCTION: Final = "function"
    """Root: the function or lambda of the same file whose qualified name is ``name``."""
    CLASS: Final = "class"
    """Root: the class of the same file whose qualified name is ``name``."""
    CONSTANT: Final = "constant"
    """Root: a literal; ``name`` is its ``repr``."""
    SUPER: Final = "super"
    """Root: ``super()`` inside the class ``name``."""
    UNKNOWN: Final = "unknown"
    """Root: a value that cannot be followed; ``name`` says why."""
    ATTRIBUTE: Final = "attribute"
    """``.name`` of operand 0."""
    CALL: Final = "call"
    """Operand 0 called with the other operands; the last ``len(keywords)`` are keyword ones."""
    AWAIT: Final = "await"
    ENTER: Final = "with"
    """What ``with operand 0 as`` binds."""
    ASYNC_ENTER: Final = "async with"
    ITERATE: Final = "iter"
    """An element of operand 0."""
    ASYNC_ITERATE: Final = "async iter"
    ITEM: Final = "item"
    """Operand 0 subscripted with operand 1."""
    INSTANCE: Final = "@"
    """A value of the type that the annotation operand 0 names."""
    TYPED: Final = "typed"
    """A value with an annotation (operand 0, an ``INSTANCE``) and an expression (operand 1)."""
    UNION: Final = "|"
    """One of the operands."""
    TUPLE: Final = "tuple"
    LIST: Final = "list"
    DICT: Final = "dict"
    """Values as operands, their constant keys (``repr``, ``SPREAD``, or empty) in ``keywords``."""
    STAR: Final = "*"
    """``*operand 0`` in a call's positional arguments."""
    NARROWED: Final = "narrowed"
    """Operand 0 as a test (``name`` is a :class:`Narrowing`) leaves it; operand 1 is a type."""
    BINARY: Final = "binary"
    """``operand 0 <name> operand 1``; ``name`` is the method, such as ``__truediv__``."""


class Narrowing:
    """What a test has told about a value's type, or about a function."""

    IS: Final = "is"
    IS_NOT: Final = "is not"
    ASYNC: Final = "async"
    """It is a coroutine function. Here and in the next there is no operand 1."""
    NOT_ASYNC: Final = "not async"


class PathNode(NamedTuple):
    """One step of a path; see :class:`PathOp` for what the fields hold in each kind."""

    op: Op
    name: str = ""
    operands: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()


ASYNC_TESTS: Final = (Narrowing.ASYNC, Narrowing.NOT_ASYNC)
_MAX_RENDERED_DEPTH: Final = 24


def render_path(nodes: Sequence[PathNode], index: int, depth: int = 0) -> str:
    """Write a path for people, as in ``sqlalchemy.orm.Session@.execute``.

    Args:
        nodes: the node table of the module.
        index: the path's last step, or ``NO_PATH``.
        depth: how many steps were rendered already; deeper ones become an ellipsis.
    """
    if index == NO_PATH:
        return ""
    if depth > _MAX_RENDERED_DEPTH:
        return "…"
    node = nodes[index]

    def operand(position: int = 0) -> str:
        return render_path(nodes, node.operands[position], depth + 1)

    op = node.op
    if op == PathOp.ATTRIBUTE:
        return f"{operand()}.{node.name}"
    if op == PathOp.CALL:
        return f"{operand()}()"
    if op == PathOp.AWAIT:
        return f"{operand()} await"
    if op in (PathOp.ENTER, PathOp.ASYNC_ENTER, PathOp.ITERATE, PathOp.ASYNC_ITERATE):
        return f"{operand()} {op}"
    if op == PathOp.ITEM:
        return f"{operand()}[{operand(1)}]"
    if op == PathOp.INSTANCE:
        return f"{operand()}@"
    if op in (PathOp.TYPED, PathOp.NARROWED):
        return operand()
    if op == PathOp.STAR:
        return f"*{operand()}"
    if op == PathOp.BINARY:
        return f"{operand()}.{node.name}()"
    if op in (PathOp.UNION, PathOp.TUPLE, PathOp.LIST, PathOp.DICT):
        inner = (" | " if op == PathOp.UNION else ", ").join(
            operand(position) for position in range(len(node.operands))
        )
        return {"|": f"({inner})", "tuple": f"({inner},)", "list": f"[{inner}]"}.get(
            op, f"{{{inner}}}"
        )
    if op == PathOp.SUPER:
        return f"super({node.name})"
    if op == PathOp.UNKNOWN:
        return f"?{node.name}"
    return node.name
