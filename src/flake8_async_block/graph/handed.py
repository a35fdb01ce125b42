"""Functions that are handed to other functions, and what becomes of them there.

``retry(lambda: requests.get(url))`` blocks because ``retry`` calls its parameter. Which function
that is differs from call to call, so a function that calls a parameter is looked at once for each
function that it is handed: a :class:`ProjectFunction` then says what it was ``given``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.decorators import is_static
from flake8_async_block.graph.offloads import functions_left
from flake8_async_block.graph.type_tests import rules_out
from flake8_async_block.graph.values import (
    NONE,
    External,
    ExternalMethod,
    Given,
    Literal,
    Opaque,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
    Values,
    literal_value,
    merge,
    unbound,
)
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import ASYNC_TESTS, NO_PATH, SPREAD, PathNode, PathOp
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary, Needs, ParameterKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_SOMETHING: Final = Opaque("an argument")
"""Stands for an argument that is given where the default is None."""
DEEPEST: Final = 4
"""How many functions may be handed over inside one another."""
_PARTIALS: Final = frozenset({"functools.partial", "functools.partialmethod"})


class Place(NamedTuple):
    """Where paths are evaluated: in a file, in a function that was given other functions."""

    module: str
    given: Given = ()


def evaluate(resolver: Resolver, place: Place, path: int) -> Values:
    """The candidates for a path, with what the function was given."""
    if not place.given:
        return resolver.evaluate(place.module, path)
    return _evaluate(resolver, place, resolver.summary(place.module), path)


def _evaluate(resolver: Resolver, place: Place, summary: ModuleSummary, path: int) -> Values:
    node = summary.nodes[path]
    if node.op == PathOp.PARAMETER:
        for slot, values in place.given:
            if slot == node.name:
                return values
    elif node.op == PathOp.FUNCTION:
        if _is_inside(node.name, place.given) and depth_of(place.given) < DEEPEST:
            return (ProjectFunction(place.module, node.name, (), place.given),)
    elif node.op == PathOp.NARROWED and node.name in ASYNC_TESTS:
        values = _evaluate(resolver, place, summary, node.operands[0])
        return functions_left(resolver, values, node.name)
    elif node.op == PathOp.UNION:
        return merge(*[_evaluate(resolver, place, summary, each) for each in node.operands])
    elif node.op == PathOp.CALL and len(node.operands) > 1:
        callee = resolver.evaluate(place.module, node.operands[0])
        if len(callee) == 1 and isinstance(callee[0], External) and callee[0].name in _PARTIALS:
            return (Partial(_evaluate(resolver, place, summary, node.operands[1])),)
    return resolver.evaluate(place.module, path)


def concerns(summary: ModuleSummary, node: PathNode, given: Given) -> bool:
    """Whether what a function was given can matter to a site of it."""
    slots = {slot for slot, _ in given}
    return any(_mentions(summary, operand, slots, given) for operand in node.operands)


def _mentions(summary: ModuleSummary, path: int, slots: set[str], given: Given) -> bool:
    node = summary.nodes[path]
    if node.op == PathOp.PARAMETER:
        return node.name in slots
    if node.op == PathOp.FUNCTION:
        return _is_inside(node.name, given)
    return node.op in (PathOp.UNION, PathOp.CALL, PathOp.NARROWED) and any(
        _mentions(summary, operand, slots, given) for operand in node.operands
    )


def _is_inside(qualname: str, given: Given) -> bool:
    """Whether a function is defined in the one that was given something."""
    return any(slot and qualname.startswith(f"{slot.rpartition(':')[0]}.") for slot, _ in given)


def depth_of(given: Given) -> int:
    return 1 + max(
        (
            depth_of(value.given)
            for _, values in given
            for value in values
            if isinstance(value, ProjectFunction) and value.given
        ),
        default=0,
    )


# calls


def with_callbacks(
    resolver: Resolver, function: ProjectFunction, arguments: Arguments, place: Place
) -> ProjectFunction:
    """``function`` with the functions that a call hands it for parameters that it calls."""
    bare = unbound(function)
    slots = called_slots(resolver, function) if arguments.positional or arguments.keywords else ()
    if not slots:
        return bare
    found = []
    for slot, name, position in slots:
        path = arguments.find(name, _shifted(function, position))
        values = evaluate(resolver, place, path) if path is not None else ()
        if any(map(_is_callback, values)) and depth_of((("", values),)) <= DEEPEST:
            found.append((slot, values))
    return bare._replace(given=(*function.given, *found)) if found else bare


def _shifted(function: ProjectFunction, position: int) -> int:
    """The place of a parameter in a call, to which the receiver does not belong."""
    return position - 1 if function.receiver else position


def _is_callback(value: Value) -> bool:
    return isinstance(value, (ProjectFunction, Partial, External, ExternalMethod, ProjectClass))


def deciding_slots(
    resolver: Resolver, function: ProjectFunction, blocks_at: Span, next_call: PathNode | None
) -> frozenset[str]:
    """The parameters about whose branches callers decide, also those of what is called next.

    Args:
        blocks_at: where the function blocks; types matter only if they keep that from running.
        next_call: the call by which the function blocks, if it blocks by a call of the project.
    """
    facts = resolver.function_facts(function)
    slots = {branch.slot for branch in facts.branches if branch.types == NO_PATH}
    if any(
        branch.types != NO_PATH and _is_within(blocks_at, branch.extent)
        for branch in facts.branches
    ):
        slots.update(branch.slot for branch in facts.branches)
    if next_call is not None and next_call.op == PathOp.CALL:
        nodes = resolver.summary(function.path).nodes
        for operand in next_call.operands[1:]:
            node = nodes[operand]
            if node.op == PathOp.PARAMETER and node.name.rpartition(":")[0] == facts.qualname:
                slots.add(node.name)
    return frozenset(slots)


def with_decisions(
    resolver: Resolver,
    function: ProjectFunction,
    slots: frozenset[str],
    arguments: Arguments,
    place: Place,
    bound: int,
) -> ProjectFunction:
    """``function`` with the constants that a call hands it, or leaves at their defaults.

    Args:
        slots: the parameters that matter.
        bound: how many parameters are not among the arguments, because the receiver is one.
    """
    facts = resolver.function_facts(function)
    found: list[tuple[str, Values]] = []
    for position, parameter in enumerate(facts.parameters):
        slot = f"{facts.qualname}:{parameter.name}"
        if slot not in slots or any(slot == known for known, _ in function.given):
            continue
        path = arguments.find(parameter.name, position - bound)
        default = resolver.evaluate(function.path, parameter.default)
        if path is None:
            values = () if _may_spread(resolver, arguments) else default
        else:
            values = evaluate(resolver, place, path)
            if default == (NONE,) and NONE not in values and not _is_constant(values):
                values = (_SOMETHING,)
        if (
            _is_constant(values)
            or values == (_SOMETHING,)
            or _decide(resolver, function, slot, values)
        ):
            found.append((slot, values))
    return function._replace(given=(*function.given, *found)) if found else function


def _is_constant(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Literal)


def _decide(resolver: Resolver, function: ProjectFunction, slot: str, values: Values) -> bool:
    """Whether the types of what a parameter is given keep a branch of the function from running."""
    return any(
        rules_out(resolver, function.path, branch, values)
        for branch in resolver.function_facts(function).branches
        if branch.slot == slot
    )


def _may_spread(resolver: Resolver, arguments: Arguments) -> bool:
    nodes = resolver.summary(arguments.module).nodes
    return any(name == SPREAD for name, _ in arguments.keywords) or any(
        nodes[path].op == PathOp.STAR for path in arguments.positional
    )


def _is_within(span: Span, extent: Span) -> bool:
    return extent[:2] <= span[:2] and span[2:] <= extent[2:]


def is_dead(
    resolver: Resolver, function: ProjectFunction, facts: FunctionFacts, span: Span
) -> bool:
    """Whether what a function was given keeps it from getting to ``span``."""
    return any(
        _is_within(span, branch.extent)
        and (_fails(branch.needs, values) or rules_out(resolver, function.path, branch, values))
        for branch in facts.branches
        for known, values in function.given
        if known == branch.slot
    )


def _fails(needs: str, values: Values) -> bool:
    if values == (_SOMETHING,):
        return needs == Needs.NONE
    if len(values) != 1 or not isinstance(values[0], Literal):
        return False
    value = literal_value(values[0].text)
    if needs in (Needs.NONE, Needs.GIVEN):
        return (value is None) != (needs == Needs.NONE)
    return needs in (Needs.TRUE, Needs.FALSE) and bool(value) != (needs == Needs.TRUE)


Slot = tuple[str, str, int]
"""A parameter: its slot in access paths, its name, and its place from 0."""
Use = tuple[str, int, int]
"""A parameter's slot, the call that calls it or is handed it, and the operand that it is in."""


