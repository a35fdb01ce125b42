"""What the whole project registers with its frameworks by calls, and under which prefixes.

A route may be written in one file, its router in another and the router's prefix in a third, so
this looks at every file of the project whose text holds the words for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from flake8_async_block.catalogue.framework_schema import RouterEntry
from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.registered import Registered, note_registered
from flake8_async_block.graph.roles import Key, Role, class_text, registered_name
from flake8_async_block.graph.values import External, ProjectClass

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

Mentions = Callable[[bytes], Sequence[str]]
"""Gives the absolute paths of the project's files whose text holds a word, sorted."""
_MOST_LEVELS: Final = 12
_QUESTIONS_BEFORE_ALL: Final = 60
"""Reading everything that registers costs about as much as this many questions one by one."""


class Registrations:
    """What calls register anywhere in the project.

    Args:
        resolver: gives the meaning of the calls.
        mentions: finds the files worth reading.
    """

    def __init__(self, resolver: Resolver, mentions: Mentions) -> None:
        self._resolver = resolver
        self._mentions = mentions
        self._found: dict[str, Registered] = {}
        self._nesting: Registered | None = None
        self._questions = 0
        self._naming_known: dict[str, tuple[str, ...]] = {}

    def roles(self, module: str, qualname: str) -> tuple[Role, ...]:
        """How calls anywhere in the project register a function or class of ``module``."""
        self._questions += 1
        files = self._naming(registered_name(qualname))
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

    def _all_nesting(self) -> Registered:
        """What is put below what in the whole project."""
        files = self._nesting_files
        for file in files:
            self._resolver.project.uses.note(file)
        if self._nesting is None:
            nesting = self._nesting = Registered({}, {}, {})
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

    def _read(self, module: str) -> Registered:
        uses = self._resolver.project.uses
        uses.note(module)
        known = self._found.get(module)
        if known is None:
            known = self._found[module] = Registered({}, {}, {})
            uses.on_behalf_of(module, lambda: note_registered(self._resolver, module, known))
        return known


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
