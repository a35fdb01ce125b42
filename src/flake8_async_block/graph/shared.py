"""Values that one part of a program leaves on an object for all others: ``app.state.db``.

Nothing but the name connects the two places, so that every file of the project that mentions it
is asked what it leaves there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.graph.values import ExternalInstance, Unknown, Values, is_known, merge
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import Store

if TYPE_CHECKING:
    from flake8_async_block.catalogue.callable_schema import SharedEntry
    from flake8_async_block.graph.resolve import Resolver


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
        if not found:
            return (Unknown(f"nothing in the project assigns `{name}` to a shared object"),)
        return merge(*found)

    return resolver.guarded(f"shared {name}", ("shared", entry.types, name), look)


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
        return any(
            isinstance(owner, ExternalInstance) and owner.type_name in entry.types
            for owner in owners
        )
    node = resolver.summary(module).nodes[store.base]
    return node.op == PathOp.ATTRIBUTE and node.name in entry.attributes
