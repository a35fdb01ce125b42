"""Loops that look at the program's own state again and again, sleeping next to nothing between."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import external_bases, lineage
from flake8_async_block.graph.decorators import is_property
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    ExternalMethod,
    Instance,
    Literal,
    Mapping,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Sequence,
    Value,
    literal_value,
)
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import Loop, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

SHORTEST_PAUSE: Final = 0.05
"""Seconds between two looks up to which a loop counts as a busy one."""
_OF_THREADS: Final = ("queue.", "threading.")
_QUESTIONS: Final = frozenset(
    {"is_set", "done", "cancelled", "empty", "full", "locked", "qsize", "get_nowait", "is_closing"}
    | {"statistics", "receive_nowait", "put_nowait", "send_nowait"}
)
"""Methods of the event loop's own objects that tell how things stand."""
_CONTAINERS: Final = frozenset(
    {f"builtins.{name}" for name in ("list", "dict", "set", "tuple", "frozenset")}
    | {"collections.deque", "collections.defaultdict", "collections.OrderedDict"}
    | {"collections.Counter"}
)
_SCALARS: Final = frozenset(f"builtins.{name}" for name in ("int", "float", "bool", "str", "bytes"))
_PURE: Final = frozenset(
    f"builtins.{name}"
    for name in ("len", "all", "any", "bool", "sum", "max", "min", "isinstance", "getattr", "int")
)
_CLOCKS: Final = frozenset({"time.time", "time.monotonic", "time.perf_counter"})
_CLOCK_METHODS: Final = ("asyncio.AbstractEventLoop.time", "asyncio.BaseEventLoop.time")
_LOCALS: Final = frozenset({PathOp.CONSTANT, PathOp.LIST, PathOp.DICT, PathOp.TUPLE})
_DEEPEST: Final = 3


class _State(Enum):
    """What a loop looks at."""

    OWN = "own"
    """Something that other code of the program changes, and could tell of."""
    STILL = "still"
    """A constant, a limit or a clock."""
    THREADS = "threads"
    """Something through which a thread speaks to others."""
    FOREIGN = "foreign"


def is_busy_wait(resolver: Resolver, module: str, loop: Loop) -> bool:
    """Whether ``loop`` polls variables or objects of the program with (almost) no pause."""
    if loop.pause == NO_PATH or not _is_short(resolver, module, loop.pause):
        return False
    states = {_state_of(resolver, module, state) for state in loop.states}
    if _State.THREADS in states and not _is_short(resolver, module, loop.pause, 0):
        # Looking now and then is a way of waiting for a thread.
        return False
    return bool(states & {_State.OWN, _State.THREADS}) and _State.FOREIGN not in states


def _is_short(resolver: Resolver, module: str, call: int, longest: float = SHORTEST_PAUSE) -> bool:
    """Whether a call is a pause of at most ``longest`` seconds."""
    node = resolver.summary(module).nodes[call]
    callees = resolver.evaluate(module, node.operands[0])
    if not callees or not all(
        isinstance(value, External)
        and (entry := resolver.frameworks.coroutine(value.name)) is not None
        and entry.pause
        for value in callees
    ):
        return False
    arguments = Arguments.of(module, node)
    given = [*arguments.positional, *[path for _, path in arguments.keywords]]
    return all(_is_short_time(resolver, module, path, longest) for path in given)


def _is_short_time(resolver: Resolver, module: str, path: int, longest: float) -> bool:
    node = resolver.summary(module).nodes[path]
    if node.op == PathOp.BINARY and node.name in ("__truediv__", "__mul__"):
        left, right = (_seconds(resolver, module, operand) for operand in node.operands)
        if left is None or right is None or not right:
            return False
        return (left / right if node.name == "__truediv__" else left * right) <= longest
    seconds = _seconds(resolver, module, path)
    return seconds is not None and seconds <= longest


def _seconds(resolver: Resolver, module: str, path: int) -> float | None:
    """The longest time that a value may be, or None if nobody knows."""
    longest = 0.0
    values = resolver.evaluate(module, path)
    for value in values:
        seconds = literal_value(value.text) if isinstance(value, Literal) else None
        if not isinstance(seconds, (int, float)):
            return None
        longest = max(longest, seconds)
    return longest if values else None


def _state_of(resolver: Resolver, module: str, path: int, depth: int = 0) -> _State:
    nodes = resolver.summary(module).nodes
    node = nodes[path]
    if node.op in _LOCALS:
        return _State.OWN
    if node.op in (PathOp.UNION, PathOp.TYPED, PathOp.NARROWED):
        operands = node.operands if node.op == PathOp.UNION else node.operands[-1:]
        if node.op == PathOp.NARROWED:
            operands = node.operands[:1]
        return _together({_state_of(resolver, module, operand, depth) for operand in operands})
    if node.op == PathOp.GLOBAL:
        is_own = node.name in resolver.summary(module).names
        return _State.OWN if is_own else _State.FOREIGN
    if node.op == PathOp.ATTRIBUTE:
        return _attribute(resolver, module, path, depth)
    if node.op == PathOp.ITEM:
        return _state_of(resolver, module, node.operands[0], depth)
    if node.op == PathOp.CALL:
        return _answer(resolver, module, path, depth)
    if node.op == PathOp.BINARY and any(
        _state_of(resolver, module, operand, depth) is _State.STILL for operand in node.operands
    ):
        # ``time.monotonic() + timeout`` is a limit.
        return _State.STILL
    return _value(resolver, resolver.evaluate(module, path), depth)


