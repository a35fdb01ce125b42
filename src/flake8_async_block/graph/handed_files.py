"""Open files, and plain generators, handed to asynchronous clients that use no thread for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.values import (
    ExternalInstance,
    ExternalMethod,
    Generator,
    Mapping,
    Sequence,
    Value,
)
from flake8_async_block.model.summary import FunctionFacts, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.catalogue.callable_schema import BodyEntry
    from flake8_async_block.graph.resolve import Resolver

_FILES: Final = frozenset({"io.TextIOWrapper", "io.BufferedReader", "io.BufferedRandom"})


class HandedFile(NamedTuple):
    """A call that is handed one; ``refused`` is the parameter that takes none, or empty."""

    site: Site
    refused: str


def handed_files(resolver: Resolver, module: str, facts: FunctionFacts) -> Iterator[HandedFile]:
    """The calls in a function that hand an open file or a plain generator to such a client."""
    nodes = resolver.summary(module).nodes
    words = resolver.frameworks.body_words
    for site in facts.sites:
        if site.kind != SiteKind.CALL:
            continue
        node = nodes[site.path]
        if nodes[node.operands[0]].name not in words:
            continue
        for value in resolver.evaluate(module, node.operands[0]):
            if not isinstance(value, ExternalMethod):
                continue
            entry = resolver.frameworks.body(f"{value.type_name}.{value.method}")
            found = None if entry is None else _found(resolver, Arguments.of(module, node), entry)
            if found is not None:
                yield HandedFile(site, found)
                break


def _found(resolver: Resolver, arguments: Arguments, entry: BodyEntry) -> str | None:
    for name, path in arguments.keywords:
        values = resolver.evaluate(arguments.module, path)
        if name in entry.reads and any(map(_holds_file, values)):
            return ""
        if name in entry.refuses and values and all(map(_gives_pieces, values)):
            return name
    return None


def _is_file(value: Value) -> bool:
    return isinstance(value, ExternalInstance) and value.type_name in _FILES


def _gives_pieces(value: Value) -> bool:
    """Whether only a plain ``for`` gets at what a value holds."""
    return _is_file(value) or isinstance(value, Generator)


def _holds_file(value: Value) -> bool:
    if isinstance(value, (Mapping, Sequence)):
        return any(_holds_file(inner) for element in value.elements for inner in element)
    return _is_file(value)
