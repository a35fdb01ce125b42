"""Calls → what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import well_known
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.conditions import any_holds
from flake8_async_block.graph.decorators import is_manager
from flake8_async_block.graph.promised import from_type_name
from flake8_async_block.graph.results import result_of
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Generator,
    Instance,
    KnownResult,
    Manager,
    Opaque,
    Partial,
    ProjectClass,
    ProjectFunction,
    Unknown,
    Value,
    Values,
)
from flake8_async_block.graph.well_known_methods import METHODS

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_MAKING: Final = frozenset({"__init__", "__new__"})


def call_value(resolver: Resolver, value: Value, arguments: Arguments) -> Values:
    """The candidates for what calling ``value`` gives."""
    if isinstance(value, ProjectFunction):
        return _call_function(resolver, value, arguments)
    if isinstance(value, ProjectClass):
        if _is_untyped(resolver, value, arguments):
            return (Opaque(f"{value.qualname}()"),)
        return (Instance(value),)
    if isinstance(value, External):
        return _call_external(resolver, value.name, arguments)
    if isinstance(value, ExternalMethod):
        return _call_method(resolver, value, arguments)
    if isinstance(value, Partial):
        return resolver.each(value.function, lambda inner: call_value(resolver, inner, arguments))
    if isinstance(value, KnownResult):
        return value.returns
    if isinstance(value, Instance):
        method = resolver.attribute(value, "__call__")
        return resolver.each(method, lambda inner: call_value(resolver, inner, arguments))
    if isinstance(value, ExternalInstance):
        returns = resolver.catalogue.method_returns(value.type_name, "__call__")
        return from_type_name(returns, (value,)) or (Opaque(f"{value.type_name}@()"),)
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


def _is_untyped(resolver: Resolver, cls: ProjectClass, arguments: Arguments) -> bool:
    """Whether the outside class that makes the object gives it another nature than is known."""
    for base in lineage(resolver, cls._replace(arguments=())):
        if isinstance(base, External):
            entry = resolver.catalogue.class_entry(base.name)
            if entry is not None:
                return any_holds(resolver, entry.untyped_if, arguments)
        elif not _MAKING.isdisjoint(resolver.class_facts(base).methods):
            return False
    return False


# the outside


def _call_external(resolver: Resolver, name: str, arguments: Arguments) -> Values:
    semantics = well_known.SEMANTICS.get(name)
    if semantics is not None:
        return semantics(resolver, arguments)
    offloaded = _offloaded(resolver, name, arguments)
    if offloaded is not None:
        return offloaded
    if resolver.frameworks.is_typed_key(name):
        path = arguments.find("t", 1)
        promised = () if path is None else (resolver.instances(arguments.module, path),)
        return (ExternalInstance(name, promised),)
    catalogue = resolver.catalogue
    function = catalogue.function(name)
    if function is not None:
        if any_holds(resolver, function.untyped_if, arguments):
            return (Opaque(f"{name}()"),)
        return from_type_name(function.returns) or (Opaque(f"{name}()"),)
    entry = catalogue.class_entry(name)
    if entry is not None and not entry.singleton:
        if any_holds(resolver, entry.untyped_if, arguments):
            return (Opaque(f"{name}()"),)
        return (ExternalInstance(name),)
    stem, _, last = name.rpartition(".")
    if stem and catalogue.is_class(stem):
        returns = catalogue.method_returns(stem, last)
        return from_type_name(returns, (ExternalInstance(stem),)) or (Opaque(f"{name}()"),)
    if last[:1].isupper():
        # By convention a class; nothing is known of it, so nothing about it blocks.
        return (ExternalInstance(name),)
    return (Opaque(f"{name}()"),)


def _call_method(resolver: Resolver, method: ExternalMethod, arguments: Arguments) -> Values:
    special = METHODS.get(f"{method.type_name}.{method.method}")
    if special is not None:
        return special(resolver, method.receiver, arguments)
    full = f"{method.type_name}.{method.method}"
    offloaded = _offloaded(resolver, full, arguments)
    if offloaded is not None:
        return offloaded
    catalogue = resolver.catalogue
    returns = catalogue.method_returns(method.type_name, method.method)
    if returns:
        return from_type_name(returns, method.receiver)
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
    return (KnownResult(awaitable),) if offloader.gives == "function" else awaitable
