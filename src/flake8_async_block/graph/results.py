"""What functions of the project give: returned, yielded, or provided by injection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import types
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.shown import element_of
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    Instance,
    Partial,
    ProjectClass,
    ProjectFunction,
    Unknown,
    Value,
    Values,
)
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import FunctionFacts, ParameterKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

SELF_TYPES: Final = frozenset({"typing.Self", "typing_extensions.Self"})


def result_of(
    resolver: Resolver, function: ProjectFunction, arguments: Arguments | None = None
) -> Values:
    """What the function returns (for a coroutine: what awaiting it gives).

    Args:
        function: bound to its receiver where there is one.
        arguments: those of the call, where they are known, for functions that return one.
    """
    facts = resolver.function_facts(function)
    declared = _declared_result(resolver, function, facts, arguments)
    return types.prefer(
        resolver, declared, lambda: _inferred_result(resolver, function, facts, arguments)
    )


def _declared_result(
    resolver: Resolver,
    function: ProjectFunction,
    facts: FunctionFacts,
    arguments: Arguments | None,
) -> Values:
    if facts.returns == NO_PATH:
        return (Unknown(f"`{facts.qualname}` has no return annotation"),)
    variable = types.type_variable(resolver, function.path, facts.returns)
    if variable is not None and facts.owner:
        owner_class = ProjectClass(function.path, facts.owner)
        for value in function.receiver:
            if isinstance(value, Instance):
                bound = types.bound_to(resolver, value.of, owner_class, variable)
                if bound:
                    return bound
    declared = types.instances(resolver, function.path, facts.returns)
    if any(
        isinstance(value, ExternalInstance) and value.type_name in SELF_TYPES for value in declared
    ):
        owner = function.receiver or (Instance(ProjectClass(function.path, facts.owner)),)
        return tuple(
            Instance(value) if isinstance(value, ProjectClass) else value for value in owner
        )
    if arguments is not None and all(isinstance(value, Unknown) for value in declared):
        return _result_by_type_variable(resolver, function, facts, arguments) or declared
    return declared


def _result_by_type_variable(
    resolver: Resolver, function: ProjectFunction, facts: FunctionFacts, arguments: Arguments
) -> Values:
    """``def make(kind: type[T]) -> T`` gives an instance of the class it was handed."""
    nodes = resolver.summary(function.path).nodes
    for position, name, parameter in _call_parameters(facts, function):
        annotation = parameter
        if annotation == NO_PATH:
            continue
        node = nodes[annotation]
        path = arguments.find(name, position)
        if path is None:
            continue
        given = resolver.evaluate(arguments.module, path)
        if annotation == facts.returns:
            return given
        if node.op == PathOp.ITEM and node.operands[1] == facts.returns:
            return resolver.each(given, lambda value: _instance_of_class(resolver, value))
    return ()


def _instance_of_class(resolver: Resolver, value: Value) -> Values:
    if isinstance(value, ProjectClass):
        return (Instance(value),)
    if isinstance(value, External):
        return (ExternalInstance(value.name),)
    return (Unknown("the argument is not a class"),)


def _call_parameters(facts: FunctionFacts, function: ProjectFunction) -> list[tuple[int, str, int]]:
    """Position in the call, name and annotation of each plain parameter."""
    bound = 1 if function.receiver and facts.owner else 0
    return [
        (position - bound, parameter.name, parameter.annotation)
        for position, parameter in enumerate(facts.parameters)
        if parameter.kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD) and position >= bound
    ]


def _inferred_result(
    resolver: Resolver,
    function: ProjectFunction,
    facts: FunctionFacts,
    arguments: Arguments | None,
) -> Values:
    nodes = resolver.summary(function.path).nodes
    found: dict[Value, None] = {}
    for path in facts.returned:
        node = nodes[path]
        values = resolver.evaluate(function.path, path)
        if node.op == PathOp.PARAMETER and arguments is not None:
            values = _argument_for(resolver, function, facts, node.name, arguments) or values
        found.update(dict.fromkeys(values))
    if function.receiver:
        own = (Instance(ProjectClass(function.path, facts.owner)),)
        found = {
            member: None
            for value in found
            for member in (function.receiver if (value,) == own else (value,))
        }
    return tuple(found) or (Unknown(f"`{facts.qualname}` returns nothing"),)


def _argument_for(
    resolver: Resolver,
    function: ProjectFunction,
    facts: FunctionFacts,
    slot: str,
    arguments: Arguments,
) -> Values:
    owner, _, wanted = slot.rpartition(":")
    if owner != facts.qualname:
        return ()
    for position, name, _ in _call_parameters(facts, function):
        if name == wanted:
            path = arguments.find(name, position)
            return () if path is None else resolver.evaluate(arguments.module, path)
    return ()


def provided_by(resolver: Resolver, provider: Value) -> Values:
    """What an injector hands over for ``provider``: what it returns, yields, or an instance."""
    if isinstance(provider, ProjectFunction):
        facts = resolver.function_facts(provider)
        if facts.is_generator:
            return yielded_by(resolver, provider)
        return result_of(resolver, provider)
    if isinstance(provider, ProjectClass):
        return (Instance(provider),)
    if isinstance(provider, Instance):
        method = resolver.attribute(provider, "__call__")
        return resolver.each(method, lambda value: provided_by(resolver, value))
    if isinstance(provider, External):
        return resolver.call(provider, Arguments.none())
    if isinstance(provider, Partial):
        return resolver.each(provider.function, lambda value: provided_by(resolver, value))
    if isinstance(provider, Unknown):
        return (provider,)
    return (Unknown("the provider is not known"),)


def yielded_by(resolver: Resolver, function: ProjectFunction) -> Values:
    """What a generator function yields, by its annotation or its ``yield``s."""
    facts = resolver.function_facts(function)
    declared: Values = ()
    if facts.returns != NO_PATH:
        declared = resolver.each(
            types.instances(resolver, function.path, facts.returns),
            element_of,
        )
    return types.prefer(
        resolver,
        declared,
        lambda: (
            resolver.evaluate_all(function.path, facts.yielded)
            or (Unknown(f"`{facts.qualname}` yields nothing"),)
        ),
    )
