"""What runs without being called by name: operators, ``for``, ``with``, items."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flake8_async_block.catalogue.lookup import ImplicitCall
from flake8_async_block.graph.accesses import outcome_of_store
from flake8_async_block.graph.attributes import attribute_of, lineage
from flake8_async_block.graph.outcomes import (
    Blocks,
    Candidate,
    Passes,
    Runs,
    Target,
    outcome_of_function,
)
from flake8_async_block.graph.special_methods import names_for, outcome_of_special
from flake8_async_block.graph.values import (
    ExternalInstance,
    Generator,
    Instance,
    Manager,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Value,
    Values,
    only_known,
    origin_of_class,
    unbound,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

Call = Callable[[Value], Candidate]
"""What calling a value without arguments does."""
_ENTERING: Final[tuple[ImplicitCall, ...]] = ("enter", "exit")
_OWN_METHODS: Final = {"iterate": "__iter__", "enter": "__enter__", "exit": "__exit__"}


def outcome_of_operator(
    resolver: Resolver, module: str, path: int, method: str
) -> tuple[Candidate, ...]:
    """What an operator does with its operand, or the first of its two operands that defines it.

    Args:
        path: the operand, or the operation where there are two.
        method: the special method, such as ``__add__`` or ``__eq__``.
    """
    node = resolver.summary(module).nodes[path]
    if method in ("__set__", "__delete__"):
        return outcome_of_store(resolver, module, path, method)
    if node.op != PathOp.BINARY or node.name != method:
        values = only_known(resolver.evaluate(module, path))
        return _of_each(resolver, values, names_for(method))
    left = only_known(resolver.evaluate(module, node.operands[0]))
    found = _of_each(resolver, left, (method,))
    if found or any(isinstance(value, Instance) for value in left):
        return found
    right = only_known(resolver.evaluate(module, node.operands[1]))
    return _of_each(resolver, right, (f"__r{method[2:]}",))


def _of_each(resolver: Resolver, values: Values, names: tuple[str, ...]) -> tuple[Candidate, ...]:
    if not any(isinstance(value, Instance) for value in values):
        return ()
    return tuple(
        outcome_of_special(resolver, value, names)
        if isinstance(value, Instance)
        else (Passes(type(value).__name__),)
        for value in values
    )


# iteration, managers, items


def outcome_of_iteration(resolver: Resolver, value: Value, call: Call) -> Candidate:
    """What exhausting an iterable does."""
    if isinstance(value, Generator):
        facts = resolver.function_facts(value.function)
        if facts.is_async:
            return (Passes(facts.qualname),)
        return (Runs(unbound(value.function)),)
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.implicit_api(value.type_name, "iterate")
        return (Passes(value.type_name),) if api is None else (Blocks(api),)
    if isinstance(value, Sequence):
        return _outcome_of_lazy(resolver, value, call)
    if not isinstance(value, Instance):
        return (Passes(type(value).__name__),)
    inherited = _inherited_implicit(resolver, value, "iterate")
    if inherited:
        return inherited
    iterator = attribute_of(resolver, value, "__iter__")
    found: list[Target] = []
    for method in iterator:
        if isinstance(method, ProjectFunction):
            facts = resolver.function_facts(method)
            if facts.is_generator and not facts.is_async:
                found.append(Runs(unbound(method)))
            else:
                found.extend(outcome_of_function(resolver, method))
    if any(isinstance(method, ProjectFunction) for method in iterator):
        found.extend(outcome_of_special(resolver, value, ("__next__",)))
    running = tuple(target for target in found if isinstance(target, Runs))
    return running or (Passes(value.of.qualname),)


def _outcome_of_lazy(resolver: Resolver, value: Sequence, call: Call) -> Candidate:
    found: list[Target] = []
    calls = only_known(value.calls)
    if len(calls) == 1:
        found.extend(call(calls[0]))
    for source in map(only_known, value.over):
        if len(source) == 1:
            found.extend(outcome_of_iteration(resolver, source[0], call))
    return tuple(found) or (Passes("Sequence"),)


def outcome_of_entering(
    resolver: Resolver, value: Value, call: Call, *, leaves: bool = True
) -> Candidate:
    """What entering and leaving a ``with`` block does.

    Args:
        leaves: whether it is left there, too.
    """
    ways = _ENTERING if leaves else _ENTERING[:1]
    if isinstance(value, Manager):
        return (Runs(unbound(value.function)),)
    if isinstance(value, ExternalInstance):
        for how in ways:
            api = resolver.catalogue.implicit_api(value.type_name, how)
            if api is not None:
                return (Blocks(api),)
        return (Passes(value.type_name),)
    if isinstance(value, Instance):
        for how in ways:
            inherited = _inherited_implicit(resolver, value, how)
            if inherited:
                return inherited
        found = [
            target
            for name in map(_OWN_METHODS.__getitem__, ways)
            for target in outcome_of_special(resolver, value, (name,))
            if isinstance(target, Runs)
        ]
        return tuple(found) or (Passes(value.of.qualname),)
    return (Passes(type(value).__name__),)


def _inherited_implicit(resolver: Resolver, value: Instance, how: ImplicitCall) -> Candidate:
    own = _OWN_METHODS[how]
    for cls in lineage(resolver, origin_of_class(value.of)):
        if isinstance(cls, ProjectClass):
            if own in resolver.class_facts(cls).methods:
                return ()
        else:
            api = resolver.catalogue.implicit_api(cls.name, how)
            if api is not None:
                return (Blocks(api),)
    return ()


def _outcome_of_item(resolver: Resolver, value: Value, call: Call) -> Candidate:
    if isinstance(value, Instance):
        return outcome_of_special(resolver, value, ("__getitem__",))
    return (Passes(type(value).__name__),)


OUTCOMES: Final[dict[str, Callable[[Resolver, Value, Call], Candidate]]] = {
    SiteKind.ITERATE: outcome_of_iteration,
    SiteKind.ENTER: outcome_of_entering,
    SiteKind.ITEM: _outcome_of_item,
}
"""What a site of some kind does with a value."""
