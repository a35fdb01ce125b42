"""The special methods that the project's classes define, and which one an operator calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import attribute_of
from flake8_async_block.graph.outcomes import Candidate, Passes, Target, outcome_of_function
from flake8_async_block.graph.values import Instance, ProjectFunction
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_STR: Final = ("__str__", "__repr__")
_TRUTH: Final = ("__bool__", "__len__")
BY_BUILTIN: Final = {
    "builtins.len": ("__len__",),
    "builtins.bool": _TRUTH,
    "builtins.str": _STR,
    "builtins.print": _STR,
    "builtins.repr": ("__repr__",),
    "builtins.format": ("__format__", *_STR),
    "builtins.hash": ("__hash__",),
    "builtins.int": ("__int__", "__index__"),
    "builtins.float": ("__float__", "__index__"),
    "builtins.abs": ("__abs__",),
    "builtins.round": ("__round__",),
    "builtins.reversed": ("__reversed__",),
    "builtins.iter": ("__iter__",),
    "builtins.next": ("__next__",),
}
"""Built-in functions and the special method of their argument that they call: the first it has."""
_OPERATOR_METHODS: Final = frozenset(
    f"__{name}__"
    for name in (
        *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"),
        *("and", "or", "xor"),
    )
)
_WEIGHTY: Final = frozenset({"builtins.open", "builtins.input"})
_INSTEAD: Final = {
    "__bool__": _TRUTH,
    "__ne__": ("__ne__", "__eq__"),
    "__contains__": ("__contains__", "__iter__"),
    "__format__": ("__format__", *_STR),
    "__str__": _STR,
}
"""Special methods that another one stands in for."""


def outcome_of_special(
    resolver: Resolver, value: Instance, names: tuple[str, ...], awaited: bool = False
) -> Candidate:
    """What the first special method of those named does that a class of the project has."""
    for name in names:
        found: list[Target] = []
        for method in attribute_of(resolver, value, name):
            if isinstance(method, ProjectFunction):
                found.extend(outcome_of_function(resolver, method, awaited))
        if found:
            return tuple(found)
    return (Passes(f"{value.of.qualname}.{names[0]}"),)


def is_defined(resolver: Resolver, methods: tuple[str, ...]) -> bool:
    """Whether a class of the project defines one of some special methods, and not as a trifle."""
    return bool(definitions(resolver, methods))


def definitions(resolver: Resolver, methods: tuple[str, ...]) -> tuple[ProjectFunction, ...]:
    """The special methods of those names that classes of the project define, without trifles.

    Operators are everywhere, and hardly any of them runs more than a comparison of two fields: it
    saves much work to know of those that no class of a project gives a meaning of any weight.
    """
    notes, question = resolver.project.uses, f"definitions of {' '.join(methods)}"
    notes.note(question)
    known = resolver.defined.get(methods)
    if known is None:
        known = resolver.defined[methods] = notes.on_behalf_of(
            question, lambda: tuple(_find_definitions(resolver, methods))
        )
    return known


def _find_definitions(resolver: Resolver, methods: tuple[str, ...]) -> Iterator[ProjectFunction]:
    for method in methods:
        for module in resolver.project.mentioning(method.encode()):
            resolver.project.uses.note(module)
            summary = resolver.summary(module)
            for cls in summary.classes.values():
                for qualname in cls.methods.get(method, ()):
                    if _is_serious(summary, summary.functions[qualname]):
                        yield ProjectFunction(module, qualname)


def definitions_of(resolver: Resolver, kind: str) -> tuple[ProjectFunction, ...]:
    """The methods that sites of an operator's kind may run."""
    reflected = (f"__r{kind[2:]}",) if kind in _OPERATOR_METHODS else ()
    return definitions(resolver, (*names_for(kind), *reflected))


def names_for(method: str) -> tuple[str, ...]:
    """The special methods of which an operator calls the first that there is."""
    in_place = f"__{method[3:]}"
    if method.startswith("__i") and in_place in _OPERATOR_METHODS:
        return (method, in_place)
    return _INSTEAD.get(method, (method,))


def _is_serious(summary: ModuleSummary, facts: FunctionFacts) -> bool:
    """Whether a function does more than to compare and to convert."""
    nodes = summary.nodes
    for site in facts.sites:
        if site.kind == SiteKind.ENTER:
            return True
        if site.kind == SiteKind.CALL:
            callee = nodes[nodes[site.path].operands[0]]
            if not callee.name.startswith("builtins.") or callee.name in _WEIGHTY:
                return True
    return False
