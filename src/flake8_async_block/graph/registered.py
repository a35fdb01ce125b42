"""What the calls of one module register, and which routers they make or nest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from flake8_async_block.catalogue.framework_schema import (
    MountEntry,
    RegistrationEntry,
    RouterEntry,
    RouteTableEntry,
)
from flake8_async_block.catalogue.framework_words import COMMON_METHODS
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.origins import members_of, origin_of
from flake8_async_block.graph.parameters import provider_of
from flake8_async_block.graph.roles import (
    Key,
    Role,
    called_names,
    is_true,
    key_of,
    method_named,
    methods_in,
    names_of_object,
    text_of,
)
from flake8_async_block.graph.values import (
    Coroutine,
    Generator,
    Instance,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
)
from flake8_async_block.graph.values import Sequence as SequenceValue
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.summary import ModuleSummary, Store

if TYPE_CHECKING:
    from flake8_async_block.catalogue.framework_words import CallEntry
    from flake8_async_block.graph.resolve import Resolver


class Prefix(NamedTuple):
    above: Key | None
    prefix: str | None
    replaces: bool


class Registered(NamedTuple):
    """What the calls of one module register."""

    roles: dict[Key, list[Role]]
    below: dict[Key, list[Prefix]]
    prefixes: dict[Key, str]


def note_registered(resolver: Resolver, module: str, found: Registered) -> None:
    """Add what the calls of a readable file register to ``found``.

    Args:
        module: its absolute path.
    """
    summary = resolver.project.summary(module)
    if summary is not None:
        for call in _calls(resolver, module, summary):
            _note(call, found)
        for store in summary.stores:
            if store.attribute in resolver.frameworks.assigned_attributes:
                _note_assigned(resolver, module, store, found.roles)


def _note_assigned(
    resolver: Resolver, module: str, store: Store, roles: dict[Key, list[Role]]
) -> None:
    """Note the function in ``app.router.lifespan_context = function``."""
    for name in names_of_object(resolver, module, store.base):
        known = resolver.frameworks.assignment(f"{name}.{store.attribute}")
        if known is not None:
            framework, entry = known
            role = Role(framework, entry.method, "", entry.sync, True, (), entry.once)
            for value in resolver.evaluate(module, store.value):
                for key in _targets(resolver, value):
                    roles.setdefault(key, []).append(role)
            return


def _calls(resolver: Resolver, module: str, summary: ModuleSummary) -> Iterator[_Call]:
    """The calls of a module that the framework data knows."""
    words = resolver.frameworks.call_words
    functions = resolver.frameworks.function_words
    attributes = resolver.frameworks.call_attributes
    keywords = resolver.frameworks.call_keywords
    for number, node in enumerate(summary.nodes):
        if node.op != PathOp.CALL:
            continue
        callee = summary.nodes[node.operands[0]]
        last = callee.name.rpartition(".")[2]
        if last not in words and keywords.isdisjoint(node.keywords):
            continue
        if last in functions and not _begins_with_import(summary, callee):
            # A method of that name, such as ``headers.get``.
            continue
        if last in COMMON_METHODS and not _is_called_on(summary, callee, attributes):
            continue
        for name in called_names(resolver, module, node.operands[0]):
            known = resolver.frameworks.calls(name)
            for framework, entry in known:
                yield _Call(resolver, module, number, node, name, framework, entry)
            if known:
                break


def _is_called_on(summary: ModuleSummary, callee: PathNode, attributes: frozenset[str]) -> bool:
    return callee.op == PathOp.ATTRIBUTE and summary.nodes[callee.operands[0]].name in attributes


def _begins_with_import(summary: ModuleSummary, callee: PathNode) -> bool:
    while callee.op == PathOp.ATTRIBUTE:
        callee = summary.nodes[callee.operands[0]]
    return callee.op in (PathOp.NAME, PathOp.GLOBAL)


def _note(call: _Call, found: Registered) -> None:
    entry = call.entry
    if isinstance(entry, RegistrationEntry):
        _register(call, entry, found.roles)
    elif isinstance(entry, RouterEntry):
        prefix = call.text(entry.prefix, entry.position)
        if prefix:
            found.prefixes[call.key] = prefix
        for number, name in enumerate(entry.children):
            for child in call.members(name, entry.children_position if number == 0 else -1):
                found.below.setdefault(child, []).append(Prefix(call.key, None, False))
        for path in call.arguments.positional if entry.takes_many else ():
            for child in call.members_at(path):
                found.below.setdefault(child, []).append(Prefix(call.key, None, False))
    elif isinstance(entry, MountEntry):
        prefix = call.text(entry.prefix, entry.prefix_position)
        place = Prefix(call.receiver(), prefix, entry.replaces and prefix is not None)
        for child in call.members(entry.child, entry.child_position):
            found.below.setdefault(child, []).append(place)
    else:
        _read_table(call, entry, found.roles)


class _Call(NamedTuple):
    """A call that registers something."""

    resolver: Resolver
    module: str
    number: int
    node: PathNode
    name: str
    framework: str
    entry: CallEntry

    @property
    def key(self) -> Key:
        return (self.module, f"<{self.number}>")

    @property
    def arguments(self) -> Arguments:
        return Arguments.of(self.module, self.node)

    def find(self, name: str, position: int) -> int | None:
        return self.arguments.find(name, position if position >= 0 else None)

    def text(self, name: str, position: int) -> str | None:
        """The string that an argument is, or None."""
        path = self.find(name, position) if name else None
        return None if path is None else text_of(self.resolver, self.module, path)

    def receiver(self) -> Key | None:
        callee = self.resolver.summary(self.module).nodes[self.node.operands[0]]
        if callee.op != PathOp.ATTRIBUTE:
            return None
        return key_of(self.resolver, origin_of(self.resolver, self.module, callee.operands[0]))

    def members(self, name: str, position: int) -> Iterator[Key]:
        path = self.find(name, position)
        if path is not None:
            yield from self.members_at(path)

    def members_at(self, path: int) -> Iterator[Key]:
        for origin in members_of(self.resolver, self.module, path):
            key = key_of(self.resolver, origin)
            if key is not None:
                yield key


def _register(place: _Call, entry: RegistrationEntry, roles: dict[Key, list[Role]]) -> None:
    path = place.find(entry.function, entry.position)
    if path is None:
        return
    threaded = place.find(entry.thread_if, -1) if entry.thread_if else None
    above = [place.key]
    receiver = place.receiver()
    if receiver is not None:
        above.append(receiver)
    role = Role(
        framework=place.framework,
        method=place.text(entry.method_argument, 0)
        or methods_in(place.resolver, place.arguments, entry.methods)
        or method_named(entry.method, place.name),
        route=(place.text(entry.route, entry.route_position) or "") if entry.route else "",
        sync="thread" if is_true(place.resolver, place.module, threaded) else entry.sync,
        named=entry.named,
        above=tuple(above),
        once=entry.once,
        before_others=entry.markers,
    )
    for value in _handed_over(place, entry, path):
        for key in _targets(place.resolver, value):
            roles.setdefault(key, []).append(role)
    _register_view(place, path, role, roles)


def _handed_over(place: _Call, entry: RegistrationEntry, path: int) -> Iterator[Value]:
    """What the framework will call of an argument, as functions, classes or objects."""
    resolver = place.resolver
    if entry.markers:
        for origin in members_of(resolver, place.module, path):
            yield from provider_of(resolver, origin.module, origin.node)
        return
    for value in resolver.evaluate(place.module, path):
        if entry.class_method and isinstance(value, ProjectClass):
            yield from resolver.attribute(Instance(value), entry.class_method)
        else:
            yield value


def _register_view(place: _Call, path: int, role: Role, roles: dict[Key, list[Role]]) -> None:
    """``View.as_view()`` stands for the class."""
    nodes = place.resolver.summary(place.module).nodes
    node = nodes[path]
    if node.op != PathOp.CALL or nodes[node.operands[0]].name != "as_view":
        return
    for value in place.resolver.evaluate(place.module, nodes[node.operands[0]].operands[0]):
        if isinstance(value, ProjectClass):
            roles.setdefault((value.path, value.qualname), []).append(role)


def _read_table(place: _Call, entry: RouteTableEntry, roles: dict[Key, list[Role]]) -> None:
    path = place.find(entry.parameter, entry.position)
    if path is None:
        return
    for origin in members_of(place.resolver, place.module, path):
        node = place.resolver.summary(origin.module).nodes[origin.node]
        if node.op != PathOp.TUPLE or len(node.operands) < 2:
            continue
        route = text_of(place.resolver, origin.module, node.operands[0]) or ""
        role = Role(place.framework, "", route, "loop", True, (place.key,))
        for value in place.resolver.evaluate(origin.module, node.operands[1]):
            for key in _targets(place.resolver, value):
                roles.setdefault(key, []).append(role)


def _targets(resolver: Resolver, value: Value) -> Iterator[Key]:
    """The functions and classes that are handed over with a value."""
    if isinstance(value, (ProjectFunction, ProjectClass)):
        yield (value.path, value.qualname)
    elif isinstance(value, (Coroutine, Generator)):
        yield (value.function.path, value.function.qualname)
    elif isinstance(value, Instance):
        for method in resolver.attribute(value, "__call__"):
            if isinstance(method, ProjectFunction):
                yield (method.path, method.qualname)
    elif isinstance(value, Partial):
        for inner in value.function:
            yield from _targets(resolver, inner)
    elif isinstance(value, SequenceValue):
        for elements in value.elements:
            for element in elements:
                yield from _targets(resolver, element)
