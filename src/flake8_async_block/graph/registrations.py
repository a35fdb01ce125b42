"""What the whole project registers with its frameworks by calls, and under which prefixes.

A route may be written in one file, its router in another and the router's prefix in a third, so
this looks at every file of the project whose text holds the words for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from flake8_async_block.catalogue.framework_schema import (
    MountEntry,
    RegistrationEntry,
    RouterEntry,
    RouteTableEntry,
)
from flake8_async_block.catalogue.frameworks import COMMON_METHODS
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.origins import members_of, origin_of
from flake8_async_block.graph.roles import (
    Key,
    Role,
    called_names,
    class_text,
    is_true,
    key_of,
    method_named,
    methods_in,
    text_of,
)
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    Generator,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
)
from flake8_async_block.graph.values import Sequence as SequenceValue
from flake8_async_block.model.path import PathNode, PathOp
from flake8_async_block.model.summary import ModuleSummary

if TYPE_CHECKING:
    from flake8_async_block.catalogue.frameworks import CallEntry
    from flake8_async_block.graph.resolve import Resolver

Mentions = Callable[[bytes], Sequence[str]]
"""Gives the absolute paths of the project's files whose text holds a word, sorted."""
_MOST_LEVELS: Final = 12
_QUESTIONS_BEFORE_ALL: Final = 60
"""Reading everything that registers costs about as much as this many questions one by one."""


class _Prefix(NamedTuple):
    above: Key | None
    prefix: str | None
    replaces: bool


class _Found(NamedTuple):
    """What the calls of one module register."""

    roles: dict[Key, list[Role]]
    below: dict[Key, list[_Prefix]]
    prefixes: dict[Key, str]


class Registrations:
    """What calls register anywhere in the project.

    Args:
        resolver: gives the meaning of the calls.
        mentions: finds the files worth reading.
    """

    def __init__(self, resolver: Resolver, mentions: Mentions) -> None:
        self._resolver = resolver
        self._mentions = mentions
        self._found: dict[str, _Found] = {}
        self._nesting: _Found | None = None
        self._questions = 0
        self._naming_known: dict[str, tuple[str, ...]] = {}

    def roles(self, module: str, qualname: str) -> tuple[Role, ...]:
        """How calls anywhere in the project register a function or class of ``module``."""
        self._questions += 1
        name = qualname.rpartition(".")[2].partition("#")[0]
        files = self._naming(name)
        if module not in files and module in self._registering:
            files = (module, *files)
        return tuple(
            role for file in files for role in self._read(file).roles.get((module, qualname), ())
        )

    @property
    def knows_all(self) -> bool:
        """Whether so much was asked that the rest is at hand by now."""
        return self._questions >= _QUESTIONS_BEFORE_ALL

    def _naming(self, name: str) -> tuple[str, ...]:
        """The files that may register something of a name, which they hold.

        A lambda has no name by which another file could mean it, and nobody registers what Python
        itself calls.
        """
        if not name.isidentifier() or name.startswith("__"):
            return ()
        # Asked each time, since who asks it is noted.
        holding = self._mentions(name.encode())
        known = self._naming_known.get(name)
        if known is None:
            registering = self._registering
            known = tuple(file for file in holding if file in registering)
            self._naming_known[name] = known
        return known

    def full_route(self, role: Role, *own: Key) -> str:
        """The route with the prefixes of all routers above it.

        Args:
            role: of the function.
            own: the function itself and its class, which some frameworks list with a router.
        """
        route = role.route
        for key in (*role.above, *own):
            prefix = self._prefix(key, ())
            if prefix:
                route = _joined(prefix, route)
                break
        if not self._resolver.frameworks.keeps_trailing_slash(role.framework):
            return _joined("/", route).rstrip("/") or "/"
        return route

    def _prefix(self, key: Key, seen: tuple[Key, ...]) -> str:
        if key in seen or len(seen) > _MOST_LEVELS:
            return ""
        nesting = self._all_nesting()
        own = nesting.prefixes.get(key) or _prefix_of_class(self._resolver, key)
        for place in nesting.below.get(key, ()):
            outer = self._prefix(place.above, (*seen, key)) if place.above is not None else ""
            inner = own
            if place.prefix is not None:
                inner = place.prefix if place.replaces else _joined(place.prefix, own)
            return _joined(outer, inner)
        return own

    # which files to read

    @cached_property
    def _registering(self) -> frozenset[str]:
        """The files whose text may register a function or a class."""
        return frozenset(self._holding("registers"))

    @cached_property
    def _nesting_files(self) -> tuple[str, ...]:
        return self._holding("nests")

    def _all_nesting(self) -> _Found:
        """What is put below what in the whole project."""
        files = self._nesting_files
        for file in files:
            self._resolver.project.uses.note(file)
        if self._nesting is None:
            nesting = self._nesting = _Found({}, {}, {})
            for file in files:
                found = self._read(file)
                nesting.prefixes.update(found.prefixes)
                for child, places in found.below.items():
                    nesting.below.setdefault(child, []).extend(places)
        return self._nesting

    def _holding(self, purpose: Literal["registers", "nests"]) -> tuple[str, ...]:
        """The files whose text holds the words for it, sorted: a question of the whole project."""
        return self._resolver.project.uses.on_behalf_of("", lambda: self._search(purpose))

    def _search(self, purpose: Literal["registers", "nests"]) -> tuple[str, ...]:
        found: set[str] = set()
        for words in self._resolver.frameworks.words:
            calls = words.nests if purpose == "nests" else words.registers + words.registers_here
            there = self._mentions(words.package) if calls else ()
            if not there:
                continue
            if purpose == "nests":
                for call in words.nests:
                    found.update(self._mentions(call))
                continue
            for call in words.registers:
                found.update(self._mentions(call))
            for call in words.registers_here:
                found.update(set(there).intersection(self._mentions(call)))
        return tuple(sorted(found))

    # one module

    def _read(self, module: str) -> _Found:
        uses = self._resolver.project.uses
        uses.note(module)
        known = self._found.get(module)
        if known is None:
            known = self._found[module] = _Found({}, {}, {})
            uses.on_behalf_of(module, lambda: self._read_into(module, known))
        return known

    def _read_into(self, module: str, found: _Found) -> None:
        summary = self._resolver.project.summary(module)
        if summary is not None:
            for call in _calls(self._resolver, module, summary):
                _note(call, found)


