"""Which blocking calls are mistakes of their own kind, about threads that wait for each other.

The catalogue files them under waits and nested loops; directly in a coroutine they mean more than
that. Behind a helper they keep their code: there the helper may be right, and its caller wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import External
from flake8_async_block.graph.witnesses import Witness
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.rule import Rule
from flake8_async_block.model.summary import FunctionFacts, Site, SiteKind
from flake8_async_block.rules.back_to_loop import BACK_TO_OWN_LOOP
from flake8_async_block.rules.pool_waits import WAIT_FOR_POOL

_BACK_TO_LOOP: Final = ("anyio.from_thread.run", "trio.from_thread.run", "asgiref.", "asyncer.")
_POOL: Final = "concurrent.futures."
_THREADSAFE: Final = frozenset(
    {"asyncio.run_coroutine_threadsafe", "asyncio.tasks.run_coroutine_threadsafe"}
)
_COMPLETED: Final = frozenset(
    {"concurrent.futures.as_completed", "concurrent.futures._base.as_completed"}
)
_WRAPPING: Final = frozenset({"asyncio.wrap_future", "asyncio.futures.wrap_future"})


class Crossing(NamedTuple):
    """``does`` says in a message what the call does."""

    rule: Rule
    does: str
    remedy: str


def crossing_of(resolver: Resolver, witness: Witness) -> Crossing | None:
    """The rule for a direct blocking call that is such a mistake, or None."""
    if witness.next is not None:
        return None
    name = witness.api.name
    if name.startswith(_BACK_TO_LOOP):
        return Crossing(
            BACK_TO_OWN_LOOP,
            "waits for the event loop",
            "await the function itself: this is the event loop's thread",
        )
    if not name.startswith(_POOL):
        return None
    if _is_own_promise(resolver, witness):
        return Crossing(
            BACK_TO_OWN_LOOP,
            "waits for the event loop",
            "await the coroutine itself, or `asyncio.wrap_future(future)`",
        )
    return Crossing(WAIT_FOR_POOL, "waits for a pool", "")


def is_done_before(resolver: Resolver, facts: FunctionFacts, witness: Witness) -> bool:
    """Whether it is known that a future is done before its result is taken.

    The function awaits what ``asyncio.wrap_future`` makes of it, or the future is one that
    ``as_completed`` has waited for. (That it asks if it is ``done()`` the catalogue knows.)
    """
    module = witness.function.path
    nodes = resolver.summary(module).nodes
    future = _receiver(nodes, witness.site)
    if future is None or not witness.api.name.startswith(_POOL):
        return False
    if nodes[future].op == PathOp.ITERATE and _is_call_of(
        resolver, module, nodes[future].operands[0], _COMPLETED
    ):
        return True
    for site in facts.sites:
        if site.kind != SiteKind.CALL or not site.span[:2] < witness.site.span[:2]:
            continue
        if (
            site.awaited
            and future in nodes[site.path].operands[1:2]
            and _is_call_of(resolver, module, site.path, _WRAPPING)
        ):
            return True
    return False


def _is_call_of(resolver: Resolver, module: str, path: int, names: frozenset[str]) -> bool:
    """Whether the value at ``path`` comes from a call of one of some outside functions."""
    node = resolver.summary(module).nodes[path]
    if node.op != PathOp.CALL:
        return False
    callees = resolver.evaluate(module, node.operands[0])
    return bool(callees) and all(
        isinstance(value, External) and value.name in names for value in callees
    )


def _receiver(nodes: Sequence[PathNode], site: Site) -> int | None:
    """The path of the object whose method a site calls."""
    node = nodes[site.path]
    if site.kind != SiteKind.CALL or node.op != PathOp.CALL:
        return None
    callee = nodes[node.operands[0]]
    return callee.operands[0] if callee.op == PathOp.ATTRIBUTE else None


def _is_own_promise(resolver: Resolver, witness: Witness) -> bool:
    """Whether the future comes from ``run_coroutine_threadsafe``."""
    module = witness.function.path
    nodes = resolver.summary(module).nodes
    receiver = _receiver(nodes, witness.site)
    if receiver is None:
        return False
    return _is_call_of(resolver, module, receiver, _THREADSAFE)
