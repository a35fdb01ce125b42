"""Calls → what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import attributes, types, well_known
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.conditions import any_holds
from flake8_async_block.graph.values import (
    Callable_,
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Generator,
    Instance,
    Manager,
    Opaque,
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

__all__ = ["Arguments", "call_value", "provided_by", "result_of"]

MANAGER_DECORATORS: Final = frozenset(
    {"contextlib.contextmanager", "contextlib.asynccontextmanager"}
    | {"contextlib2.contextmanager", "async_generator.asynccontextmanager"}
)
SELF_TYPES: Final = frozenset({"typing.Self", "typing_extensions.Self"})


def call_value(resolver: Resolver, value: Value, arguments: Arguments) -> Values:
    """The candidates for what calling ``value`` gives."""
    if isinstance(value, ProjectFunction):
        return _call_function(resolver, value, arguments)
    if isinstance(value, ProjectClass):
        return (Instance(value),)
    if isinstance(value, External):
        return _call_external(resolver, value.name, arguments)
    if isinstance(value, ExternalMethod):
        return _call_method(resolver, value, arguments)
    if isinstance(value, Partial):
        return resolver.each(value.function, lambda inner: call_value(resolver, inner, arguments))
    if isinstance(value, Callable_):
        return value.returns
    if isinstance(value, Instance):
        method = attributes.attribute_of(resolver, value, "__call__")
        return resolver.each(method, lambda inner: call_value(resolver, inner, arguments))
    if isinstance(value, ExternalInstance):
        returns = resolver.catalogue.method_returns(value.type_name, "__call__")
        return types.from_type_name(returns, (value,)) or (Opaque(f"{value.type_name}@()"),)
    if isinstance(value, Opaque):
        return (Opaque(f"{value.name}()"),)
    if isinstance(value, Unknown):
        return (value,)
    return (Unknown("the result of calling something that is not a function"),)


# functions of the project


def _call_function(resolver: Resolver, function: ProjectFunction, arguments: Arguments) -> Values:
    facts = resolver.function_facts(function)
    if facts.decorators and is_manager(resolver, function):
        return (Manager(function),)
    if facts.is_generator:
        return (Generator(function),)
    if facts.is_async:
        return (Coroutine(function),)
    return result_of(resolver, function, arguments)


def is_manager(resolver: Resolver, function: ProjectFunction) -> bool:
    """Whether calling the function gives a context manager made of its ``yield``."""
    from flake8_async_block.graph.parameters import decorator_names

    return not MANAGER_DECORATORS.isdisjoint(decorator_names(resolver, function))


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
        method = attributes.attribute_of(resolver, provider, "__call__")
        return resolver.each(method, lambda value: provided_by(resolver, value))
    if isinstance(provider, External):
        return _call_external(resolver, provider.name, Arguments.none())
    if isinstance(provider, Partial):
        return resolver.each(provider.function, lambda value: provided_by(resolver, value))
    if isinstance(provider, Unknown):
        return (provider,)
    return (Unknown("the provider is not known"),)


def yielded_by(resolver: Resolver, function: ProjectFunction) -> Values:
    """What a generator function yields, by its annotation or its ``yield``s."""
    from flake8_async_block.graph import protocols

    facts = resolver.function_facts(function)
    declared: Values = ()
    if facts.returns != NO_PATH:
        declared = resolver.each(
            types.instances(resolver, function.path, facts.returns),
            lambda value: protocols.element_of(value),
        )
    return types.prefer(
        resolver,
        declared,
        lambda: (
            resolver.evaluate_all(function.path, facts.yielded)
            or (Unknown(f"`{facts.qualname}` yields nothing"),)
        ),
    )


# the outside


def _call_external(resolver: Resolver, name: str, arguments: Arguments) -> Values:
    semantics = well_known.SEMANTICS.get(name)
    if semantics is not None:
        return semantics(resolver, arguments)
    offloaded = _offloaded(resolver, name, arguments)
    if offloaded is not None:
        return offloaded
    catalogue = resolver.catalogue
    function = catalogue.function(name)
    if function is not None:
        if any_holds(resolver, function.untyped_if, arguments):
            return (Opaque(f"{name}()"),)
        return types.from_type_name(function.returns) or (Opaque(f"{name}()"),)
    entry = catalogue.class_entry(name)
    if entry is not None and not entry.singleton:
        if any_holds(resolver, entry.untyped_if, arguments):
            return (Opaque(f"{name}()"),)
        return (ExternalInstance(name),)
    stem, _, last = name.rpartition(".")
    if stem and catalogue.is_class(stem):
        returns = catalogue.method_returns(stem, last)
        return types.from_type_name(returns, (ExternalInstance(stem),)) or (Opaque(f"{name}()"),)
    if last[:1].isupper():
        # By convention a class; nothing is known of it, so nothing about it blocks.
        return (ExternalInstance(name),)
    return (Opaque(f"{name}()"),)


def _call_method(resolver: Resolver, method: ExternalMethod, arguments: Arguments) -> Values:
    special = well_known.METHODS.get(f"{method.type_name}.{method.method}")
    if special is not None:
        return special(resolver, method.receiver, arguments)
    full = f"{method.type_name}.{method.method}"
    offloaded = _offloaded(resolver, full, arguments)
    if offloaded is not None:
        return offloaded
    catalogue = resolver.catalogue
    returns = catalogue.method_returns(method.type_name, method.method)
    if returns:
        return types.from_type_name(returns, method.receiver)
    if catalogue.deep_call_continues(method.type_name, method.method):
        return (method,)
    return (Opaque(f"{method.type_name}@.{method.method}()"),)


def _offloaded(resolver: Resolver, name: str, arguments: Arguments) -> Values | None:
    offloader = resolver.frameworks.offloader(name)
    if offloader is None:
        return None
    path = arguments.find(offloader.parameter, offloader.position)
    if path is None or offloader.gives == "nothing":
        return None
    function = resolver.evaluate(arguments.module, path)
    if offloader.gives == "future":
        return (ExternalInstance("concurrent.futures.Future"),)
    rest = arguments.after(offloader.position)
    result = resolver.each(function, lambda value: call_value(resolver, value, rest))
    awaitable = (ExternalInstance("awaitable", (result,)),)
    return (Callable_(awaitable),) if offloader.gives == "function" else awaitable
