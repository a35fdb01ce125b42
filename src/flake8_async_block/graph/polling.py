"""Loops that look at the program's own state again and again, sleeping next to nothing between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.values import (
    External,
    ExternalMethod,
    Instance,
    Literal,
    ProjectClass,
    ProjectModule,
    literal_value,
)
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import Loop

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver
    from flake8_async_block.graph.values import Value

SHORTEST_PAUSE: Final = 0.05
"""Seconds between two looks up to which a loop counts as a busy one."""
_SLEEPS: Final = frozenset(
    {
        "asyncio.sleep",
        "asyncio.tasks.sleep",
        "anyio.sleep",
        "trio.sleep",
        "trio.lowlevel.checkpoint",
    }
    | {"anyio.lowlevel.checkpoint", "curio.sleep"}
)
_STATEFUL: Final = ("asyncio.", "anyio.", "trio.")
_LOCALS: Final = frozenset({PathOp.CONSTANT, PathOp.LIST, PathOp.DICT, PathOp.TUPLE})


def is_busy_wait(resolver: Resolver, module: str, loop: Loop) -> bool:
    """Whether ``loop`` polls variables or objects of the program with (almost) no pause."""
    if loop.pause == NO_PATH or not loop.states:
        return False
    return _is_short(resolver, module, loop.pause) and all(
        _is_own_state(resolver, module, state) for state in loop.states
    )


def _is_short(resolver: Resolver, module: str, call: int) -> bool:
    node = resolver.summary(module).nodes[call]
    callees = resolver.evaluate(module, node.operands[0])
    if not callees or not all(
        isinstance(value, External) and value.name in _SLEEPS for value in callees
    ):
        return False
    arguments = Arguments.of(module, node)
    given = [*arguments.positional, *[path for _, path in arguments.keywords]]
    for path in given:
        for value in resolver.evaluate(module, path):
            seconds = literal_value(value.text) if isinstance(value, Literal) else None
            if not isinstance(seconds, (int, float)) or seconds > SHORTEST_PAUSE:
                return False
    return True


def _is_own_state(resolver: Resolver, module: str, path: int) -> bool:
    nodes = resolver.summary(module).nodes
    node = nodes[path]
    if node.op in _LOCALS:
        return True
    if node.op == PathOp.UNION:
        return all(_is_own_state(resolver, module, operand) for operand in node.operands)
    if node.op == PathOp.GLOBAL:
        return node.name in resolver.summary(module).names
    if node.op == PathOp.ATTRIBUTE:
        owners = resolver.evaluate(module, node.operands[0])
        return bool(owners) and all(_keeps(resolver, owner, node.name) for owner in owners)
    if node.op == PathOp.CALL:
        methods = resolver.evaluate(module, node.operands[0])
        return bool(methods) and all(
            isinstance(method, ExternalMethod) and method.type_name.startswith(_STATEFUL)
            for method in methods
        )
    return False


def _keeps(resolver: Resolver, owner: Value, name: str) -> bool:
    """Whether ``name`` is a plain attribute of ``owner``, and no property."""
    if isinstance(owner, ProjectModule):
        return name in resolver.summary(owner.path).names
    cls = owner.of if isinstance(owner, Instance) else owner
    if not isinstance(cls, ProjectClass):
        return False
    for base in lineage(resolver, cls._replace(arguments=())):
        if isinstance(base, External):
            continue
        facts = resolver.class_facts(base)
        if name in facts.methods:
            return False
        if name in facts.attributes or name in facts.annotations:
            return True
    return False