def _calls(resolver: Resolver, module: str, summary: ModuleSummary) -> Iterator[_Call]:
    """The calls of a module that the framework data knows."""
    words = resolver.frameworks.call_words
    functions = resolver.frameworks.function_words
    attributes = resolver.frameworks.call_attributes
    for number, node in enumerate(summary.nodes):
        if node.op != PathOp.CALL:
            continue
        callee = summary.nodes[node.operands[0]]
        last = callee.name.rpartition(".")[2]
        if last not in words:
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


def _note(call: _Call, found: _Found) -> None:
    entry = call.entry
    if isinstance(entry, RegistrationEntry):
        _register(call, entry, found.roles)
    elif isinstance(entry, RouterEntry):
        prefix = call.text(entry.prefix, entry.position)
        if prefix:
            found.prefixes[call.key] = prefix
        for number, name in enumerate(entry.children):
            for child in call.members(name, entry.children_position if number == 0 else -1):
                found.below.setdefault(child, []).append(_Prefix(call.key, None, False))
        for path in call.arguments.positional if entry.takes_many else ():
            for child in call.members_at(path):
                found.below.setdefault(child, []).append(_Prefix(call.key, None, False))
    elif isinstance(entry, MountEntry):
        prefix = call.text(entry.prefix, entry.prefix_position)
        place = _Prefix(call.receiver(), prefix, entry.replaces and prefix is not None)
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
    )
    for value in place.resolver.evaluate(place.module, path):
        for key in _targets(place.resolver, value):
            roles.setdefault(key, []).append(role)
    _register_view(place, path, role, roles)


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
    elif isinstance(value, Partial):
        for inner in value.function:
            yield from _targets(resolver, inner)
    elif isinstance(value, SequenceValue):
        for elements in value.elements:
            for element in elements:
                yield from _targets(resolver, element)


def _prefix_of_class(resolver: Resolver, key: Key) -> str:
    """The prefix that a class of handlers carries as an attribute."""
    summary = resolver.project.summary(key[0])
    if summary is None or key[1] not in summary.classes:
        return ""
    cls = ProjectClass(*key)
    for base in lineage(resolver, cls):
        if isinstance(base, External):
            for _, entry in resolver.frameworks.calls(base.name):
                if isinstance(entry, RouterEntry):
                    attribute = entry.prefix_attribute
                    return class_text(resolver, cls, attribute) if attribute else ""
    return ""


def _joined(outer: str, inner: str) -> str:
    """``/api`` and ``items`` → ``/api/items``; doubled slashes become one."""
    if not outer or not inner:
        return outer or inner
    if outer.endswith("/"):
        return outer + inner.lstrip("/")
    return outer + inner if inner.startswith("/") else f"{outer}/{inner}"
