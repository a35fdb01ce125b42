"""Open files handed to asynchronous clients that read them without a thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.values import (
    ExternalInstance,
    ExternalMethod,
    Mapping,
    Sequence,
    Value,
)
from flake8_async_block.model.summary import FunctionFacts, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_READERS: Final = {
    f"httpx.AsyncClient.{method}": "files"
    for method in ("post", "put", "patch", "request", "stream")
}
"""Methods that read the files in an argument on the event loop, and that argument.

``httpx`` iterates over the chunks of a multipart body with a plain ``for``.
"""
_FILES: Final = frozenset({"io.TextIOWrapper", "io.BufferedReader", "io.BufferedRandom"})


def handed_files(resolver: Resolver, module: str, facts: FunctionFacts) -> Iterator[Site]:
    """The calls in a function that hand an open file to such a client."""
    nodes = resolver.summary(module).nodes
    for site in facts.sites:
        if site.kind != SiteKind.CALL:
            continue
        node = nodes[site.path]
        for value in resolver.evaluate(module, node.operands[0]):
            if not isinstance(value, ExternalMethod):
                continue
            parameter = _READERS.get(f"{value.type_name}.{value.method}")
            if parameter is None:
                continue
            path = Arguments.of(module, node).find(parameter, None)
            if path is not None and any(map(_holds_file, resolver.evaluate(module, path))):
                yield site
                break


def _holds_file(value: Value) -> bool:
    if isinstance(value, ExternalInstance):
        return value.type_name in _FILES
    if isinstance(value, (Mapping, Sequence)):
        return any(_holds_file(inner) for element in value.elements for inner in element)
    return False
