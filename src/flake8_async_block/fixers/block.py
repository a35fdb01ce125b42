"""``block``: move neighbouring statements together to a function, and run that in one thread.

For what blocks in more than one place: a file that is read line by line, a database session, a
``with`` block that blocks when it is left. One hop serves for all of it, and what belongs to one
thread stays in one thread.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import libcst as cst

from flake8_async_block.fixers.base import Edited, FileContext, Fixer, Refused, Splice
from flake8_async_block.fixers.cancellation import ends_when_cancelled
from flake8_async_block.fixers.consequences import what_else_changes
from flake8_async_block.fixers.extraction import (
    Interface,
    Stretch,
    interface_of,
    places_to,
)
from flake8_async_block.fixers.interleaving import changed_meanwhile
from flake8_async_block.fixers.layout import newline_at
from flake8_async_block.fixers.managers import last_name, manager_caution
from flake8_async_block.fixers.scopes import Function, bound, bound_in, last_simple, may_swallow
from flake8_async_block.fixers.stretches import (
    blocks,
    candidates,
    range_of,
    ranges_of,
    root_of,
    takes_lock,
)
from flake8_async_block.fixers.thread import BACKENDS
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan

_MOST_NAMES: Final = 2
_OPENING: Final = frozenset({"open", "connect", "Session", "Client"})
"""Calls that only begin what the statements are about."""
_GIVING_ROWS: Final = frozenset(
    {"fetchall", "fetchone", "fetchmany", "all", "first", "one", "one_or_none", "scalar"}
    | {"scalar_one", "scalar_one_or_none", "count", "commit"}
)


def _edit(diagnostic: Diagnostic, context: FileContext) -> Edited | Refused:
    assert diagnostic.fix is not None
    places = places_to(context.tree, diagnostic.span.line, diagnostic.span.col)
    functions = tuple(
        place.owner
        for place in places
        if isinstance(place.owner, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    if not functions or not isinstance(functions[-1], ast.AsyncFunctionDef):
        return Refused("it does not stand in an async function")
    depth = max(number for number, place in enumerate(places) if place.owner is functions[-1])
    around = places[depth:]
    if any(isinstance(place.owner, ast.ClassDef) for place in around):
        return Refused("it stands in a class body")
    plan = diagnostic.fix
    possible: Edited | None = None
    refused: Refused | None = None
    for stretch in candidates(diagnostic, context, functions[-1], around):
        answer = _judged(stretch, functions, plan, context)
        if isinstance(answer, Edited) and answer.caution is None:
            return answer
        if isinstance(answer, Edited):
            possible = possible or answer
        else:
            refused = refused or answer
    return possible or refused or Refused("no statement stands where the finding is")


def _judged(
    stretch: Stretch, functions: tuple[Function, ...], plan: FixPlan, context: FileContext
) -> Edited | Refused:
    interface = interface_of(stretch)
    if isinstance(interface, Refused):
        return interface
    reason = _cannot_follow(stretch, context) or _cut_off(stretch, interface, context)
    if reason is not None:
        return Refused(reason)
    backend = dict(plan.parameters)["backend"]
    caution = _caution_around(stretch) or _lock_in(stretch)
    if plan.applicability is Applicability.SAFE:
        if not _is_worth_it(stretch, context):
            return Refused("nothing but one call would move")
        caution = caution or what_else_changes(stretch, frozenset(plan.companions))
        ranges = ranges_of(stretch.statements, context)
        span = ranges[0][0], ranges[-1][1]
        caution = caution or changed_meanwhile(
            stretch.function,
            span,
            context.source,
            partial(context.names.is_shared, functions=functions),
        )
        caution = caution or ends_when_cancelled(stretch.function, span, context.source, backend)
    return _moved(stretch, interface, functions, backend, context, caution)


def _cannot_follow(stretch: Stretch, context: FileContext) -> str | None:
    """Something in it that has to stay where it is."""
    for start, end in ranges_of(stretch.statements, context):
        for (first, last), plan in context.plans.items():
            if plan is None and start <= first and last <= end:
                return "something in it must not move to another thread"
    return None


def _is_worth_it(stretch: Stretch, context: FileContext) -> bool:
    """Whether more moves than one call, which could be handed to a thread as it is."""
    if any(
        isinstance(statement, ast.With) and any(blocks(item, context) for item in statement.items)
        for statement in stretch.statements
    ):
        return True
    ranges = ranges_of(stretch.statements, context)
    inside = [
        found
        for found in context.located
        if any(start <= found[0] and found[1] <= end for start, end in ranges)
    ]
    return len(inside) > 1 or any(
        not any(isinstance(item.node, cst.Call) for item in context.located[found])
        for found in inside
    )


def _caution_around(stretch: Stretch) -> str | None:
    for place in stretch.around:
        owner = place.owner
        if isinstance(owner, (ast.With, ast.AsyncWith)):
            for item in owner.items:
                name = last_name(item.context_expr)
                asynchronous = isinstance(owner, ast.AsyncWith)
                caution = manager_caution(name, asynchronous=asynchronous)
                if caution is not None:
                    return caution
    return None


def _lock_in(stretch: Stretch) -> str | None:
    for statement in stretch.statements:
        if isinstance(statement, ast.With) and takes_lock(statement):
            taken = ast.unparse(statement.items[0].context_expr)
            return f"`{taken}` would be taken by the thread"
    return None


def _cut_off(stretch: Stretch, interface: Interface, context: FileContext) -> str | None:
    """Why an object that belongs to one thread would be used in two."""
    local = {name for name, _ in bound_in(stretch.function)}
    local |= {node.arg for node in ast.walk(stretch.function.args) if isinstance(node, ast.arg)}
    local -= {name for name, _ in bound(stretch.statements)}
    for statement in stretch.statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _is_bound_to_thread(node, context):
                root = root_of(node)
                if root in local:
                    return f"`{root}` was made in another thread"
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                leaving = {name for name, _ in bound((node,))} & set(interface.given)
                leaving |= {
                    ast.unparse(target)
                    for target in targets
                    if isinstance(target, (ast.Attribute, ast.Subscript))
                }
                if leaving and _gives_bound(node.value, context):
                    return f"`{min(leaving)}` would be used in another thread"
            elif (
                isinstance(node, ast.Return)
                and isinstance(node.value, ast.Call)
                and _gives_bound(node.value, context)
            ):
                return "what it returns would be used in another thread"
    return None


def _is_bound_to_thread(call: ast.Call, context: FileContext) -> bool:
    plan = context.plans.get(range_of(call, context))
    return plan is not None and ("scope", "whole") in plan.parameters


def _gives_bound(call: ast.Call, context: FileContext) -> bool:
    """Whether the value of a call may belong to the same thread, as a cursor does."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return method not in _GIVING_ROWS and _is_bound_to_thread(call, context)