def called_slots(resolver: Resolver, function: ProjectFunction) -> tuple[Slot, ...]:
    """The parameters that a function calls, or hands to something that does."""
    key = (function.path, function.qualname)
    notes = resolver.project.uses
    notes.note(function.path)
    known = resolver.called_slots.get(key)
    if known is None:
        # A function that only hands a parameter to itself never calls it.
        resolver.called_slots[key] = ()
        uses = _uses_in(resolver, function.path).get(function.qualname, [])
        known = resolver.called_slots[key] = notes.on_behalf_of(
            function.path, lambda: _find_slots(resolver, function, uses) if uses else ()
        )
    return known


def _find_slots(resolver: Resolver, function: ProjectFunction, uses: list[Use]) -> tuple[Slot, ...]:
    facts = resolver.function_facts(function)
    nodes = resolver.summary(function.path).nodes
    slots = {
        f"{facts.qualname}:{parameter.name}": (parameter.name, position)
        for position, parameter in enumerate(facts.parameters)
        if parameter.kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
        and not (position == 0 and facts.owner and not is_static(resolver, function))
    }
    found: dict[str, None] = {}
    for slot, call, path in uses:
        if slot in slots and slot not in found:
            node = nodes[call]
            if path == node.operands[0] or _is_called(resolver, function.path, node, path):
                found[slot] = None
    return tuple((slot, *slots[slot]) for slot in found)


