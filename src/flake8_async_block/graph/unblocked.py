"""Objects that were told not to block (``sock.setblocking(False)``), or asked if they would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.conditions import any_holds
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.summary import Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def is_unblocked(
    resolver: Resolver, function: ProjectFunction, site: Site, api: BlockingApi
) -> bool:
    """Whether a call before ``site`` in the same function made its object not block.

    Of several such calls the last one counts.
    """
    if not api.unblocked_by:
        return False
    settings = dict(api.unblocked_by)
    nodes = resolver.summary(function.path).nodes
    wanted = _receiver(nodes, site)
    if wanted is None or nodes[nodes[site.path].operands[0]].name in settings:
        # ``pipe.poll(5)`` waits whatever was asked before.
        return False
    unblocked = False
    for other in resolver.function_facts(function).sites:
        if other == site:
            break
        if other.kind != SiteKind.CALL or _receiver(nodes, other) != wanted:
            continue
        conditions = settings.get(nodes[nodes[other.path].operands[0]].name)
        if conditions is not None:
            arguments = Arguments.of(function.path, nodes[other.path])
            unblocked = not conditions or any_holds(resolver, conditions, arguments)
    return unblocked


def _receiver(nodes: tuple[PathNode, ...], site: Site) -> int | None:
    """The path of the object whose method a site calls."""
    node = nodes[site.path]
    if node.op != PathOp.CALL:
        return None
    callee = nodes[node.operands[0]]
    return callee.operands[0] if callee.op == PathOp.ATTRIBUTE else None
