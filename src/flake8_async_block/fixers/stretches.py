"""Which statements belong together: what could move to a thread with the place of a finding."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from flake8_async_block.fixers.base import FileContext
from flake8_async_block.fixers.extraction import Place, Stretch
from flake8_async_block.fixers.managers import last_name, manager_caution
from flake8_async_block.fixers.scopes import Function, bound, loaded
from flake8_async_block.model.diagnostic import Diagnostic


def candidates(
    diagnostic: Diagnostic, context: FileContext, function: Function, around: tuple[Place, ...]
) -> Iterator[Stretch]:
    """What could move: the `with` block that the finding belongs to, or its statement.

    Each is tried together with its neighbours that block as well, and then alone.
    """
    root = _root_name(diagnostic, context)
    whole = diagnostic.fix is not None and ("scope", "whole") in diagnostic.fix.parameters
    for depth, place in enumerate(around):
        statement = place.suite[place.number]
        owns = isinstance(statement, ast.With) and (
            takes_lock(statement)
            or any(root == name for item in statement.items for name in _item_names(item))
            or any(blocks(item, context) for item in statement.items)
        )
        lead = around[: depth + 1]
        first = last = place.number
        if root is not None:
            first, last = _life_of(root, place, context, whole=whole)
        if not owns and first == place.number and depth < len(around) - 1:
            continue
        while first > 0 and _joins(place.suite[first - 1], context):
            first -= 1
        while last + 1 < len(place.suite) and _joins(place.suite[last + 1], context):
            last += 1
        yield Stretch(function, lead, first, last)
        if (first, last) != (place.number, place.number):
            yield Stretch(function, lead, place.number, place.number)


def _item_names(item: ast.withitem) -> Iterator[str]:
    if item.optional_vars is not None:
        yield from (name for name, _ in bound((item.optional_vars,)))


def _root_name(diagnostic: Diagnostic, context: FileContext) -> str | None:
    """The variable with which the expression begins that a finding is about."""
    start, end = context.source.range_of(diagnostic.span)
    try:
        node = ast.parse(b"(" + context.source.text[start:end] + b")", mode="eval").body
    except SyntaxError:
        return None
    return root_of(node)


def root_of(node: ast.expr) -> str | None:
    """The variable with which an expression begins, if it begins with one."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _life_of(name: str, place: Place, context: FileContext, *, whole: bool) -> tuple[int, int]:
    """From the statement that makes what ``name`` stands for to the last one that uses it.

    Args:
        whole: whether it belongs to one thread, so that also a call that does not block makes it.
    """
    made = [
        index
        for index, statement in enumerate(place.suite[: place.number])
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        and (blocks(statement, context) or (whole and isinstance(statement.value, ast.Call)))
        and any(name == other for other, _ in bound((statement,)))
    ]
    if not made:
        return place.number, place.number
    uses = [
        index
        for index, statement in enumerate(place.suite)
        if any(node.id == name for node in loaded((statement,)))
    ]
    return made[-1], max([place.number, *uses])


def _joins(statement: ast.stmt, context: FileContext) -> bool:
    """Whether a statement blocks, too, in a way for which there is nothing better than a thread."""
    start, end = range_of(statement, context)
    plans = [
        plan for (first, last), plan in context.plans.items() if start <= first and last <= end
    ]
    native = any(plan is not None and plan.strategy == "native" for plan in plans)
    return blocks(statement, context) and not native


def blocks(node: ast.stmt | ast.withitem, context: FileContext) -> bool:
    """Whether a finding that may be fixed lies in the node."""
    part = node.context_expr if isinstance(node, ast.withitem) else node
    start, end = range_of(part, context)
    return any(start <= first and last <= end for first, last in context.located)


def takes_lock(statement: ast.With) -> bool:
    """Whether a ``with`` statement takes a lock, as far as names tell."""
    return any(
        manager_caution(last_name(item.context_expr), asynchronous=False) is not None
        for item in statement.items
    )


def ranges_of(statements: Sequence[ast.stmt], context: FileContext) -> Sequence[tuple[int, int]]:
    """The bytes that statements take, each as :func:`range_of` gives them."""
    return [range_of(statement, context) for statement in statements]


def range_of(node: ast.expr | ast.stmt, context: FileContext) -> tuple[int, int]:
    """Start and end offset of a node in the text of the file."""
    source = context.source
    end = source.offset(node.end_lineno or 0, node.end_col_offset or 0)
    return source.offset(node.lineno, node.col_offset), end
