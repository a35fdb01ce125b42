"""What the decorators of a project function make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.values import External, ProjectFunction
from flake8_async_block.model.path import PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_CLASS_METHODS: Final = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_NO_NAMES: Final[frozenset[str]] = frozenset()


def is_static(resolver: Resolver, function: ProjectFunction) -> bool:
    return "builtins.staticmethod" in decorator_names(resolver, function)


def is_class_method(resolver: Resolver, function: ProjectFunction) -> bool:
    name = function.qualname.rpartition(".")[2].partition("#")[0]
    if name in _CLASS_METHODS:
        return True
    return not resolver.frameworks.class_method_decorators.isdisjoint(
        decorator_names(resolver, function)
    )


def decorator_names(resolver: Resolver, function: ProjectFunction) -> frozenset[str]:
    """The outside names of a function's decorators, called or not."""
    summary = resolver.summary(function.path)
    decorators = summary.functions[function.qualname].decorators
    if not decorators:
        return _NO_NAMES
    nodes = summary.nodes
    names = set()
    for decorator in decorators:
        node = nodes[decorator]
        target = node.operands[0] if node.op == PathOp.CALL else decorator
        for value in resolver.evaluate(function.path, target):
            if isinstance(value, External):
                names.add(value.name)
    return frozenset(names)


def is_property(resolver: Resolver, function: ProjectFunction) -> bool:
    """Whether reading the attribute runs the function."""
    return not resolver.frameworks.property_decorators.isdisjoint(
        decorator_names(resolver, function)
    )


def is_memoised(resolver: Resolver, function: ProjectFunction) -> bool:
    """Whether a decorator keeps what the function returns and does not run it again."""
    return bool(resolver.function_facts(function).decorators) and any(
        resolver.frameworks.is_memoiser(name) for name in decorator_names(resolver, function)
    )


def is_manager(resolver: Resolver, function: ProjectFunction) -> bool:
    """Whether calling the function gives a context manager made of its ``yield``."""
    return not resolver.frameworks.manager_decorators.isdisjoint(
        decorator_names(resolver, function)
    )