def _moved(
    stretch: Stretch,
    interface: Interface,
    functions: tuple[Function, ...],
    backend_name: str,
    context: FileContext,
    caution: str | None,
) -> Edited | Refused:
    source = context.source
    top, bottom = stretch.statements[0], stretch.statements[-1]
    first_line, last_line = _first_line(top), bottom.end_lineno or bottom.lineno
    start = source.line_starts[first_line - 1]
    end = source.line_starts[last_line] if last_line < len(source.line_starts) else len(source.text)
    indentation = source.text[start : source.offset(first_line, top.col_offset)].decode()
    rest = source.text[source.offset(last_line, bottom.end_col_offset or 0) : end].strip()
    if indentation.strip() or (rest and not rest.startswith(b"#")) or rest.startswith(b";"):
        return Refused("other statements share its line")
    backend = BACKENDS[backend_name]
    runner = context.names.reference(backend.runner, functions, first_line)
    name = _name_for(stretch, interface, functions, context)
    if runner is None or name is None:
        return Refused("every name for what it needs is taken")
    newline = newline_at(source, start)
    unit = _unit(stretch.function, source.text, source.offset(stretch.function.lineno, 0))
    owner = (start, end)
    gap = newline if _needs_gap(stretch, source.text, start) else ""
    annotation = _annotated(stretch, interface, context)
    parameters = ", ".join(interface.passed)
    header = f"{gap}{indentation}def {name}({parameters}){annotation}:{newline}"
    closing = "" if source.text[:end].endswith((b"\n", b"\r")) else newline
    returned = _returned_at_once(stretch, interface, context)
    if interface.given and returned is None:
        closing += f"{indentation}{unit}return {', '.join(interface.given)}{newline}"
    closing += f"{newline}{indentation}"
    if interface.ends:
        closing += "return "
    elif interface.given:
        closing += f"{', '.join(interface.given)} = "
    call = f"await {runner.text}{backend.before}{', '.join([name, *interface.passed])})"
    await_at = len(closing.encode())
    moved = Splice(end, end, f"{closing}{call}{newline}", owner, await_at=await_at)
    inside = source.lines_inside_strings
    indented = [
        Splice(offset, offset, unit, owner)
        for line in range(first_line, last_line + 1)
        if line not in inside and _line(source.text, offset := source.line_starts[line - 1]).strip()
    ]
    imports = frozenset() if runner.needs is None else frozenset({runner.needs})
    splices = (Splice(start, start, header, owner), *indented, moved)
    if returned is not None:
        splices += (Splice(*returned, "return ", returned),)
    return Edited(splices, imports, caution, covers=owner, absorbs=True)


