"""What a coroutine has changed for the whole process, and would show to others at an ``await``.

Between ``os.chdir(there)`` and ``os.chdir(back)``, or in ``with redirect_stdout(buffer):``, nothing
else runs as long as the event loop is blocked. Once the blocking call is awaited, all other tasks
run there, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.values import External, ProjectClass, ProjectFunction
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.propagate import Propagation
    from flake8_async_block.graph.resolve import Resolver


class Exposure:
    """Answers what the process has in common that a coroutine has changed for a while."""

    def __init__(self, resolver: Resolver, propagation: Propagation) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._own: dict[ProjectFunction, tuple[tuple[Span, str], ...]] = {}

    def at(self, function: ProjectFunction, span: Span) -> str | None:
        """What other tasks would notice while ``span`` of a coroutine is awaited.

        Args:
            function: the coroutine.
            span: the expression that would be awaited.

        Returns:
            The full name of what changes it, or None.
        """
        start, end = span[:2], span[2:]
        for block in self._resolver.function_facts(function).blocks:
            if block.span[2:] <= start and end <= block.extent[2:]:
                name = self._of_manager(function.path, block.path)
                if name is not None:
                    return name
        changes = self._changes(function)
        before = {name for place, name in changes if place[2:] <= start}
        return next((name for place, name in changes if place[:2] >= end and name in before), None)

    def _changes(self, function: ProjectFunction) -> tuple[tuple[Span, str], ...]:
        """The calls of a function that change the process, and what each of them calls."""
        if function not in self._own:
            nodes = self._resolver.summary(function.path).nodes
            self._own[function] = tuple(
                (site.span, name)
                for site in self._resolver.function_facts(function).sites
                if site.kind == SiteKind.CALL
                and (name := self._named(function.path, nodes[site.path].operands[0])) is not None
            )
        return self._own[function]

    def _named(self, module: str, callee: int) -> str | None:
        """The full name of a callable that changes the process."""
        is_known = self._resolver.frameworks.process_wide
        return next(
            (
                value.name
                for value in self._resolver.evaluate(module, callee)
                if isinstance(value, External) and is_known(value.name) is not None
            ),
            None,
        )

    def _of_manager(self, module: str, path: int) -> str | None:
        node = self._resolver.summary(module).nodes[path]
        if node.op != PathOp.CALL:
            return None
        callee = node.operands[0]
        name = self._named(module, callee)
        if name is not None:
            return name
        for value in self._resolver.evaluate(module, callee):
            if isinstance(value, ProjectClass):
                entered = self._entering(value)
            else:
                entered = [value] if isinstance(value, ProjectFunction) else []
            for function in entered:
                name = self._within(function)
                if name is not None:
                    return name
        return None

    def _entering(self, cls: ProjectClass) -> list[ProjectFunction]:
        for base in lineage(self._resolver, ProjectClass(cls.path, cls.qualname)):
            if isinstance(base, ProjectClass):
                methods = self._resolver.class_facts(base).methods
                if "__enter__" in methods:
                    return [ProjectFunction(base.path, name) for name in methods["__enter__"]]
        return []

    def _within(self, function: ProjectFunction) -> str | None:
        """What a function, or one that it calls, changes for the process."""
        seen = {function}
        pending = [function]
        while pending:
            current = pending.pop()
            for _, name in self._changes(current):
                return name
            for called in self._propagation.runs(current):
                if called not in seen:
                    seen.add(called)
                    pending.append(called)
        return None
