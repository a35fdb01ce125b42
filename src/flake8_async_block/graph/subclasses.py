"""Which classes of the project stand below another, and what they make of its methods.

A value that is annotated with a base class may be an instance of any class below it, so a call of
a method means all of its implementations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import EMPTY_BASES, base_values, lineage
from flake8_async_block.graph.origins import origin_of
from flake8_async_block.graph.values import (
    External,
    Instance,
    ProjectClass,
    ProjectFunction,
    Value,
    Values,
    only_known,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import ModuleSummary, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_MOST_FILES: Final = 80
"""A class that is named in more files than this has too many below it to judge them all."""
_PROTOCOLS: Final = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_NAMING: Final = frozenset({PathOp.GLOBAL, PathOp.NAME, PathOp.ATTRIBUTE, PathOp.CLASS})


def implementations(
    resolver: Resolver, module: str, site: Site, function: ProjectFunction
) -> tuple[ProjectFunction, ...]:
    """The methods that a call of ``function`` may run where only a base of the receiver is known.

    Args:
        module: the file of the call.
        site: the call.
        function: the method that the receiver's known class has, bound to it.

    Returns:
        The method itself, unless it is abstract, and those that override it; nothing where the
        receiver is known to be of just that class, or where there is nothing below it.
    """
    summary = resolver.summary(module)
    node = summary.nodes[site.path]
    if site.kind != SiteKind.CALL or summary.nodes[node.operands[0]].op != PathOp.ATTRIBUTE:
        return ()
    if len(function.receiver) != 1 or not isinstance(function.receiver[0], Instance):
        return ()
    is_abstract = resolver.function_facts(function).is_abstract
    receiver = summary.nodes[node.operands[0]].operands[0]
    if not is_abstract and _is_exact(resolver, module, receiver):
        return ()
    cls = function.receiver[0].of._replace(arguments=())
    name = function.qualname.rpartition(".")[2].partition("#")[0]
    found = overrides(resolver, cls, name)
    if not found:
        return ()
    return found if is_abstract else (function, *found)


def _is_exact(resolver: Resolver, module: str, receiver: int) -> bool:
    """Whether an object is made by a call that can be seen, or is the one whose method runs."""
    summary = resolver.summary(module)
    node = summary.nodes[receiver]
    if node.op == PathOp.SUPER or (node.op == PathOp.PARAMETER and _is_self(summary, node.name)):
        return True
    origin = origin_of(resolver, module, receiver)
    return (
        origin is not None
        and resolver.summary(origin.module).nodes[origin.node].op == PathOp.CALL
        and any(
            isinstance(value, ProjectClass)
            for value in resolver.evaluate(
                origin.module, resolver.summary(origin.module).nodes[origin.node].operands[0]
            )
        )
    )


def _is_self(summary: ModuleSummary, slot: str) -> bool:
    qualname, _, name = slot.rpartition(":")
    facts = summary.functions[qualname]
    return bool(facts.owner) and facts.parameters[0].name == name


def methods_below(resolver: Resolver, module: str, callee: int) -> Values:
    """What a mixin calls on its own object without having it: what the classes below it make of it.

    Args:
        module: the file of the call.
        callee: the path of what is called, of which nothing is known otherwise.

    Returns:
        What every class below has by that name, as far as it is known; nothing where a base
        outside the project may have it.
    """
    summary = resolver.summary(module)
    node = summary.nodes[callee]
    if node.op != PathOp.ATTRIBUTE:
        return ()
    receiver = summary.nodes[node.operands[0]]
    if receiver.op != PathOp.PARAMETER or not _is_self(summary, receiver.name):
        return ()
    found: dict[Value, None] = {}
    for value in resolver.evaluate(module, node.operands[0]):
        if not isinstance(value, Instance) or _has_other_bases(resolver, value.of):
            return ()
        for below in subclasses(resolver, value.of._replace(arguments=())):
            found.update(dict.fromkeys(only_known(resolver.attribute(Instance(below), node.name))))
    return tuple(found)


def _has_other_bases(resolver: Resolver, cls: ProjectClass) -> bool:
    """Whether an attribute that no class of the project gives ``cls`` may be there all the same."""
    return any(
        any(not isinstance(base, (ProjectClass, External)) for base in base_values(resolver, each))
        if isinstance(each, ProjectClass)
        else each.name not in EMPTY_BASES
        for each in lineage(resolver, cls._replace(arguments=()))
    )


def overrides(resolver: Resolver, cls: ProjectClass, method: str) -> tuple[ProjectFunction, ...]:
    """The methods of that name in classes below ``cls``, without abstract ones."""
    key = (cls, method)
    notes = resolver.project.uses
    notes.note(cls.path)
    known = resolver.overrides.get(key)
    if known is None:
        known = resolver.overrides[key] = notes.on_behalf_of(
            cls.path, lambda: _find_overrides(resolver, cls, method)
        )
    return known


def _find_overrides(
    resolver: Resolver, cls: ProjectClass, method: str
) -> tuple[ProjectFunction, ...]:
    found = []
    for below in subclasses(resolver, cls):
        resolver.project.uses.note(below.path)
        for qualname in resolver.class_facts(below).methods.get(method, ())[-1:]:
            function = ProjectFunction(below.path, qualname, (Instance(below),))
            if not resolver.function_facts(function).is_abstract:
                found.append(function)
    return tuple(found)


def subclasses(resolver: Resolver, cls: ProjectClass) -> tuple[ProjectClass, ...]:
    """The classes of the project that inherit from ``cls``, directly or not."""
    found: dict[ProjectClass, None] = {}
    pending = [cls]
    while pending:
        for below in _direct_subclasses(resolver, pending.pop()):
            if below not in found and below != cls:
                found[below] = None
                pending.append(below)
    return tuple(found)


def _direct_subclasses(resolver: Resolver, cls: ProjectClass) -> tuple[ProjectClass, ...]:
    notes = resolver.project.uses
    notes.note(cls.path)
    known = resolver.subclasses.get(cls)
    if known is None:
        known = resolver.subclasses[cls] = notes.on_behalf_of(
            cls.path, lambda: _find_subclasses(resolver, cls)
        )
    return known


def _find_subclasses(resolver: Resolver, cls: ProjectClass) -> tuple[ProjectClass, ...]:
    if any(isinstance(b, External) and b.name in _PROTOCOLS for b in lineage(resolver, cls)):
        # Whatever has its methods counts as one, without saying so.
        return ()
    name = cls.qualname.rpartition(".")[2].partition("#")[0]
    files = dict.fromkeys((cls.path, *resolver.project.mentioning(name.encode(), _MOST_FILES)))
    return tuple(
        below
        for module in files
        for qualname in _by_base(resolver, module).get(name, ())
        if cls in base_values(resolver, below := ProjectClass(module, qualname))
    )


def _by_base(resolver: Resolver, module: str) -> dict[str, tuple[str, ...]]:
    """The classes of a file, by the last words of the names of their bases."""
    known = resolver.named_bases.get(module)
    if known is None:
        found: dict[str, dict[str, None]] = {}
        summary = resolver.summary(module)
        for qualname, facts in summary.classes.items():
            for base in facts.bases:
                found.setdefault(_name_of(summary, base), {})[qualname] = None
        known = {name: tuple(classes) for name, classes in found.items()}
        resolver.named_bases[module] = known
    return known


def _name_of(summary: ModuleSummary, base: int) -> str:
    node = summary.nodes[base]
    if node.op == PathOp.ITEM:
        node = summary.nodes[node.operands[0]]
    return node.name.rpartition(".")[2].partition("#")[0] if node.op in _NAMING else ""
