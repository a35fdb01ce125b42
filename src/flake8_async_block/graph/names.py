"""Names → values: imports of every style, module globals, re-exports, ``*``."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from flake8_async_block.graph.shared import stored_in_module
from flake8_async_block.graph.values import (
    DEFINED_BY_ITSELF,
    NONE,
    External,
    ExternalInstance,
    Namespace,
    ProjectModule,
    Unknown,
    Values,
    literal_value,
)
from flake8_async_block.model.path import PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def outside(resolver: Resolver, name: str) -> Values:
    """What the dotted ``name`` of something outside the project stands for."""
    name = resolver.catalogue.canonical(name)
    entry = resolver.catalogue.class_entry(name)
    if entry is not None and entry.singleton:
        return (ExternalInstance(name),)
    return (External(name),)


def resolve_name(resolver: Resolver, module: str, name: str) -> Values:
    """What the dotted ``name`` means in ``module``; relative names keep their leading dots."""
    if name.startswith("builtins."):
        return (External(name),)
    stem, _, last = name.rpartition(".")
    if stem.strip("."):
        # ``from a.b import c`` means the module ``a.b``, whatever else ``a`` calls ``b``.
        source = _resolve_module(resolver, module, stem)
        if source is not None:
            return _walk(resolver, source, [last])
    if name.startswith("."):
        return _resolve_relative(resolver, module, name)
    parts = name.split(".")
    start = _resolve_module(resolver, module, parts[0])
    if start is None:
        return outside(resolver, name)
    return _walk(resolver, start, parts[1:])


def _resolve_relative(resolver: Resolver, module: str, name: str) -> Values:
    stem = name.lstrip(".")
    dots = name[: len(name) - len(stem)]
    start = _resolve_module(resolver, module, dots)
    if start is None:
        return (Unknown(f"`{dots}` leads out of the project"),)
    return _walk(resolver, start, stem.split(".") if stem else [])


def _resolve_module(resolver: Resolver, module: str, name: str) -> Values | None:
    found = resolver.project.find(name, module)
    if found is not None:
        if resolver.project.summary(found) is None:
            return (Unknown(f"`{name}` cannot be parsed"),)
        return (ProjectModule(found),)
    if resolver.project.is_namespace(name, module):
        return (Namespace(name, module),)
    return None


def _walk(resolver: Resolver, start: Values, names: list[str]) -> Values:
    current = start
    for name in names:
        current = resolver.each(current, partial(resolver.attribute, name=name))
    return current


def resolve_global(resolver: Resolver, module: str, name: str) -> Values:
    """What a name that a file binds at its top level, or by ``*``, means in that file."""
    found = member(resolver, module, name)
    if found is not None:
        return found
    if hasattr(builtins, name):
        return (External(f"builtins.{name}"),)
    return _from_any_star(resolver, module, name)


def _from_any_star(resolver: Resolver, module: str, name: str) -> Values:
    for star in _outside_stars(resolver, module):
        return outside(resolver, f"{star}.{name}")
    return (Unknown(f"`{name}` is not defined in its module"),)


def _outside_stars(resolver: Resolver, module: str) -> Iterator[str]:
    """The modules outside the project whose names are all imported, the last one first."""
    for star in reversed(resolver.summary(module).stars):
        if not star.startswith(".") and resolver.project.find(star, module) is None:
            yield star


def member(resolver: Resolver, module: str, name: str) -> Values | None:
    """What ``module`` itself binds ``name`` to, also through ``*``; None if it does not."""
    summary = resolver.summary(module)
    path = summary.names.get(name)
    if path is not None:
        return resolver.evaluate(module, path)
    for star in reversed(summary.stars):
        found = _star_member(resolver, module, star, name)
        if found is not None:
            return found
    for star in _outside_stars(resolver, module):
        full = resolver.catalogue.canonical(f"{star}.{name}")
        if resolver.catalogue.function(full) is not None or resolver.catalogue.is_class(full):
            return outside(resolver, full)
    return None


def _star_member(resolver: Resolver, module: str, star: str, name: str) -> Values | None:
    source = resolver.project.find(star, module)
    if source is None or resolver.project.summary(source) is None:
        return None
    key = ("*", source, name)
    missing = (Unknown("not there"),)

    def look() -> Values:
        listed = _listed(resolver, source)
        if name.startswith("_") if listed is None else name not in listed:
            return missing
        found = member(resolver, source, name)
        return missing if found is None else found

    found = resolver.guarded(source, key, look)
    return None if found in (missing, (DEFINED_BY_ITSELF,)) else found


def _listed(resolver: Resolver, module: str) -> frozenset[str] | None:
    """The names that ``__all__`` lists; None where it is missing or computed."""
    summary = resolver.summary(module)
    node = summary.nodes[summary.names["__all__"]] if "__all__" in summary.names else None
    if node is None or node.op not in (PathOp.LIST, PathOp.TUPLE):
        return None
    elements = [summary.nodes[operand] for operand in node.operands]
    if any(element.op != PathOp.CONSTANT for element in elements):
        return None
    return frozenset(str(literal_value(element.name)) for element in elements)


def module_attribute(resolver: Resolver, module: str, name: str) -> Values:
    """``module.name`` for a module of the project: a member, or a submodule."""
    found = resolver.guarded(
        module, ("member", module, name), lambda: member(resolver, module, name) or ()
    )
    if found == (NONE,):
        return stored_in_module(resolver, module, name) or found
    if found and found != (DEFINED_BY_ITSELF,):
        return found
    # ``from . import name`` in a package binds the name to what the import finds: a submodule.
    submodule = resolver.project.find(f".{name}", module) if _is_package(module) else None
    if submodule is not None:
        if resolver.project.summary(submodule) is None:
            return (Unknown(f"`{name}` cannot be parsed"),)
        return (ProjectModule(submodule),)
    if _is_package(module) and resolver.project.is_namespace(f".{name}", module):
        return (Namespace(f".{name}", module),)
    if found:
        return found
    if "__getattr__" in resolver.summary(module).names:
        return (Unknown(f"`{name}` comes from the module's __getattr__"),)
    return _from_any_star(resolver, module, name)


def namespace_attribute(resolver: Resolver, namespace: Namespace, name: str) -> Values:
    dotted = f"{namespace.name}{'' if namespace.name.endswith('.') else '.'}{name}"
    found = _resolve_module(resolver, namespace.importer, dotted)
    if found is not None:
        return found
    if dotted.startswith("."):
        return (Unknown(f"there is no module `{dotted}`"),)
    # A directory of that name is no reason to think that the package of that name is meant.
    return outside(resolver, dotted)


def _is_package(module: str) -> bool:
    return module.endswith("__init__.py")
