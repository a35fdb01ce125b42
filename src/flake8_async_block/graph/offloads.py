"""Calls that hand a function to a thread or a process, and what they are handed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import base_values
from flake8_async_block.graph.values import (
    NONE,
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Generator,
    Instance,
    KnownResult,
    Literal,
    Manager,
    Mapping,
    Partial,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Unknown,
    Value,
    Values,
    literal_value,
)
from flake8_async_block.graph.wrappers import offloader_of, outside_names
from flake8_async_block.model.path import NO_PATH, SPREAD, Narrowing, PathOp
from flake8_async_block.model.summary import FunctionFacts, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.catalogue.callable_schema import OffloaderEntry
    from flake8_async_block.graph.resolve import Resolver


_BINDING: Final = (External("builtins.staticmethod"), External("builtins.classmethod"))
"""Decorators that leave an async function an async one."""
_GIVE_NO_CALLABLE: Final = tuple(
    External(f"builtins.{name}")
    for name in (
        *("print", "len", "sum", "sorted", "str", "int", "float", "bool", "list", "dict", "set"),
        *("tuple", "range", "repr", "round", "abs", "all", "any", "input", "isinstance", "zip"),
    )
)
"""Builtins of which the result is never a function."""


class Offload(NamedTuple):
    """One such call.

    ``name`` is what is called, such as ``asyncio.to_thread``; ``handed`` the path of the function
    that it is given; ``rest`` what follows that; ``certain`` is false for a plain function of the
    project that was only seen to hand its parameter on.
    """

    site: Site
    name: str
    entry: OffloaderEntry
    handed: int
    arguments: Arguments
    rest: Arguments
    certain: bool = True


def offloads_in(resolver: Resolver, module: str, facts: FunctionFacts) -> Iterator[Offload]:
    """The calls in a function that hand another one over, as far as that one can be told.

    The project's own wrappers are followed in coroutines only: there all calls are looked at
    anyway, while a plain function may be one that nothing leads to.
    """
    nodes = resolver.summary(module).nodes
    words = resolver.frameworks.offloader_words
    for site in facts.sites:
        if site.kind != SiteKind.CALL:
            continue
        node = nodes[site.path]
        if not facts.is_async and nodes[node.operands[0]].name.rpartition(".")[2] not in words:
            continue
        found = _offloader(resolver, resolver.evaluate(module, node.operands[0]))
        if found is None:
            continue
        name, entry, certain = found
        arguments = Arguments.of(module, node)
        before = arguments.positional[: entry.position + 1]
        if any(nodes[path].op == PathOp.STAR for path in before):
            continue
        handed = arguments.find(entry.parameter, entry.position)
        if handed is None or handed == NO_PATH:
            continue
        rest = arguments.after(entry.position)
        yield Offload(site, name, entry, handed, arguments, rest, certain)


def _offloader(resolver: Resolver, callees: Values) -> tuple[str, OffloaderEntry, bool] | None:
    found = None
    for value in callees:
        found = None
        for name in outside_names(resolver, value):
            entry = resolver.frameworks.offloader(name) or resolver.frameworks.callback(name)
            if entry is not None:
                found = (name, entry, True)
                break
        if found is None and isinstance(value, ProjectFunction):
            wrapper = offloader_of(resolver, value)
            if wrapper is not None and wrapper.gives == "awaitable":
                facts = resolver.function_facts(value)
                certain = facts.is_async and not facts.decorators
                found = (value.qualname.rpartition(".")[2], wrapper, certain)
        if found is None:
            return None
    return found


def is_async_function(resolver: Resolver, value: Value) -> bool:
    """Whether calling ``value`` gives a coroutine, which then still has to be awaited."""
    if isinstance(value, Partial):
        return _all_async(resolver, value.function)
    if isinstance(value, Coroutine):
        return True
    if isinstance(value, (External, ExternalMethod)):
        return _is_outside_coroutine(resolver, value)
    if isinstance(value, Instance):
        methods = resolver.attribute(value, "__call__")
        return _all_async(resolver, methods)
    if not isinstance(value, ProjectFunction):
        return False
    facts = resolver.function_facts(value)
    if facts.is_generator or not _is_undecorated(resolver, value):
        return False
    if facts.is_async:
        return True
    return bool(facts.returned) and all(
        is_coroutine_call(resolver, value.path, path) for path in facts.returned
    )


def functions_left(resolver: Resolver, values: Values, narrowing: str) -> Values:
    """The candidates that a test for coroutine functions leaves.

    Args:
        narrowing: ``ASYNC`` or ``NOT_ASYNC`` of :class:`Narrowing`.
    """
    wanted = narrowing == Narrowing.ASYNC
    left = tuple(value for value in values if is_async_function(resolver, value) == wanted)
    if wanted:
        # Of what is not known to be one, a decorator may have made one.
        return left or values
    return left or (Unknown("a test has ruled out every known function"),)


def _is_outside_coroutine(resolver: Resolver, value: External | ExternalMethod) -> bool:
    name = value.name if isinstance(value, External) else f"{value.type_name}.{value.method}"
    return resolver.frameworks.coroutine(name) is not None


def is_coroutine_call(resolver: Resolver, module: str, path: int) -> bool:
    """Whether the value at ``path`` is what an async function gave, and no task made of it."""
    node = resolver.summary(module).nodes[path]
    if node.op == PathOp.UNION:
        return all(is_coroutine_call(resolver, module, operand) for operand in node.operands)
    if node.op != PathOp.CALL:
        return False
    callees = resolver.evaluate(module, node.operands[0])
    return bool(callees) and all(
        isinstance(callee, (ProjectFunction, External, ExternalMethod))
        and _is_async_by_itself(resolver, callee)
        for callee in callees
    )


def _is_async_by_itself(
    resolver: Resolver, callee: ProjectFunction | External | ExternalMethod
) -> bool:
    if not isinstance(callee, ProjectFunction):
        return _is_outside_coroutine(resolver, callee)
    facts = resolver.function_facts(callee)
    return facts.is_async and not facts.is_generator and _is_undecorated(resolver, callee)


def _is_undecorated(resolver: Resolver, function: ProjectFunction) -> bool:
    """Whether no decorator may have made something else of a function."""
    return all(
        decorator in _BINDING
        for path in resolver.function_facts(function).decorators
        for decorator in resolver.evaluate(function.path, path) or (None,)
    )


def _all_async(resolver: Resolver, values: Values) -> bool:
    return bool(values) and all(is_async_function(resolver, value) for value in values)


def is_handed_coroutine(resolver: Resolver, offload: Offload) -> bool:
    """Whether what is handed over is, or makes, a coroutine that the thread would not run."""
    if offload.entry.coroutines:
        return False
    module = offload.arguments.module
    if is_coroutine_call(resolver, module, offload.handed):
        return True
    return _all_async(resolver, resolver.evaluate(module, offload.handed))


def shared_pool(resolver: Resolver, offload: Offload) -> str:
    """How many threads the pool has of which the function takes one, if it shares it with all."""
    entry = offload.entry
    if not entry.pool or not entry.own_pool:
        return entry.pool
    own = offload.arguments.find(entry.own_pool, 0 if entry.position else None)
    if own is None or resolver.evaluate(offload.arguments.module, own) == (NONE,):
        return entry.pool
    return ""


def foreign_keywords(resolver: Resolver, offload: Offload) -> list[str]:
    """The keyword arguments that are meant for the function, as far as their names are known."""
    known = {offload.entry.parameter, *(offload.entry.keywords or ())}
    found = []
    for name, path in offload.arguments.keywords:
        names = [name]
        if name == SPREAD:
            values = resolver.evaluate(offload.arguments.module, path)
            names = [
                literal
                for value in values
                if isinstance(value, Mapping) and len(values) == 1
                for key in value.keys
                if isinstance(literal := literal_value(key), str) and literal not in ("", SPREAD)
            ]
        found += [name for name in names if name not in known]
    return found


def call_handed_over(facts: FunctionFacts, offload: Offload) -> Site | None:
    """The call written in the place of the function, whose result is handed over instead."""
    outer = offload.site.span
    for site in facts.sites:
        if site.kind != SiteKind.CALL or site.path != offload.handed:
            continue
        inside = outer[:2] < site.span[:2] and site.span[2:] <= outer[2:]
        if inside:
            return site
    return None


def gives_callable(resolver: Resolver, module: str, call: int) -> bool | None:
    """Whether the result of the call at path ``call`` can be called; None if nobody knows."""
    node = resolver.summary(module).nodes[call]
    callees = resolver.evaluate(module, node.operands[0])
    if any(isinstance(callee, KnownResult) for callee in callees):
        # ``Callable[[...], bool]`` is often written of what gives a function.
        return None
    if _returns_nothing(resolver, callees):
        return False
    if callees and all(callee in _GIVE_NO_CALLABLE for callee in callees):
        return False
    answers = {_is_callable(resolver, value) for value in resolver.evaluate(module, call)}
    if True in answers:
        return True
    return False if answers == {False} else None


def _returns_nothing(resolver: Resolver, callees: Values) -> bool:
    for callee in callees:
        if not isinstance(callee, ProjectFunction):
            return False
        facts = resolver.function_facts(callee)
        if facts.returned or facts.returns != NO_PATH or facts.is_async or facts.is_generator:
            return False
        if facts.decorators:
            return False
    return bool(callees)


def _is_callable(resolver: Resolver, value: Value) -> bool | None:
    if isinstance(
        value, (ProjectFunction, ProjectClass, External, ExternalMethod, Partial, KnownResult)
    ):
        return True
    if isinstance(value, (Literal, Sequence, Mapping, Generator, Manager, Coroutine)):
        return False
    if isinstance(value, Instance):
        return _has_call(resolver, value)
    if isinstance(value, ExternalInstance):
        return _outside_has_call(resolver, value.type_name)
    return None


def _has_call(resolver: Resolver, value: Instance) -> bool | None:
    methods = resolver.attribute(value, "__call__")
    if any(isinstance(method, ProjectFunction) for method in methods):
        return True
    bases = base_values(resolver, value.of._replace(arguments=()))
    known = all(
        isinstance(base, External) and base.name == "builtins.object"
        for base in bases
        if not isinstance(base, ProjectClass)
    )
    return False if known and all(isinstance(method, Unknown) for method in methods) else None


def _outside_has_call(resolver: Resolver, type_name: str) -> bool | None:
    catalogue = resolver.catalogue
    if type_name == "awaitable" or type_name.startswith("builtins."):
        return False
    entry = catalogue.class_entry(type_name)
    if entry is None or entry.patterns:
        return None
    if catalogue.implicit_api(type_name, "call") is not None:
        return True
    return bool(catalogue.method_returns(type_name, "__call__"))
