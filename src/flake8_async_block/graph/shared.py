"""Values that one part of a program leaves on an object for all others: ``app.state.db``.

Nothing but the name connects the two places, so that every file of the project that mentions it
is asked what it leaves there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    Instance,
    ProjectClass,
    ProjectModule,
    Unknown,
    Value,
    Values,
    is_known,
    merge,
    origin_of_class,
)
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import Store

if TYPE_CHECKING:
    from flake8_async_block.catalogue.callable_schema import SharedEntry
    from flake8_async_block.graph.resolve import Resolver

_MOST_FILES: Final = 40
"""An attribute that more files mention is no name for one thing that a program keeps."""


def shared_attribute(resolver: Resolver, type_name: str, name: str) -> Values:
    """What the project assigns to an attribute of a shared object; nothing for other objects."""
    entry = resolver.frameworks.shared(type_name)
    if entry is None or entry.items:
        return ()

    def look() -> Values:
        found = [
            resolver.evaluate(module, store.value)
            for module in resolver.project.mentioning(f".{name}".encode())
            for store in resolver.summary(module).stores
            if store.attribute == name and _is_on(resolver, entry, module, store)
        ]
        found += _set_by_classes(resolver, entry, name)
        if not found:
            return (Unknown(f"nothing in the project assigns `{name}` to a shared object"),)
        return merge(*found)

    return resolver.guarded(f"shared {name}", ("shared", entry.types, name), look)


def _set_by_classes(resolver: Resolver, entry: SharedEntry, name: str) -> list[Values]:
    """What the project's own classes of shared objects set their attribute ``name`` to."""
    if not entry.subclassed:
        return []
    return [
        resolver.evaluate_all(module, facts.attributes[name])
        for module in resolver.project.mentioning(name.encode())
        for facts in resolver.summary(module).classes.values()
        if name in facts.attributes
        and resolver.is_instance_of((Instance(ProjectClass(module, facts.qualname)),), entry.types)
    ]


def stored_attribute(
    resolver: Resolver,
    classes: tuple[ProjectClass | External, ...],
    name: str,
    *,
    anywhere: bool = False,
) -> Values:
    """What is assigned to an attribute of a class or its instances from outside its methods.

    That is ``cls._instance.client = …`` in ``__new__``, or ``box.client = …`` below the class.

    Args:
        classes: the class and those that it inherits from.
        name: the attribute.
        anywhere: whether to look in other files than those of the classes, too.
    """
    own = [cls for cls in classes if isinstance(cls, ProjectClass)]
    if not own:
        return ()
    files = list(dict.fromkeys(cls.path for cls in own))
    if not anywhere and not any(_stores(resolver, file, name) for file in files):
        return ()

    def look() -> Values:
        return _stored(
            resolver,
            name,
            _files_assigning(resolver, name, files) if anywhere else files,
            lambda value: _class_of(value) in own,
        )

    return resolver.guarded(own[0].path, ("stored", own[0], name, anywhere), look)


def stored_in_module(resolver: Resolver, module: str, name: str) -> Values:
    """What other files assign to a name of a module: ``state.client = …``."""

    def look() -> Values:
        files = _files_assigning(resolver, name, [])
        return _stored(resolver, name, files, lambda value: value == ProjectModule(module))

    return resolver.guarded(module, ("stored", module, name), look)


def _files_assigning(resolver: Resolver, name: str, also: list[str]) -> list[str]:
    found = resolver.project.mentioning(f".{name}".encode(), at_most=_MOST_FILES)
    return list(dict.fromkeys((*also, *found)))


def _stored(
    resolver: Resolver, name: str, files: list[str], is_owner: Callable[[Value], bool]
) -> Values:
    found = [
        resolver.evaluate(module, store.value)
        for module in files
        for store in _stores(resolver, module, name)
        if any(map(is_owner, resolver.evaluate(module, store.base)))
    ]
    return merge(*found) if found else ()


def _stores(resolver: Resolver, module: str, name: str) -> list[Store]:
    return [store for store in resolver.summary(module).stores if store.attribute == name]


def _class_of(value: Value) -> ProjectClass | None:
    cls = value.of if isinstance(value, Instance) else value
    return origin_of_class(cls) if isinstance(cls, ProjectClass) else None


def shared_item(resolver: Resolver, type_name: str, key: Values) -> Values:
    """What the project assigns to an item of a shared object; nothing for other objects."""
    entry = resolver.frameworks.shared(type_name)
    if entry is None or not entry.items:
        return ()
    promised = [
        argument
        for value in key
        if isinstance(value, ExternalInstance) and value.type_name in entry.keys
        for argument in value.arguments
    ]
    if any(is_known(value) for values in promised for value in values):
        return merge(*promised)
    package = type_name.partition(".")[0].encode()

    def look() -> Values:
        found = [
            resolver.evaluate(module, store.value)
            for module in resolver.project.mentioning(package)
            for store in resolver.summary(module).stores
            if store.key != NO_PATH
            and resolver.evaluate(module, store.key) == key
            and _is_on(resolver, entry, module, store)
        ]
        if not found:
            return (Unknown("nothing in the project assigns this item of a shared object"),)
        return merge(*found)

    return resolver.guarded(f"shared {key}", ("shared", entry.types, key), look)


def _is_on(resolver: Resolver, entry: SharedEntry, module: str, store: Store) -> bool:
    """Whether a value is left on such an object, or on what is called like one."""
    owners = [value for value in resolver.evaluate(module, store.base) if is_known(value)]
    if owners:
        return any(resolver.is_instance_of((owner,), entry.types) for owner in owners)
    node = resolver.summary(module).nodes[store.base]
    return node.op == PathOp.ATTRIBUTE and node.name in entry.attributes
