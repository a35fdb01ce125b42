"""Which values a ``for`` loop can never exhaust."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.values import (
    External,
    ExternalMethod,
    Generator,
    Literal,
    ProjectFunction,
    Value,
    literal_value,
)
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import SiteKind

if TYPE_CHECKING:
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
_SOURCES: Final = frozenset({"itertools.count", "itertools.cycle"})
_PASS_FIRST_ON: Final = frozenset(
    {"builtins.enumerate", "builtins.iter", "itertools.accumulate", "itertools.pairwise"}
    | {"itertools.batched"}
)
"""What gives as many elements as its first argument has, or as good as."""
_PASS_SECOND_ON: Final = frozenset(
    {"builtins.filter", "itertools.filterfalse", "itertools.dropwhile", "itertools.starmap"}
)
_ENDLESS_IF_ONE_IS: Final = frozenset({"itertools.chain", "itertools.zip_longest"})
_DEEPEST: Final = 6

RunsForever = Callable[[ProjectFunction], bool]
"""Whether a generator function of the project has a loop that nothing leaves."""


def never_ends(
    resolver: Resolver, module: str, path: int, runs_forever: RunsForever, depth: int = 0
) -> bool:
    """Whether iterating over the value at ``path`` never comes to its end."""
    node = resolver.summary(module).nodes[path]
    if node.op != PathOp.CALL or depth > _DEEPEST:
        return False
    callees = resolver.evaluate(module, node.operands[0])
    if len(callees) != 1:
        return False
    if isinstance(callees[0], ProjectFunction):
        values = resolver.evaluate(module, path)
        return bool(values) and all(
            isinstance(value, Generator)
            and _generator_never_ends(resolver, value.function, runs_forever, depth)
            for value in values
        )
    if not isinstance(callees[0], External):
        return False

    def goes_on(argument: int) -> bool:
        return never_ends(resolver, module, argument, runs_forever, depth + 1)

    return _made_by(resolver, callees[0].name, Arguments.of(module, node), goes_on)


def _made_by(
    resolver: Resolver, name: str, arguments: Arguments, goes_on: Callable[[int], bool]
) -> bool:
    given = arguments.positional
    if name in _SOURCES:
        return True
    if name == "itertools.repeat":
        named = {keyword for keyword, _ in arguments.keywords}
        return len(given) + len(named) == 1 and named <= {"object"}
    if name == "builtins.iter" and len(given) > 1:
        return _never_gives(resolver, arguments)
    if name in _PASS_FIRST_ON:
        return bool(given) and goes_on(given[0])
    if name in _PASS_SECOND_ON:
        return len(given) > 1 and goes_on(given[1])
    if name == "builtins.zip":
        return bool(given) and all(map(goes_on, given))
    if name == "builtins.map":
        return len(given) > 1 and all(map(goes_on, given[1:]))
    return name in _ENDLESS_IF_ONE_IS and any(map(goes_on, given))


def _generator_never_ends(
    resolver: Resolver, function: ProjectFunction, runs_forever: RunsForever, depth: int
) -> bool:
    facts = resolver.function_facts(function)
    if "<genexpr:" not in facts.qualname.rpartition(".")[2]:
        return not facts.is_async and not facts.decorators and runs_forever(function)
    for site in facts.sites:
        if site.kind == SiteKind.ITERATE:
            return never_ends(resolver, function.path, site.path, runs_forever, depth + 1)
    return False


def _never_gives(resolver: Resolver, arguments: Arguments) -> bool:
    """Whether ``iter(function, sentinel)`` cannot come to its end by itself."""
    if len(arguments.positional) != 2:
        return False
    function, sentinels = (
        resolver.evaluate(arguments.module, path) for path in arguments.positional
    )
    if len(function) != 1:
        return False
    if _waits(resolver, function[0]):
        return True
    if len(sentinels) != 1 or not isinstance(sentinels[0], Literal):
        return False
    sentinel = literal_value(sentinels[0].text)
    if isinstance(function[0], External) and function[0].name in _ALWAYS_EQUAL:
        return sentinel != _ALWAYS_EQUAL[function[0].name]
    return isinstance(function[0], ProjectFunction) and _gives_others_only(
        resolver, function[0], sentinel
    )


def _gives_others_only(resolver: Resolver, function: ProjectFunction, sentinel: object) -> bool:
    """Whether a function gives constants alone, none of which is the sentinel."""
    facts = resolver.function_facts(function)
    if facts.is_async or facts.is_generator or facts.decorators or sentinel is None:
        # It may always come to its end without a ``return``.
        return False
    if not facts.returned:
        return facts.returns == NO_PATH
    results = resolver.evaluate_all(function.path, facts.returned)
    return bool(results) and all(
        isinstance(result, Literal) and literal_value(result.text) != sentinel for result in results
    )


def _waits(resolver: Resolver, value: Value) -> bool:
    if not isinstance(value, ExternalMethod):
        return False
    api = resolver.catalogue.method_api(value.type_name, value.method)
    return api is not None and api.what == "wait"
