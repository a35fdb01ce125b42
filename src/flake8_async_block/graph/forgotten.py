"""Coroutines that are made and dropped at once: nothing of them ever runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.offloads import is_coroutine_call
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import (
    Block,
    FunctionFacts,
    ModuleSummary,
    Site,
    SiteKind,
    Use,
)

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver
    from flake8_async_block.graph.suspension import Suspension

_OF_THE_FILE: Final = (PathOp.FUNCTION, PathOp.GLOBAL)
_EXPECTING: Final = re.compile(r"(?i)raises|warns|warnings")
"""Managers in the tests of all frameworks that wait for what an unusual call brings about."""


def forgotten_awaits(
    resolver: Resolver, suspension: Suspension, module: str, facts: FunctionFacts
) -> Iterator[Site]:
    """The calls of async functions in a function that are dropped without ``await``.

    In plain functions only those of the same file, and of outside functions, which their names
    betray, are looked for: most plain functions are never asked about anything else.
    """
    summary = resolver.summary(module)
    nodes = summary.nodes
    words = resolver.frameworks.coroutine_words
    for site in facts.sites:
        if site.kind != SiteKind.CALL or site.use != Use.DROPPED or site.awaited:
            continue
        callee = nodes[site.path].operands[0]
        if (
            not facts.is_async
            and nodes[callee].op not in _OF_THE_FILE
            and nodes[callee].name.rpartition(".")[2] not in words
        ):
            continue
        if (
            is_coroutine_call(resolver, module, site.path)
            and not any(
                isinstance(value, ProjectFunction) and suspension.is_overridden(value)
                for value in resolver.evaluate(module, callee)
            )
            and not any(_is_expected(summary, block, site) for block in facts.blocks)
        ):
            yield site


def _is_expected(summary: ModuleSummary, block: Block, site: Site) -> bool:
    """Whether a ``with`` statement around a call is there to see what comes of the mistake."""
    if not (block.span[2:] <= site.span[:2] and site.span[2:] <= block.extent[2:]):
        return False
    manager = summary.nodes[block.path]
    if manager.op == PathOp.CALL:
        manager = summary.nodes[manager.operands[0]]
    return _EXPECTING.search(manager.name.rpartition(".")[2]) is not None