def _uses_in(resolver: Resolver, module: str) -> dict[str, list[Use]]:
    """The calls of parameters, or with parameters, in a file, by the parameter's function."""
    known = resolver.parameter_uses.get(module)
    if known is None:
        known = resolver.parameter_uses[module] = {}
        nodes = resolver.summary(module).nodes
        slots: dict[int, tuple[str, ...]] = {}
        for index, node in enumerate(nodes):
            if node.op == PathOp.PARAMETER:
                slots[index] = (node.name,)
            elif node.op == PathOp.NARROWED and node.name in ASYNC_TESTS:
                slots[index] = slots.get(node.operands[0], ())
            elif node.op == PathOp.UNION:
                within = [slot for each in node.operands for slot in slots.get(each, ())]
                if within:
                    slots[index] = tuple(within)
            elif node.op == PathOp.CALL:
                for each in node.operands:
                    for slot in slots.get(each, ()):
                        known.setdefault(slot.rpartition(":")[0], []).append((slot, index, each))
                if nodes[node.operands[0]].name.rpartition(".")[2] == "partial":
                    within = [slot for each in node.operands[1:] for slot in slots.get(each, ())]
                    slots[index] = tuple(within)
    return known


def _is_called(resolver: Resolver, module: str, node: PathNode, path: int) -> bool:
    """Whether a call calls its argument ``path`` before it returns."""
    arguments = Arguments.of(module, node)
    for callee in resolver.evaluate(module, node.operands[0]):
        if isinstance(callee, ProjectFunction):
            for _, name, position in called_slots(resolver, callee):
                if arguments.find(name, _shifted(callee, position)) == path:
                    return True
        elif path in called_arguments(resolver, callee, arguments):
            return True
    return False


def called_arguments(resolver: Resolver, callee: Value, arguments: Arguments) -> Iterator[int]:
    """The arguments of something outside that it calls before it returns."""
    if isinstance(callee, External):
        entry = resolver.frameworks.caller(callee.name)
    elif isinstance(callee, ExternalMethod):
        entry = resolver.frameworks.caller(f"{callee.type_name}.{callee.method}")
    else:
        return
    if entry is not None:
        path = arguments.find(entry.parameter, entry.position if entry.position >= 0 else None)
        if path is not None:
            yield path
