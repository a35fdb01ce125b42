"""Files that a function reads and then writes, with an ``await`` among it.

What two tasks write into one file in turn stays whole as long as nothing runs in between. Once it
is awaited, a task may read what another is about to replace, and undo that, or find half of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final, NamedTuple

from flake8_async_block.fixers.locate import ParsedSource
from flake8_async_block.fixers.managers import keeps_others_out
from flake8_async_block.fixers.scopes import TRY, Function, own_nodes_in

_OPENING: Final = frozenset({"builtins.open", "codecs.open", "gzip.open", "io.open", "open"})
_READING: Final = frozenset({"read_bytes", "read_text"})
_MOVING: Final = frozenset({"move", "rename", "replace"})
_WRITING: Final = frozenset({"write_bytes", "write_text"})
_WAITING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield)


class _Use(NamedTuple):
    """``file`` as it is spelled, and the call that reads or writes it, by its offsets."""

    file: str
    start: int
    end: int
    writes: bool


def updated_meanwhile(
    function: Function, span: tuple[int, int], source: ParsedSource
) -> str | None:
    """Which file would be read, and written, with other tasks in between.

    Args:
        function: the innermost function around what shall be awaited.
        span: its offsets.
        source: the file.

    Returns:
        A clause that ends no sentence, or None.
    """
    uses = [*_uses(function, source)]
    for read in uses:
        for write in uses:
            if (
                not read.writes
                and write.writes
                and read.file == write.file
                and read.start < write.start
                and span[0] < write.end
                and read.start < span[1]
                and not _are_apart(function, read, write, source)
            ):
                return f"`{read.file}` is read before it is written, and others may write it, too"
    return None


def _uses(function: Function, source: ParsedSource) -> Iterator[_Use]:
    ends: dict[ast.expr, int] = {}
    for node in own_nodes_in(function):
        if isinstance(node, ast.With):
            # What is opened to be written is empty at first.
            ends |= dict.fromkeys(
                (item.context_expr for item in node.items), _range(node, source)[1]
            )
        elif isinstance(node, ast.Call):
            found = _used(node)
            if found is not None:
                file, writes = found
                start, end = _range(node, source)
                yield _Use(ast.unparse(file), start, ends.get(node, end) if writes else end, writes)


def _used(call: ast.Call) -> tuple[ast.expr, bool] | None:
    """The file that a call opens, and whether it replaces what is in it."""
    called, arguments = call.func, call.args
    if ast.unparse(called) in _OPENING and arguments:
        replaces = _replaces(call, arguments[1:])
        return None if replaces is None else (arguments[0], replaces)
    if not isinstance(called, ast.Attribute):
        return None
    if called.attr in _MOVING and len(arguments) in (1, 2):
        # `new.replace(path)`, or `os.replace(new, path)`; that of a string takes two texts.
        plain = len(arguments) == 1 or ast.unparse(called.value) in ("os", "shutil")
        return (arguments[-1], True) if plain else None
    if called.attr in _READING | _WRITING:
        return called.value, called.attr in _WRITING
    if called.attr == "open":
        replaces = _replaces(call, arguments)
        return None if replaces is None else (called.value, replaces)
    return None


def _replaces(call: ast.Call, arguments: list[ast.expr]) -> bool | None:
    """Whether a file is opened to be written anew, or only to be read; None for all else."""
    given = arguments[:1] + [item.value for item in call.keywords if item.arg == "mode"]
    mode = given[0].value if given and isinstance(given[0], ast.Constant) else ""
    if (given and not mode) or not isinstance(mode, str):
        return None
    if set(mode) & set("wx+"):
        return True
    return False if "a" not in mode else None


def _are_apart(function: Function, read: _Use, write: _Use, source: ParsedSource) -> bool:
    """Whether other tasks may come in between already, or not at all, or only one of both runs."""

    def holds(nodes: list[ast.stmt], use: _Use) -> bool:
        start, end = _range(nodes[0], source)[0], _range(nodes[-1], source)[1]
        return start <= use.start and use.end <= end

    for node in own_nodes_in(function):
        if isinstance(node, _WAITING):
            start, end = _range(node, source)
            if isinstance(node, ast.AsyncWith) and holds(node.body, read):
                if keeps_others_out(node) and holds(node.body, write):
                    return True
            elif read.end <= start and end <= write.start:
                return True
        elif isinstance(node, ast.If) and node.orelse:
            if holds(node.body, read) and holds(node.orelse, write):
                return True
        elif (
            isinstance(node, TRY)
            and holds(node.body, read)
            and any(holds(handler.body, write) for handler in node.handlers)
        ):
            # It is written where reading it has failed.
            return True
    return False


def _range(node: ast.expr | ast.stmt, source: ParsedSource) -> tuple[int, int]:
    end = source.offset(node.end_lineno or 0, node.end_col_offset or 0)
    return source.offset(node.lineno, node.col_offset), end
