"""Conditions that cannot change while a loop runs.

A loop without an ``await`` lets no other task run. So what only other coroutines set stays as it
is for as long as the loop goes on; what a plain function sets may be set by a thread, by a signal
handler or by what the loop itself calls.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from flake8_async_block.extract.truth import OPEN, value_of
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    Instance,
    Literal,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Value,
    Values,
    literal_value,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import MODULE_BODY, FunctionFacts, Loop

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_IMMUTABLE: Final = frozenset(
    f"builtins.{name}" for name in ("int", "float", "bool", "str", "bytes", "complex")
)
_MAKING: Final = frozenset({"__init__", "__new__", "__post_init__"})
_HARMLESS_BASES: Final = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"}
)
_UNSEEN_WRITES: Final = (b"setattr", b"__dict__", b"vars(", b"globals(")
_MOST_FILES: Final = 60
"""A name that more files hold than this is too common to look for everything that sets it."""


def keeps_going(resolver: Resolver, function: ProjectFunction, loop: Loop) -> bool:
    """Whether the condition of ``loop`` in ``function`` stays true, once it is."""
    test = ast.parse(loop.header.removeprefix("while "), mode="eval").body
    known: dict[str, object] = {}
    for text, path in loop.decided_by:
        values = resolver.evaluate(function.path, path)
        if not values or not all(map(_is_immutable, values)):
            return False
        if not _is_left_alone(resolver, function, path):
            return False
        if len(values) == 1 and isinstance(values[0], Literal):
            known[text] = literal_value(values[0].text)
    value = value_of(test, known)
    return value is OPEN or bool(value)


def _is_immutable(value: Value) -> bool:
    if isinstance(value, Literal):
        return True
    return isinstance(value, ExternalInstance) and value.type_name in _IMMUTABLE


def _is_left_alone(resolver: Resolver, function: ProjectFunction, path: int) -> bool:
    """Whether nothing else sets the variable or the attribute at ``path`` meanwhile."""
    node = resolver.summary(function.path).nodes[path]
    if node.op == PathOp.GLOBAL:
        return not _is_set(resolver, function, node.name)
    if node.op == PathOp.NAME:
        # A variable of another module, of which this one holds the value it had.
        return True
    if node.op != PathOp.ATTRIBUTE:
        return True
    owners = resolver.evaluate(function.path, node.operands[0])
    return _are_plain(resolver, owners, node.name) and not _is_set(
        resolver, function, node.name, owners=owners
    )


def _are_plain(resolver: Resolver, owners: Values, name: str) -> bool:
    """Whether ``name`` is an ordinary attribute of what it is read from."""
    for owner in owners:
        if isinstance(owner, ProjectModule):
            continue
        cls = owner.of if isinstance(owner, Instance) else owner
        if not isinstance(cls, ProjectClass):
            return False
        for base in lineage(resolver, cls._replace(arguments=())):
            if isinstance(base, External):
                if base.name not in _HARMLESS_BASES:
                    return False
            elif name in resolver.class_facts(base).methods:
                return False
    return bool(owners)


def _is_set(resolver: Resolver, loop_in: ProjectFunction, name: str, owners: Values = ()) -> bool:
    """Whether code that may run beside the loop, or in it, sets something called ``name``.

    Args:
        loop_in: the function of the loop.
        name: the variable or attribute.
        owners: what has the attribute; nothing for a variable of the module.
    """
    on_loop = resolver.function_facts(loop_in).is_async
    files = tuple(resolver.project.mentioning(name.encode(), _MOST_FILES))
    if loop_in.path not in files:
        return True
    dynamic = {file for word in _UNSEEN_WRITES for file in resolver.project.holding(word)}
    for file in files:
        if file in dynamic:
            return True
        for facts in resolver.summary(file).functions.values():
            if facts.qualname == MODULE_BODY:
                continue
            bare = facts.qualname.rpartition(".")[2].partition("#")[0]
            if bare in _MAKING and facts.owner:
                continue
            if on_loop and facts.is_async and facts.qualname != loop_in.qualname:
                # It has no turn while the loop runs.
                continue
            if any(
                _sets(resolver, file, facts, write, name, owners) for write in facts.writes
            ) and (owners or file == loop_in.path):
                return True
    return False


def _sets(
    resolver: Resolver, file: str, facts: FunctionFacts, write: str, name: str, owners: Values
) -> bool:
    """Whether an assignment's target, as written, may be the variable, or the attribute."""
    root, _, attribute = write.rpartition(".")
    if not owners:
        return write == name
    if attribute != name:
        return False
    if not facts.owner or not facts.parameters or root != facts.parameters[0].name:
        return True
    # A method sets it of its own object, which may be one of another kind.
    setting = ProjectClass(file, facts.owner)
    for owner in owners:
        cls = owner.of if isinstance(owner, Instance) else owner
        if not isinstance(cls, ProjectClass):
            continue
        cls = cls._replace(arguments=())
        if cls in lineage(resolver, setting) or setting in lineage(resolver, cls):
            return True
    return False
