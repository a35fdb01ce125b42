"""Whether ``await`` may be written where a call stands, and what it would change there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import libcst as cst

from flake8_async_block.fixers.base import FileContext, Refused
from flake8_async_block.fixers.interleaving import changed_meanwhile
from flake8_async_block.fixers.locate import Located, descendants
from flake8_async_block.fixers.managers import is_lock_for_one, manager_caution

# libcst reads template strings from version 1.8 on.
_TEMPLATE_EXPRESSION: Final = getattr(cst, "TemplatedStringExpression", ())


@dataclass(frozen=True, slots=True)
class AwaitPlace:
    """A place at which a call may be awaited.

    Args:
        parenthesise: whether the ``await`` expression needs parentheses of its own.
        functions: the functions around the place, the outermost first, as :mod:`ast` nodes.
        line: the line of the call, from 1.
        caution: what other tasks could change meanwhile, or None.
    """

    parenthesise: bool
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]
    line: int
    caution: str | None


def await_place(located: Located, context: FileContext) -> AwaitPlace | Refused:
    """Judge the place of a call that is to be awaited.

    Args:
        located: the call.
        context: its file.

    Returns:
        The place, or why ``await`` may not go there or would not mean the same.
    """
    if isinstance(located.ancestors[-1], cst.Await):
        return Refused("its result is awaited already")
    chain = (*located.ancestors, located.node)
    comprehensions = 0
    for parent, child in reversed(list(pairwise(chain))):
        if isinstance(parent, cst.FunctionDef) and child is parent.body:
            if parent.asynchronous is None:
                return Refused(f"it stands in `def {parent.name.value}`, which is not async")
            break
        if isinstance(parent, (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)):
            if _is_first_iterable(parent, chain):
                continue
            if isinstance(parent, cst.GeneratorExp):
                return Refused("an await would make the generator expression asynchronous")
            comprehensions += 1
            if comprehensions > 1:
                return Refused("an await in a nested comprehension needs Python 3.11")
        reason = _forbidden(parent)
        if reason is not None:
            return Refused(reason)
    else:
        return Refused("it does not stand in an async function")
    inner = chain[_innermost_function(chain) :]
    functions = functions_around(located, context)
    return AwaitPlace(
        parenthesise=_needs_parentheses(located),
        functions=functions,
        line=context.source.line(context.source.span(located.node)[0]),
        caution=_caution_around(inner)
        or _read_before(inner, functions, context)
        or changed_meanwhile(
            functions[-1],
            context.source.span(located.node),
            context.source,
            partial(context.names.is_shared, functions=functions),
        ),
    )


def statement_place(located: Located, context: FileContext) -> AwaitPlace | Refused:
    """Judge the place of a statement beside or in which an ``await`` shall stand.

    Args:
        located: the statement.
        context: its file.

    Returns:
        The place, or why no ``await`` may stand there.
    """
    for parent in reversed(located.ancestors):
        if isinstance(parent, cst.ClassDef):
            return Refused("await is not allowed in a class body")
        if isinstance(parent, cst.FunctionDef):
            if parent.asynchronous is None:
                return Refused(f"it stands in `def {parent.name.value}`, which is not async")
            break
    else:
        return Refused("it does not stand in an async function")
    chain = (*located.ancestors, located.node)
    return AwaitPlace(
        parenthesise=False,
        functions=functions_around(located, context),
        line=context.source.line(context.source.span(located.node)[0]),
        caution=_caution_around(chain[_innermost_function(chain) :]),
    )


def _innermost_function(chain: tuple[cst.CSTNode, ...]) -> int:
    return max(i for i, node in enumerate(chain) if isinstance(node, cst.FunctionDef))


def functions_around(
    located: Located, context: FileContext
) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    """The functions around a node, the outermost first."""
    return tuple(
        context.names.function(
            node.name.value, context.source.line(context.source.span(node.name)[0])
        )
        for node in located.ancestors
        if isinstance(node, cst.FunctionDef)
    )


def _is_first_iterable(comprehension: cst.BaseComp, chain: tuple[cst.CSTNode, ...]) -> bool:
    """Whether the call is in the part that runs outside the comprehension's own scope."""
    below = chain[chain.index(comprehension) + 1 :]
    return below[0] is comprehension.for_in and below[1] is comprehension.for_in.iter


