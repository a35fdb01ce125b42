"""Which functions are entry points of a framework, what people call them, and who reaches what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.callers import Callers
from flake8_async_block.graph.decorators import decorator_names
from flake8_async_block.graph.registrations import Mentions, Registrations
from flake8_async_block.graph.roles import Role, class_text, role_by_decorator
from flake8_async_block.graph.values import External, ProjectClass, ProjectFunction
from flake8_async_block.model.diagnostic import Handler

if TYPE_CHECKING:
    from flake8_async_block.catalogue.framework_schema import ViewEntry
    from flake8_async_block.graph.resolve import Resolver

_MOST_FUNCTIONS: Final = 200
"""How many functions are looked at on the way back to an entry point before giving up."""


class Reach(NamedTuple):
    """An entry point, and how a function is reached from it.

    Attributes:
        handler: the entry point; its path is absolute.
        way: the functions from the entry point to the one in question, both included.
    """

    handler: Handler
    way: tuple[ProjectFunction, ...]


class HandlerIndex:
    """Answers how functions are registered, and through which entry point code is reached.

    Args:
        resolver: gives the meaning of the project's code.
        mentions: finds the files of the project that hold a word, wherever they are.
    """

    def __init__(self, resolver: Resolver, mentions: Mentions) -> None:
        self._resolver = resolver
        self._registrations = Registrations(resolver, mentions)
        self._callers = Callers(resolver, mentions)
        self._roles: dict[tuple[str, str], tuple[Role, ...]] = {}
        self._reaching: dict[tuple[str, str], tuple[Reach, ...]] = {}
        self._once: dict[tuple[str, str], bool] = {}

    def reaching(self, function: ProjectFunction) -> tuple[Reach, ...]:
        """The entry point that ``function`` is, or those that call it, the nearest first.

        Callers are looked for in the whole project, but not beyond an entry point; of several
        that are equally near, the one in the file that sorts first comes first. What only starts
        or stops the server comes last.
        """
        key = (function.path, function.qualname)
        uses, question = self._resolver.project.uses, f"entry points before {function.path}"
        uses.note(question)
        known = self._reaching.get(key)
        if known is None:
            known = self._reaching[key] = uses.on_behalf_of(
                question,
                lambda: tuple(
                    sorted(self._search(function), key=lambda reach: self._is_once(reach.way[0]))
                ),
            )
        return known

    def _search(self, start: ProjectFunction) -> Iterator[Reach]:
        ways: dict[ProjectFunction, tuple[ProjectFunction, ...]] = {start: (start,)}
        level, has_found = [start], False
        while level and len(ways) < _MOST_FUNCTIONS:
            inner = []
            for function in level:
                handler = self.handler_of(function)
                if handler is None:
                    inner.append(function)
                else:
                    has_found = True
                    yield Reach(handler, ways[function])
            level = []
            for function in inner:
                for caller in self._callers.of(function.path, function.qualname):
                    before = ProjectFunction(*caller)
                    if before not in ways:
                        ways[before] = (before, *ways[function])
                        level.append(before)
        for function, way in () if has_found else ways.items():
            for role in self.roles(function):
                if role.before_others:
                    yield Reach(self._handler(function, role), way)
                    break

    def runs_once(self, function: ProjectFunction) -> bool:
        """Whether a function runs only while the server starts or stops.

        Either a framework calls it then and at no other time, or it is awaited by nothing but
        such functions.
        """
        key = (function.path, function.qualname)
        notes, question = self._resolver.project.uses, f"start-up of {function.path}"
        notes.note(question)
        if key not in self._once:
            # Functions that only await one another have no entry at all.
            self._once[key] = False
            self._once[key] = notes.on_behalf_of(question, lambda: self._find_once(function))
        return self._once[key]

    def _find_once(self, function: ProjectFunction) -> bool:
        if self.roles(function):
            return self._is_once(function)
        callers = self._callers.awaiting(function.path, function.qualname)
        return bool(callers) and all(self.runs_once(ProjectFunction(*caller)) for caller in callers)

    def _is_once(self, function: ProjectFunction) -> bool:
        roles = self.roles(function)
        return bool(roles) and all(role.once for role in roles)

    def is_provider(self, function: ProjectFunction) -> bool:
        """Whether a framework makes the values of parameters by calling ``function``."""
        return self._callers.is_injected(function.path, function.qualname)

    def is_mentioned(self, function: ProjectFunction) -> bool:
        """Whether any code of the project names ``function``."""
        return self._callers.is_mentioned(function.path, function.qualname)

    def handler_of(self, function: ProjectFunction) -> Handler | None:
        """The entry point that ``function`` itself is, or None."""
        for role in self.roles(function):
            if role.named and not role.before_others:
                return self._handler(function, role)
        return None

    def _handler(self, function: ProjectFunction, role: Role) -> Handler:
        facts = self._resolver.function_facts(function)
        own = [(function.path, function.qualname)]
        if facts.owner:
            own.append((function.path, facts.owner))
        return Handler(
            framework=role.framework,
            method=role.method,
            route=self._registrations.full_route(role, *own),
            function=facts.qualname,
            path=function.path,
            line=facts.span.line,
        )

    @property
    def knows_all(self) -> bool:
        """Whether asking for :meth:`roles` costs next to nothing by now."""
        return self._registrations.knows_all

    def roles(self, function: ProjectFunction) -> tuple[Role, ...]:
        """How ``function`` is registered: by decorators, by its class, by calls."""
        key = (function.path, function.qualname)
        uses, question = self._resolver.project.uses, f"entry points in {function.path}"
        uses.note(question)
        known = self._roles.get(key)
        if known is None:
            known = self._roles[key] = uses.on_behalf_of(
                question, lambda: tuple(self._find_roles(function))
            )
        return known

    def _find_roles(self, function: ProjectFunction) -> Iterator[Role]:
        resolver = self._resolver
        facts = resolver.function_facts(function)
        for decorator in facts.decorators:
            role = role_by_decorator(resolver, function.path, decorator)
            if role is not None:
                yield role
        if facts.owner:
            yield from self._roles_by_class(function, ProjectClass(function.path, facts.owner))
        yield from self._registrations.roles(function.path, function.qualname)

    def _roles_by_class(self, function: ProjectFunction, cls: ProjectClass) -> Iterator[Role]:
        name = function.qualname.rpartition(".")[2].partition("#")[0]
        for base in lineage(self._resolver, cls):
            if not isinstance(base, External):
                continue
            for framework, entry in self._resolver.frameworks.views(base.name):
                if not _is_listed(name, entry.methods):
                    continue
                yield self._role_by_class(function, cls, framework, entry, name)

    def _role_by_class(
        self,
        function: ProjectFunction,
        cls: ProjectClass,
        framework: str,
        entry: ViewEntry,
        name: str,
    ) -> Role:
        resolver = self._resolver
        method = name.upper() if entry.method == "*" else entry.method
        sync = entry.sync
        if not decorator_names(resolver, function).isdisjoint(entry.thread_decorators):
            sync = "thread"
        route = class_text(resolver, cls, entry.route_attribute) if entry.route_attribute else ""
        above: tuple[tuple[str, str], ...] = ()
        for role in self._class_roles(cls):
            route, above = role.route, role.above
            break
        return Role(framework, method, route, sync, entry.named, above)

    def _class_roles(self, cls: ProjectClass) -> Iterator[Role]:
        for decorator in self._resolver.class_facts(cls).decorators:
            role = role_by_decorator(self._resolver, cls.path, decorator)
            if role is not None:
                yield role
        yield from self._registrations.roles(cls.path, cls.qualname)


def _is_listed(name: str, methods: tuple[str, ...]) -> bool:
    return any(
        name.startswith(method[:-1]) if method.endswith("*") else name == method
        for method in methods
    )
