"""Functions whose results are remembered: how seldom a call of one really runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flake8_async_block.graph.decorators import is_memoised
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.summary import Guard, GuardName, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def how_seldom(resolver: Resolver, module: str, site: Site, called: ProjectFunction) -> GuardName:
    """How seldom ``called`` runs when a site of ``module`` calls it, as one of :class:`Guard`."""
    if not is_memoised(resolver, called):
        return Guard.NONE
    nodes = resolver.summary(module).nodes
    keys = nodes[site.path].operands[1:] if site.kind == SiteKind.CALL else ()
    return Guard.CACHE_MISS if any(_varies(nodes, key) for key in keys) else Guard.ONCE


def _varies(nodes: Sequence[PathNode], path: int) -> bool:
    """Whether a value may be another one in every call."""
    node = nodes[path]
    if node.op in (PathOp.PARAMETER, PathOp.UNKNOWN, PathOp.ITERATE, PathOp.INSTANCE):
        return True
    return any(_varies(nodes, operand) for operand in node.operands)
