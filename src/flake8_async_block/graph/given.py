"""What the callers of a function hand over for a parameter of which its own text says nothing.

Helpers without annotations are written for the one kind of object that they are called with. It is
taken from their calls, if every call in the project tells it: a function that is called with a
session here and with something unknown there stays unknown, since a finding inside it would be
told to all of its callers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.decorators import is_static
from flake8_async_block.graph.values import (
    DEFINED_BY_ITSELF,
    NONE,
    ProjectClass,
    ProjectFunction,
    Unknown,
    Value,
    Values,
    is_known,
    merge,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_MOST_FILES: Final = 16
"""A name that is called in more files than this says too little about which function is meant."""
_NAMED: Final = frozenset({PathOp.ATTRIBUTE, PathOp.NAME, PathOp.GLOBAL})
_CONSTRUCTORS: Final = frozenset({"__init__", "__new__"})


def given_by_callers(resolver: Resolver, function: ProjectFunction, name: str) -> Values:
    """The candidates for parameter ``name``, if every call of the function shows them.

    Returns:
        Nothing where the function is not called; an unknown where a call does not show it.
    """
    return resolver.guarded(
        function.path,
        ("given", function.path, function.qualname, name),
        lambda: _given(resolver, function, name),
    )


def _given(resolver: Resolver, function: ProjectFunction, name: str) -> Values:
    facts = resolver.function_facts(function)
    position = next(
        number for number, parameter in enumerate(facts.parameters) if parameter.name == name
    )
    found: list[Values] = []
    for module, call, is_bound in _calls(resolver, function, facts):
        node = resolver.summary(module).nodes[call]
        path = Arguments.of(module, node).find(name, position - is_bound)
        values = (NONE,) if path is None else resolver.evaluate(module, path)
        if path is None and _may_spread(resolver.summary(module), call):
            values = (Unknown("arguments are spread"),)
        if not all(is_known(value) or value in (NONE, DEFINED_BY_ITSELF) for value in values):
            return (Unknown(f"what the callers hand over for `{name}` is not all known"),)
        found.append(values)
    return merge(*found) if found else ()


def _may_spread(summary: ModuleSummary, call: int) -> bool:
    node = summary.nodes[call]
    return "**" in node.keywords or any(
        summary.nodes[operand].op == PathOp.STAR for operand in node.operands
    )


def _calls(
    resolver: Resolver, function: ProjectFunction, facts: FunctionFacts
) -> Iterator[tuple[str, int, bool]]:
    """The calls of a function: file, path, and whether the receiver is handed over silently."""
    owner, _, own = function.qualname.rpartition(".")
    is_constructor = own in _CONSTRUCTORS and bool(facts.owner)
    name = (owner.rpartition(".")[2] if is_constructor else own).partition("#")[0]
    if not name.isidentifier():
        return
    for module in _files(resolver, function.path, f"{name}("):
        for call in _calls_of(resolver, module).get(name, ()):
            callee = resolver.summary(module).nodes[call].operands[0]
            for value in resolver.evaluate(module, callee):
                if is_constructor and _is_class(value, function.path, owner):
                    yield module, call, True
                elif _is_function(value, function):
                    has_receiver = isinstance(value, ProjectFunction) and bool(value.receiver)
                    is_method = bool(facts.owner) and not is_static(resolver, function)
                    yield module, call, is_method and has_receiver


def _files(resolver: Resolver, own: str, text: str) -> list[str]:
    """The file of the function and those that call something of its name; tests call fakes."""
    found = resolver.project.mentioning(text.encode(), _MOST_FILES)
    others = [path for path in found if path != own]
    if not _is_test(own):
        others = [path for path in others if not _is_test(path)]
    return [own, *others]


def _is_test(path: str) -> bool:
    parts = PurePath(path).parts
    return parts[-1].startswith(("test_", "conftest")) or not {"test", "tests"}.isdisjoint(parts)


def _calls_of(resolver: Resolver, module: str) -> dict[str, list[int]]:
    """The calls in a file, by the bare name of what is called."""
    known = resolver.calls_by_name.get(module)
    if known is None:
        known = resolver.calls_by_name[module] = {}
        summary = resolver.summary(module)
        for index, node in enumerate(summary.nodes):
            if node.op == PathOp.CALL:
                known.setdefault(_bare_name(summary, node.operands[0]), []).append(index)
    return known


def _bare_name(summary: ModuleSummary, callee: int) -> str:
    node = summary.nodes[callee]
    if node.op in _NAMED:
        return node.name.rpartition(".")[2]
    if node.op in (PathOp.FUNCTION, PathOp.CLASS):
        return node.name.rpartition(".")[2].partition("#")[0]
    return ""


def _is_class(value: Value, path: str, qualname: str) -> bool:
    return isinstance(value, ProjectClass) and (value.path, value.qualname) == (path, qualname)


def _is_function(value: Value, function: ProjectFunction) -> bool:
    return isinstance(value, ProjectFunction) and (
        (value.path, value.qualname) == (function.path, function.qualname)
    )
