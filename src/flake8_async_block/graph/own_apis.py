"""What the user's catalogue tables say about functions and classes of the project itself.

The body of a function does not always tell: a helper that calls into a C extension, or one whose
file access a cache makes harmless. A table that names it decides, whatever its body looks like.

Names are resolved from where the function is, so that a name under which a package offers it again
means it as well. Without tables of the user none of this is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.values import ProjectClass, ProjectFunction

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

Verdict = BlockingApi | Literal[False] | None
"""What blocks; False: it does not block; None: the tables do not say."""


def verdict_on_call(resolver: Resolver, function: ProjectFunction) -> Verdict:
    """What the user's tables say about calling a function or method of the project."""
    mine = resolver.catalogue.user
    if mine is None:
        return None
    owner, _, own_name = function.qualname.rpartition(".")
    name = _meaning(resolver, mine.functions_called(own_name), function)
    if name:
        return mine.call_api(name) or False
    cls = ProjectClass(function.path, owner)
    name = _meaning(resolver, mine.classes_called(owner.rpartition(".")[2]), cls)
    if not name:
        return None
    found = mine.method_api(name, own_name)
    return found or (False if mine.decides_on_method(name, own_name) else None)


def verdict_on_construction(resolver: Resolver, cls: ProjectClass) -> BlockingApi | None:
    """What the user's tables say blocks when an instance of a class of the project is created."""
    name = _named(resolver, cls)
    mine = resolver.catalogue.user
    return mine.call_api(name) if mine is not None and name else None


def verdict_on_read(resolver: Resolver, cls: ProjectClass, attribute: str) -> BlockingApi | None:
    """What the user's tables say blocks when an attribute of an instance is read."""
    name = _named(resolver, cls)
    mine = resolver.catalogue.user
    return mine.property_api(name, attribute) if mine is not None and name else None


def _named(resolver: Resolver, cls: ProjectClass) -> str:
    mine = resolver.catalogue.user
    if mine is None:
        return ""
    return _meaning(resolver, mine.classes_called(cls.qualname.rpartition(".")[2]), cls)


def _meaning(
    resolver: Resolver, names: Iterable[str], wanted: ProjectFunction | ProjectClass
) -> str:
    """The first of ``names`` that means ``wanted`` where it is defined; empty if none does."""
    for name in names:
        for value in resolver.resolve_name(wanted.path, name):
            if isinstance(value, type(wanted)) and value[:2] == wanted[:2]:
                return name
    return ""
