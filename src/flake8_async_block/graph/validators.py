"""What a data class runs when one of it is made: its validators.

They are methods that nothing calls by name; a decorator tells that they are validators.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.decorators import decorator_names
from flake8_async_block.graph.values import External, ProjectClass, ProjectFunction

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def validators_of(resolver: Resolver, cls: ProjectClass) -> tuple[ProjectFunction, ...]:
    """The validators that run when an instance of a project class is made; empty for most."""
    classes = lineage(resolver, cls)
    reading: set[str] = set()
    for base in classes:
        if isinstance(base, External):
            entry = resolver.frameworks.model(base.name)
            if entry is not None:
                reading.update(entry.reading)
    if not reading:
        return ()
    return tuple(_decorated(resolver, classes, reading))


def _decorated(
    resolver: Resolver, classes: tuple[ProjectClass | External, ...], decorators: set[str]
) -> Iterator[ProjectFunction]:
    """The methods with one of some decorators; one that a nearer class overrides is left out."""
    seen: set[str] = set()
    for cls in classes:
        if not isinstance(cls, ProjectClass):
            continue
        for name, definitions in resolver.class_facts(cls).methods.items():
            if name in seen:
                continue
            seen.add(name)
            function = ProjectFunction(cls.path, definitions[-1])
            if not decorators.isdisjoint(decorator_names(resolver, function)):
                yield function