def _together(states: set[_State]) -> _State:
    """What several things are that are looked at in one go."""
    for state in (_State.FOREIGN, _State.THREADS, _State.OWN):
        if state in states:
            return state
    return _State.STILL if states else _State.FOREIGN


def _value(resolver: Resolver, values: tuple[Value, ...], depth: int) -> _State:
    """What a variable is that came from elsewhere."""
    states = set()
    for value in values:
        name = value.type_name if isinstance(value, ExternalInstance) else ""
        if isinstance(value, Instance):
            states.add(_size(resolver, value, depth))
        elif isinstance(value, (Mapping, Sequence)) or name in _CONTAINERS:
            states.add(_State.OWN)
        elif isinstance(value, Literal) or name in _SCALARS:
            states.add(_State.STILL)
        else:
            return _State.FOREIGN
    return _together(states)


def _size(resolver: Resolver, value: Instance, depth: int) -> _State:
    """What the truth or the length of an object of the project tells of."""
    for name in ("__bool__", "__len__"):
        methods = resolver.attribute(value, name)
        if methods and all(isinstance(method, ProjectFunction) for method in methods):
            looks = all(
                isinstance(method, ProjectFunction) and _only_looks(resolver, method, depth)
                for method in methods
            )
            return _State.OWN if looks else _State.FOREIGN
    return _State.FOREIGN


def _attribute(resolver: Resolver, module: str, path: int, depth: int) -> _State:
    node = resolver.summary(module).nodes[path]
    owners = resolver.evaluate(module, node.operands[0])
    is_own = bool(owners) and all(_keeps(resolver, owner, node.name, depth) for owner in owners)
    return _State.OWN if is_own else _State.FOREIGN


def _keeps(resolver: Resolver, owner: Value, name: str, depth: int) -> bool:
    """Whether ``name`` of ``owner`` is a plain attribute, or a property that only looks at some."""
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
            getter = ProjectFunction(base.path, facts.methods[name][0])
            return is_property(resolver, getter) and _only_looks(resolver, getter, depth)
        if name in facts.attributes or name in facts.annotations:
            return True
    return False


def _answer(resolver: Resolver, module: str, path: int, depth: int) -> _State:
    """What a call tells of."""
    callee = resolver.summary(module).nodes[path].operands[0]
    callees = resolver.evaluate(module, callee)
    return _together({_told_by(resolver, module, callee, value, depth) for value in callees})


def _told_by(resolver: Resolver, module: str, callee: int, value: Value, depth: int) -> _State:
    if isinstance(value, External):
        return _State.STILL if value.name in _CLOCKS else _State.FOREIGN
    if isinstance(value, ProjectFunction):
        return _State.OWN if _only_looks(resolver, value, depth) else _State.FOREIGN
    if not isinstance(value, ExternalMethod):
        return _State.FOREIGN
    if f"{value.type_name}.{value.method}" in _CLOCK_METHODS:
        return _State.STILL
    if value.method in _QUESTIONS and any(
        name.startswith(resolver.frameworks.of_loop) for name in _types_of(resolver, value)
    ):
        return _State.OWN
    if (value.method in _QUESTIONS or value.method == "get") and any(
        name.startswith(_OF_THREADS) for name in _types_of(resolver, value)
    ):
        return _State.THREADS
    if value.type_name in _CONTAINERS:
        # ``self.jobs.get(key)`` looks at ``self.jobs``.
        receiver = resolver.summary(module).nodes[callee].operands
        if receiver and _state_of(resolver, module, receiver[0], depth) is _State.OWN:
            return _State.OWN
    return _State.FOREIGN


def _types_of(resolver: Resolver, value: ExternalMethod) -> set[str]:
    names = {value.type_name}
    for receiver in value.receiver:
        if isinstance(receiver, Instance):
            names |= external_bases(resolver, receiver.of)
    return names


def _only_looks(resolver: Resolver, function: ProjectFunction, depth: int) -> bool:
    """Whether a function does nothing but look at the program's own state."""
    facts = resolver.function_facts(function)
    if depth >= _DEEPEST or facts.is_async or facts.is_generator or facts.writes or facts.loops:
        return False
    if not facts.returned:
        return False
    looks = False
    for site in facts.sites:
        if site.kind not in (SiteKind.CALL, SiteKind.ATTRIBUTE, SiteKind.ITEM):
            continue
        state = _state_of(resolver, function.path, site.path, depth + 1)
        if site.kind == SiteKind.CALL and state is _State.FOREIGN:
            callee = resolver.summary(function.path).nodes[site.path].operands[0]
            if any(
                not isinstance(value, External) or value.name not in _PURE
                for value in resolver.evaluate(function.path, callee)
            ):
                return False
        elif state is _State.FOREIGN:
            return False
        looks = looks or state is _State.OWN
    returned = [_state_of(resolver, function.path, path, depth + 1) for path in facts.returned]
    nodes = resolver.summary(function.path).nodes
    is_global = any(nodes[path].op == PathOp.GLOBAL for path in facts.returned)
    return looks or (is_global and _State.FOREIGN not in returned)