def _returned_at_once(
    stretch: Stretch, interface: Interface, context: FileContext
) -> tuple[int, int] | None:
    """Where ``name = `` stands last of all and could as well be ``return ``."""
    last = last_simple(stretch.statements)
    if not isinstance(last, ast.Assign) or len(interface.given) != 1 or interface.passed:
        return None
    target = last.targets[0]
    if len(last.targets) > 1 or not isinstance(target, ast.Name):
        return None
    if target.id != interface.given[0] or any(map(may_swallow, _withs(stretch.statements))):
        return None
    text = context.source.text
    start, name_end = range_of(target, context)
    end = text.index(b"=", name_end) + 1
    end += len(text[end:]) - len(text[end:].lstrip(b" \t"))
    return start, end


def _withs(statements: Sequence[ast.stmt]) -> Iterator[ast.With]:
    """The ``with`` statements around the statement that runs last."""
    if isinstance(statements[-1], ast.With):
        yield statements[-1]
        yield from _withs(statements[-1].body)


def _line(text: bytes, offset: int) -> bytes:
    return text[offset:].split(b"\n", 1)[0]


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return min(item.lineno for item in (statement, *statement.decorator_list))
    return statement.lineno


def _needs_gap(stretch: Stretch, text: bytes, start: int) -> bool:
    """Whether a blank line has to set the new function off from what stands before it."""
    above = text[:start].rstrip(b"\r\n").rpartition(b"\n")[2].strip()
    blank = not text[:start].rstrip(b" \t").removesuffix(b"\n").rpartition(b"\n")[2].strip()
    return stretch.first > 0 and not blank and not above.startswith(b"#")


def _unit(function: Function, text: bytes, offset: int) -> str:
    """How much deeper the function's body stands than its header."""
    line = _line(text, offset)
    base = len(line) - len(line.lstrip(b" \t"))
    body = function.body[0]
    if body.lineno == function.lineno or line.startswith(b"\t"):
        return "\t" if line.startswith(b"\t") else "    "
    deeper = body.col_offset - base
    first = text.split(b"\n")[body.lineno - 1][base : body.col_offset]
    return first.decode() if deeper > 0 and not first.strip() else "    "


def _name_for(
    stretch: Stretch,
    interface: Interface,
    functions: tuple[Function, ...],
    context: FileContext,
) -> str | None:
    if interface.ends:
        stem = "get_result"
    elif not interface.given:
        stem = f"{_verb(stretch, context)}_in_thread"
    elif len(interface.given) <= _MOST_NAMES:
        stem = f"get_{'_and_'.join(name.strip('_') for name in interface.given)}"
    else:
        stem = "get_results"
    offset = range_of(stretch.statements[0], context)[0]
    return context.names.name_for(stem, functions, offset)


def _verb(stretch: Stretch, context: FileContext) -> str:
    """What the last of the blocking calls does, by its name."""
    ranges = ranges_of(stretch.statements, context)
    for found in sorted(context.located, reverse=True):
        for item in context.located[found]:
            if isinstance(item.node, cst.Call) and any(
                start <= found[0] and found[1] <= end for start, end in ranges
            ):
                name = item.node.func
                name = name.attr if isinstance(name, cst.Attribute) else name
                if isinstance(name, cst.Name) and name.value not in _OPENING:
                    return name.value.strip("_").lower()
    return "work"


def _annotated(stretch: Stretch, interface: Interface, context: FileContext) -> str:
    """The annotation of what the new function returns, where the one around it tells."""
    returns = stretch.function.returns
    if returns is None or interface.passed:
        return ""
    if interface.ends:
        start, end = range_of(returns, context)
        text = context.source.text[start:end].decode()
        return "" if "\n" in text or "\r" in text else f" -> {text}"
    return "" if interface.given else " -> None"


FIXER: Final = Fixer("block", _edit)
