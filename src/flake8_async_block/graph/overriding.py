"""What a call may run instead of the method that it seems to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.graph.subclasses import implementations
from flake8_async_block.graph.targets import callees_of
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.summary import Site

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


class Overriding:
    """Answers what overrides the methods that sites call; remembers every answer."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[tuple[str, int], tuple[ProjectFunction, ...]] = {}

    def methods_at(
        self, module: str, site: Site, called: ProjectFunction
    ) -> tuple[ProjectFunction, ...]:
        """What overrides ``called``, the method that a site of ``module`` seems to run."""
        key = (module, site.path)
        uses = self._resolver.project.uses
        uses.note(module)
        known = self._known.get(key)
        if known is None:
            # What leads back to this call decides nothing about it.
            self._known[key] = ()
            known = self._known[key] = uses.on_behalf_of(
                module, lambda: self._find(module, site, called)
            )
        return known

    def is_known_at(self, module: str, path: int) -> bool:
        """Whether something is known to override what the call at ``path`` seems to run."""
        return bool(self._known.get((module, path)))

    def _find(
        self, module: str, site: Site, called: ProjectFunction
    ) -> tuple[ProjectFunction, ...]:
        return tuple(
            method
            for value in callees_of(self._resolver, module, site)
            if isinstance(value, ProjectFunction)
            and (value.path, value.qualname) == (called.path, called.qualname)
            for method in implementations(self._resolver, module, site, value)
            if method != value
        )