def _forbidden(parent: cst.CSTNode) -> str | None:
    if isinstance(parent, cst.Lambda):
        return "await is not allowed in a lambda"
    if isinstance(parent, cst.Parameters):
        return "a default value or an annotation is no place for an await"
    if isinstance(parent, cst.Annotation):
        return "an annotation is no place for an await"
    if isinstance(parent, cst.Decorator):
        return "a decorator is no place for an await"
    if isinstance(parent, cst.ClassDef):
        return "await is not allowed in a class body"
    if isinstance(parent, (cst.TypeAlias, cst.TypeParameters)):
        return "a type is no place for an await"
    if isinstance(parent, cst.FormattedStringExpression) and parent.equal is not None:
        return "the f-string prints the text of the expression, which would change"
    if isinstance(parent, _TEMPLATE_EXPRESSION):
        return "the template string keeps the text of the expression, which would change"
    return None


def _needs_parentheses(located: Located) -> bool:
    call, parent = located.node, located.ancestors[-1]
    if isinstance(call, cst.Call) and call.lpar:
        return False
    if isinstance(parent, cst.Call):
        return parent.func is call
    if isinstance(parent, (cst.Attribute, cst.Subscript)):
        return parent.value is call
    # Not needed by the grammar, but `await f() ** 2` reads like `await (f() ** 2)`.
    if isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Power):
        return parent.left is call
    return False


def _last_name(expression: cst.BaseExpression) -> str:
    if isinstance(expression, cst.Call):
        return _last_name(expression.func)
    if isinstance(expression, cst.Subscript):
        return _last_name(expression.value)
    if isinstance(expression, cst.Attribute):
        return expression.attr.value
    return expression.value if isinstance(expression, cst.Name) else ""


def _caution_around(chain: tuple[cst.CSTNode, ...]) -> str | None:
    for parent, child in pairwise(chain):
        if not isinstance(parent, cst.With):
            continue
        for item in parent.items:
            if item is child:
                break
            name = _last_name(item.item)
            caution = manager_caution(name, asynchronous=parent.asynchronous is not None)
            if caution is not None:
                return caution
    return None


def _read_before(
    chain: tuple[cst.CSTNode, ...],
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...],
    context: FileContext,
) -> str | None:
    """What the statement reads before the await and writes after it, where others can write too."""
    source = context.source

    def is_shared(target: cst.CSTNode) -> bool:
        if isinstance(target, cst.Name):
            return context.names.is_shared(target.value, functions)
        return isinstance(target, (cst.Attribute, cst.Subscript))

    for parent, child in pairwise(chain):
        if (
            isinstance(parent, cst.With)
            and parent.asynchronous is not None
            and child is parent.body
        ) and any(is_lock_for_one(_last_name(item.item)) for item in parent.items):
            return None
        target: cst.CSTNode | None = None
        if isinstance(parent, cst.AugAssign) and child is parent.value:
            target = parent.target if is_shared(parent.target) else None
        elif isinstance(parent, cst.Assign) and child is parent.value:
            start = source.span(chain[-1])[0]
            read = {
                source.source(node)
                for node in descendants(child)
                if isinstance(node, (cst.Name, cst.Attribute, cst.Subscript))
                and source.span(node)[1] <= start
            }
            targets = (node for item in parent.targets for node in _assigned(item.target))
            target = next(
                (node for node in targets if is_shared(node) and source.source(node) in read), None
            )
        if target is not None:
            return f"`{source.source(target)}` is read before the await and written after it"
    return None


def _assigned(target: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _assigned(element.value)
    else:
        yield target
