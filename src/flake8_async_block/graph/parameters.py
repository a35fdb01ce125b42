"""Parameter slots → values: the receiver, the annotation, the provider, the default, the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.graph import results, types
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.decorators import decorator_names, is_class_method, is_static
from flake8_async_block.graph.framework_given import given_by_framework
from flake8_async_block.graph.given import given_by_callers
from flake8_async_block.graph.promised import MAPPING_TYPE
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    Instance,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Unknown,
    Values,
    is_known,
    merge,
    only_known,
)
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import FunctionFacts, Parameter, ParameterKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def parameter_values(resolver: Resolver, function: ProjectFunction, name: str) -> Values:
    """The candidates for what ``name`` is inside ``function``."""
    facts = resolver.function_facts(function)
    for position, parameter in enumerate(facts.parameters):
        if parameter.name == name:
            if position == 0 and facts.owner and not is_static(resolver, function):
                return _receiver(resolver, function, facts)
            return _value(resolver, function, parameter, position)
    return (Unknown(f"`{name}` is not a parameter"),)


def _receiver(resolver: Resolver, function: ProjectFunction, facts: FunctionFacts) -> Values:
    owner = ProjectClass(function.path, facts.owner)
    if is_class_method(resolver, function):
        return (owner,)
    return (Instance(owner),)


def _value(
    resolver: Resolver, function: ProjectFunction, parameter: Parameter, position: int
) -> Values:
    if parameter.kind == ParameterKind.VAR_KEYWORD:
        if parameter.annotation == NO_PATH:
            return (Unknown(f"`{parameter.name}` collects keyword arguments"),)
        element = types.instances(resolver, function.path, parameter.annotation)
        return (ExternalInstance(MAPPING_TYPE, ((ExternalInstance("builtins.str"),), element)),)
    if parameter.kind == ParameterKind.VAR_POSITIONAL:
        element = types.instances(resolver, function.path, parameter.annotation)
        return (Sequence((element,), exact=False),)
    injected = _provided_by_default(resolver, function, parameter)
    if not injected and resolver.frameworks.injectors_by_name:
        injected = _provided_by_name(resolver, function, parameter.name)
    if parameter.annotation != NO_PATH:
        declared = types.instances(resolver, function.path, parameter.annotation)
        return types.prefer(
            resolver, declared, lambda: injected or _default(resolver, function, parameter)
        )
    if injected:
        return injected
    found = _default(resolver, function, parameter)
    if any(is_known(value) for value in found):
        return found
    given = given_by_callers(resolver, function, parameter.name)
    handed = given_by_framework(resolver, function, position)
    if handed:
        return merge(handed, only_known(given))
    if given and any(is_known(value) or isinstance(value, Unknown) for value in given):
        return given
    why = "no annotation" if parameter.default != NO_PATH else "no annotation and no default"
    return (Unknown(f"parameter `{parameter.name}` has {why}"),)


def _default(resolver: Resolver, function: ProjectFunction, parameter: Parameter) -> Values:
    return resolver.evaluate(function.path, parameter.default)


def _provided_by_default(
    resolver: Resolver, function: ProjectFunction, parameter: Parameter
) -> Values:
    if parameter.default == NO_PATH:
        return ()
    return provided(resolver, function.path, parameter.default)


def _provided_by_name(resolver: Resolver, function: ProjectFunction, name: str) -> Values:
    """What dictionaries of the project say that makes a handler's parameter ``name``."""
    packages = {decorator.partition(".")[0] for decorator in decorator_names(resolver, function)}
    markers = {
        marker.rpartition(".")[2].encode()
        for entry in resolver.frameworks.injectors_by_name
        for marker in entry.names
        if marker.partition(".")[0] in packages
    }
    if not markers:
        return ()
    key = repr(name)

    def look() -> Values:
        found = [
            provided(resolver, module, node.operands[node.keywords.index(key)])
            for word in sorted(markers)
            for module in resolver.project.mentioning(word)
            for node in resolver.summary(module).nodes
            if node.op == PathOp.DICT and key in node.keywords
        ]
        return merge(*found) if found else ()

    question = ("provided", name, *sorted(markers))
    return resolver.guarded(repr(question), question, look)


def provided(resolver: Resolver, module: str, marker: int) -> Values:
    """What the provider named by an injector call such as ``Depends(get_db)`` makes, or nothing."""
    providers = provider_of(resolver, module, marker)
    if not providers:
        return ()
    return resolver.each(providers, lambda value: results.provided_by(resolver, value))


def provider_of(resolver: Resolver, module: str, marker: int) -> Values:
    """The provider that an injector call such as ``Depends(get_db)`` names, or nothing."""
    node = resolver.summary(module).nodes[marker]
    if node.op != PathOp.CALL:
        return ()
    for callee in resolver.evaluate(module, node.operands[0]):
        if not isinstance(callee, External):
            continue
        injector = resolver.frameworks.injector(callee.name)
        if injector is None:
            continue
        arguments = Arguments.of(module, node)
        provider = arguments.find(injector.parameter, 0)
        return () if provider is None else resolver.evaluate(module, provider)
    return ()
