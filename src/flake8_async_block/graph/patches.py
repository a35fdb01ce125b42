"""Names that a test has replaced: what a mock stands for is not called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.values import External, Literal, ProjectFunction, literal_value
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver
    from flake8_async_block.graph.witnesses import Witness

_PATCHES: Final = {
    f"{module}.patch{method}": position
    for module in ("unittest.mock", "mock", "mock.mock")
    for method, position in (("", 0), (".object", 1))
}
"""What replaces a name for as long as a block or function runs, and which argument names it."""


def is_patched(resolver: Resolver, facts: FunctionFacts, hops: Sequence[Witness]) -> bool:
    """Whether anything that a chain calls is replaced by a mock where the chain begins.

    Args:
        facts: the function in which the chain begins.
        hops: the chain.
    """
    if not facts.decorators and not facts.blocks:
        return False
    names = set(_patched_around(resolver, facts, hops[0]))
    return bool(names) and not names.isdisjoint(_called(resolver, hops))


def _patched_around(resolver: Resolver, facts: FunctionFacts, first: Witness) -> Iterator[str]:
    module, span = first.function.path, first.site.span
    for decorator in facts.decorators:
        yield from _patched_by(resolver, module, decorator)
    for block in facts.blocks:
        if block.extent[:2] <= span[:2] and span[2:] <= block.extent[2:]:
            yield from _patched_by(resolver, module, block.path)
    owner = resolver.summary(module).classes.get(facts.owner)
    for decorator in owner.decorators if owner is not None else ():
        yield from _patched_by(resolver, module, decorator)


def _patched_by(resolver: Resolver, module: str, path: int) -> Iterator[str]:
    """The last part of the name that a decorator or manager replaces."""
    node = resolver.summary(module).nodes[path]
    if node.op != PathOp.CALL:
        return
    for value in resolver.evaluate(module, node.operands[0]):
        position = _PATCHES.get(value.name) if isinstance(value, External) else None
        if position is None:
            continue
        target = Arguments.of(module, node).find("attribute" if position else "target", position)
        for named in resolver.evaluate(module, target) if target is not None else ():
            text = literal_value(named.text) if isinstance(named, Literal) else None
            if isinstance(text, str):
                yield text.rpartition(".")[2]


def _called(resolver: Resolver, hops: Sequence[Witness]) -> Iterator[str]:
    for hop in hops:
        node = resolver.summary(hop.function.path).nodes[hop.site.path]
        callee = node.operands[0] if node.op == PathOp.CALL else hop.site.path
        yield from _names_in(resolver, hop.function, callee)
        yield hop.api.name.rpartition(".")[2]


def _names_in(resolver: Resolver, function: ProjectFunction, path: int) -> Iterator[str]:
    """The names of which an expression such as ``client.session.get`` is made."""
    nodes = resolver.summary(function.path).nodes
    pending = [path]
    while pending:
        node = nodes[pending.pop()]
        if node.op in (PathOp.ATTRIBUTE, PathOp.NAME, PathOp.GLOBAL, PathOp.FUNCTION):
            yield from node.name.split(".")
        if node.op in (PathOp.ATTRIBUTE, PathOp.CALL):
            pending.append(node.operands[0])
