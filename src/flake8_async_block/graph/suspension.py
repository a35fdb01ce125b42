"""Whether an ``await`` can give the event loop a turn.

Awaiting a coroutine only gives others a turn where something in it does. One whose awaits all
lead to coroutines without any runs from end to end like a plain call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import base_values
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    Generator,
    Manager,
    ProjectClass,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Await

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_RUN_BY: Final[dict[str, type[Coroutine | Generator | Manager]]] = {
    PathOp.AWAIT: Coroutine,
    "async for": Generator,
    "async with": Manager,
}
"""What each kind of await runs to its end, or to its next element."""
_PLAIN_BASES: Final = frozenset({"builtins.object", "typing.Generic"})
_MANAGER_MAKER: Final = "contextlib.asynccontextmanager"


class Suspension:
    """Answers whether coroutines suspend; remembers those that never do."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._never: set[ProjectFunction] = set()

    def may_suspend(self, module: str, awaits: Iterable[Await]) -> bool:
        """Whether any of ``awaits`` in ``module`` may suspend; what is not known may."""
        reached = self._awaited_functions(module, awaits)
        if reached is None:
            return True
        seen = dict.fromkeys(reached)
        pending = list(seen)
        while pending:
            function = pending.pop()
            if function in self._never:
                continue
            facts = self._resolver.function_facts(function)
            reached = self._awaited_functions(function.path, facts.awaits)
            if reached is None:
                return True
            for following in reached:
                if following not in seen:
                    seen[following] = None
                    pending.append(following)
        self._never.update(seen)
        return False

    def _awaited_functions(
        self, module: str, awaits: Iterable[Await]
    ) -> list[ProjectFunction] | None:
        """The functions of the project that all of ``awaits`` run; None if one is not known."""
        found = []
        for item in awaits:
            values = self._resolver.evaluate(module, item.path)
            for value in values:
                function = self._function_of(item.kind, value)
                if function is None:
                    return None
                found.append(function._replace(receiver=()))
            if not values:
                return None
        return found

    def _function_of(self, kind: str, value: Value) -> ProjectFunction | None:
        wanted = _RUN_BY.get(kind)
        if wanted is None or not isinstance(value, wanted):
            return None
        function = value.function
        facts = self._resolver.function_facts(function)
        if not facts.is_async or not self._is_final(function):
            return None
        return function

    def _is_final(self, function: ProjectFunction) -> bool:
        """Whether the body that is seen is the one that runs, as far as its file shows."""
        facts = self._resolver.function_facts(function)
        summary = self._resolver.summary(function.path)
        for decorator in facts.decorators:
            values = self._resolver.evaluate(function.path, decorator)
            if values != (External(_MANAGER_MAKER),):
                return False
        if not facts.owner:
            return True
        if not facts.sites and not facts.returned and not facts.writes and not facts.awaits:
            # A body without content is there to be overridden.
            return False
        owner = ProjectClass(function.path, facts.owner)
        for base in base_values(self._resolver, owner):
            if not isinstance(base, External) or base.name not in _PLAIN_BASES:
                return False
        return not any(
            owner in base_values(self._resolver, ProjectClass(function.path, qualname))
            for qualname in summary.classes
            if qualname != facts.owner
        )
