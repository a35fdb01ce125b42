"""Which loops have no end, and which functions never return because of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.values import (
    External,
    ExternalMethod,
    Literal,
    ProjectFunction,
    Value,
    literal_value,
)
from flake8_async_block.model.path import NO_PATH
from flake8_async_block.model.summary import FunctionFacts, Loop, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.propagate import Propagation
    from flake8_async_block.graph.resolve import Resolver

_ALWAYS_EQUAL: Final[dict[str, object]] = {
    "builtins.int": 0,
    "builtins.float": 0.0,
    "builtins.bool": False,
    "builtins.str": "",
    "builtins.bytes": b"",
    "builtins.list": [],
    "builtins.dict": {},
    "builtins.tuple": (),
}
"""What some callables give whenever they are called without arguments."""
_NEVER: Final = frozenset(
    {"typing.NoReturn", "typing.Never", "typing_extensions.NoReturn", "typing_extensions.Never"}
)


class EndlessCall(NamedTuple):
    """A call that does not return: the sites on the way, and the loop at the end of it."""

    way: tuple[tuple[ProjectFunction, Site], ...]
    function: ProjectFunction
    loop: Loop


class Endless:
    """Answers what never ends; remembers the functions that do."""

    def __init__(self, resolver: Resolver, propagation: Propagation) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._ends: set[ProjectFunction] = set()

    def loops_of(self, function: ProjectFunction) -> tuple[Loop, ...]:
        """The loops of ``function`` that nothing leaves, whether or not they suspend."""
        facts = self._resolver.function_facts(function)
        return tuple(
            loop
            for loop in facts.loops
            if loop.endless
            and not loop.leaves
            and self._has_no_end(function.path, loop)
            and not self._is_left_by_call(function.path, facts, loop)
        )

    def calls_of(self, function: ProjectFunction) -> Iterator[EndlessCall]:
        """The calls in ``function`` that never return, each along a shortest way."""
        for site, called in self._propagation.certain_calls(function):
            found = self._search(called, ((function, site),))
            if found is not None:
                yield found

    def of_function(self, function: ProjectFunction) -> EndlessCall | None:
        """Why the sync ``function`` never returns once it is called, or None."""
        return self._search(function, ())

    def _search(
        self, start: ProjectFunction, way: tuple[tuple[ProjectFunction, Site], ...]
    ) -> EndlessCall | None:
        seen = {start}
        level = [(start, way)]
        while level:
            following: list[tuple[ProjectFunction, tuple[tuple[ProjectFunction, Site], ...]]] = []
            for function, before in level:
                if function in self._ends:
                    continue
                facts = self._resolver.function_facts(function)
                if facts.is_async or facts.is_generator:
                    continue
                for loop in self.loops_of(function):
                    return EndlessCall(before, function, loop)
                for site, called in self._propagation.certain_calls(function):
                    if called not in seen:
                        seen.add(called)
                        following.append((called, (*before, (function, site))))
            level = following
        self._ends |= seen
        return None

    def _has_no_end(self, module: str, loop: Loop) -> bool:
        if loop.iterable == NO_PATH:
            return True
        node = self._resolver.summary(module).nodes[loop.iterable]
        arguments = Arguments.of(module, node)
        callees = self._resolver.evaluate(module, node.operands[0])
        if len(callees) != 1 or not isinstance(callees[0], External):
            return False
        name = callees[0].name
        if name == "builtins.iter":
            return self._never_gives(arguments)
        if name == "itertools.repeat":
            return len(arguments.positional) == 1 and not arguments.keywords
        return name in ("itertools.count", "itertools.cycle")

    def _never_gives(self, arguments: Arguments) -> bool:
        """Whether ``iter(function, sentinel)`` cannot come to its end by itself."""
        if len(arguments.positional) != 2:
            return False
        function, sentinel = (
            self._resolver.evaluate(arguments.module, path) for path in arguments.positional
        )
        if len(function) != 1:
            return False
        if self._waits(function[0]):
            return True
        if not isinstance(function[0], External) or function[0].name not in _ALWAYS_EQUAL:
            return False
        given = _ALWAYS_EQUAL[function[0].name]
        return len(sentinel) == 1 and (
            isinstance(sentinel[0], Literal) and literal_value(sentinel[0].text) != given
        )

    def _waits(self, value: Value) -> bool:
        if not isinstance(value, ExternalMethod):
            return False
        api = self._resolver.catalogue.method_api(value.type_name, value.method)
        return api is not None and api.what == "wait"

    def _is_left_by_call(self, module: str, facts: FunctionFacts, loop: Loop) -> bool:
        """Whether a function is called in the loop that is known never to return."""
        nodes = self._resolver.summary(module).nodes
        for site in facts.sites:
            if site.kind != SiteKind.CALL or not loop.extent[:2] <= site.span[:2] < loop.extent[2:]:
                continue
            for value in self._resolver.evaluate(module, nodes[site.path].operands[0]):
                if isinstance(value, ProjectFunction):
                    called = self._resolver.function_facts(value)
                    declared = self._resolver.evaluate(value.path, called.returns)
                    if any(isinstance(it, External) and it.name in _NEVER for it in declared):
                        return True
        return False
