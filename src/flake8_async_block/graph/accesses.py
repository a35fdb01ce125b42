"""What reading and setting an attribute runs: properties, descriptors, ``__getattr__``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.decorators import is_property
from flake8_async_block.graph.outcomes import Blocks, Candidate, Passes, Runs
from flake8_async_block.graph.own_apis import verdict_on_call, verdict_on_read
from flake8_async_block.graph.special_methods import is_defined, outcome_of_special
from flake8_async_block.graph.values import (
    ExternalInstance,
    Instance,
    ProjectClass,
    ProjectFunction,
    Value,
    only_known,
    origin_of_class,
)
from flake8_async_block.model.path import PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def outcome_of_reading(resolver: Resolver, value: Value, name: str) -> Candidate:
    """What reading an attribute does."""
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.property_api(value.type_name, name)
        return (Passes(name),) if api is None else (Blocks(api),)
    if not isinstance(value, Instance):
        return (Passes(name),)
    cls = origin_of_class(value.of)
    known = _outcome_by_class(resolver, cls, name)
    if known is not None:
        return known
    if is_defined(resolver, ("__getattr__",)):
        return outcome_of_special(resolver, value, ("__getattr__",))
    return (Passes(name),)


def _outcome_by_class(resolver: Resolver, cls: ProjectClass, name: str) -> Candidate | None:
    """What reading an attribute of any instance of a class does; None if the class has none."""
    key = (cls, name)
    notes = resolver.project.uses
    notes.note(cls.path)
    if key not in resolver.reads:
        resolver.reads[key] = notes.on_behalf_of(
            cls.path, lambda: _find_outcome(resolver, cls, name)
        )
    return resolver.reads[key]


def _find_outcome(resolver: Resolver, owner: ProjectClass, name: str) -> Candidate | None:
    has_descriptors = is_defined(resolver, ("__get__",))
    for cls in lineage(resolver, owner):
        if not isinstance(cls, ProjectClass):
            api = resolver.catalogue.property_api(cls.name, name)
            if api is not None:
                return (Blocks(api),)
            continue
        own = verdict_on_read(resolver, cls, name)
        if own is not None:
            return (Blocks(own),)
        facts = resolver.class_facts(cls)
        for qualname in facts.methods.get(name, ()):
            function = ProjectFunction(cls.path, qualname)
            if is_property(resolver, function):
                if verdict_on_call(resolver, function) is False:
                    return (Passes(name, "does not block according to the catalogue"),)
                return (Runs(function),)
            return (Passes(name),)
        if has_descriptors and name in facts.attributes:
            return _outcome_of_descriptor(resolver, cls, name, "__get__")
        if name in facts.attributes or name in facts.annotations:
            return (Passes(name),)
    return None


def outcome_of_store(
    resolver: Resolver, module: str, path: int, method: str
) -> tuple[Candidate, ...]:
    node = resolver.summary(module).nodes[path]
    values = only_known(resolver.evaluate(module, node.operands[0]))
    if not any(isinstance(value, Instance) for value in values):
        return ()
    return tuple(_outcome_of_setting(resolver, value, node.name, method) for value in values)


def _outcome_of_setting(resolver: Resolver, value: Value, name: str, method: str) -> Candidate:
    if not isinstance(value, Instance):
        return (Passes(name),)
    for cls in lineage(resolver, origin_of_class(value.of)):
        if not isinstance(cls, ProjectClass):
            continue
        facts = resolver.class_facts(cls)
        for qualname in facts.methods.get(name, ())[1:]:
            function = ProjectFunction(cls.path, qualname)
            if _is_setter(resolver, function):
                return (Runs(function),)
        if name in facts.attributes and is_defined(resolver, (method,)):
            found = _outcome_of_descriptor(resolver, cls, name, method)
            if any(isinstance(target, Runs) for target in found):
                return found
    return outcome_of_special(resolver, value, ("__setattr__",))


def _is_setter(resolver: Resolver, function: ProjectFunction) -> bool:
    nodes = resolver.summary(function.path).nodes
    return any(
        nodes[path].op == PathOp.ATTRIBUTE and nodes[path].name == "setter"
        for path in resolver.function_facts(function).decorators
    )


def _outcome_of_descriptor(
    resolver: Resolver, cls: ProjectClass, name: str, method: str
) -> Candidate:
    paths = resolver.class_facts(cls).attributes[name]
    values = only_known(resolver.evaluate_all(cls.path, paths))
    if len(values) == 1 and isinstance(values[0], Instance):
        return outcome_of_special(resolver, values[0], (method,))
    return (Passes(name),)
