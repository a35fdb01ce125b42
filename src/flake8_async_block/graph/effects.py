"""What a helper changes beyond itself, and what it relies on, if it were moved to a thread.

On the event loop a function runs undisturbed from one ``await`` to the next. In a thread it runs
beside everything else, so a helper which changes something that others see may not simply move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import lineage
from flake8_async_block.graph.exposure import Exposure
from flake8_async_block.graph.validators import validators_of
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    ExternalMethod,
    Instance,
    ProjectClass,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.propagate import Propagation
    from flake8_async_block.graph.resolve import Resolver

_CONSTRUCTION: Final = frozenset({"__init__", "__new__", "__post_init__"})
_CHANGING: Final = frozenset(
    {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "discard", "remove"}
    | {"pop", "popleft", "popitem", "clear", "sort", "reverse"}
)
_TRANSPARENT: Final = frozenset(
    {PathOp.ATTRIBUTE, PathOp.ITEM, PathOp.TYPED, PathOp.CALL, PathOp.ENTER, PathOp.ITERATE}
)
_BUILTIN_COLLECTIONS: Final = frozenset(
    {"builtins.list", "builtins.dict", "builtins.set", "collections.deque"}
    | {"collections.defaultdict", "collections.OrderedDict", "collections.Counter"}
)

_MAKERS: Final = (External, ExternalInstance, ProjectClass)

_NEEDING_LOOP: Final = frozenset(
    {"asyncio.get_running_loop", "asyncio.create_task", "asyncio.ensure_future", "asyncio.gather"}
    | {"asyncio.current_task", "asyncio.all_tasks", "asyncio.get_event_loop"}
)
_FROM_ANY_THREAD: Final = frozenset(
    {"call_soon_threadsafe", "is_set", "is_running", "is_closed", "done", "cancelled", "locked"}
    | {"empty", "full", "qsize"}
)
_LOOP_BOUND_PACKAGES: Final = frozenset({"aio", "aiohttp"})
"""Whose objects look for the running event loop when they are made."""
_LOOP_BOUND_PARTS: Final = frozenset({"asyncio", "aio", "anyio", "trio", "aiohttp"})


def _needs_loop(name: str) -> bool:
    """Whether what has this full name works on the event loop's thread only."""
    return name in _NEEDING_LOOP or not _LOOP_BOUND_PACKAGES.isdisjoint(name.split(".")[:-1])


def _is_loop_bound(called: ExternalMethod) -> bool:
    """Whether a method is one of an object of the event loop, not made for other threads."""
    parts = called.type_name.split(".")[:-1]
    return not _LOOP_BOUND_PARTS.isdisjoint(parts) and called.method not in _FROM_ANY_THREAD


def _bare_name(function: ProjectFunction) -> str:
    return function.qualname.rpartition(".")[2].partition("#")[0]


class Effects:
    """Answers why a function of the project should not run in another thread."""

    def __init__(self, resolver: Resolver, propagation: Propagation) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._own: dict[tuple[ProjectFunction, bool], str | None] = {}
        self._validators: dict[tuple[str, str], bool] = {}
        self._exposure = Exposure(resolver, propagation)

    def reason_against_thread(self, function: ProjectFunction) -> str | None:
        """Why moving ``function``, with all it calls, may change what the program does.

        Returns:
            A clause that ends no sentence, or None when nothing is known against it.
        """
        start = (function, self._makes_its_object(function))
        seen = {start}
        pending = [start]
        while pending:
            current, on_new = pending.pop()
            reason = self._own_reason(current, on_new)
            if reason is not None:
                return reason
            for site, called in self._propagation.runs_at(current):
                step = (called, self._is_on_new_object(current, on_new, site, called))
                if step not in seen:
                    seen.add(step)
                    pending.append(step)
        return None

    def _makes_its_object(self, function: ProjectFunction) -> bool:
        """Whether a method runs while its object is made, which nobody else holds by then."""
        if _bare_name(function) in _CONSTRUCTION:
            return True
        facts = self._resolver.function_facts(function)
        if not facts.owner or not facts.decorators:
            return False
        plain = (function.path, function.qualname)
        if plain not in self._validators:
            validators = validators_of(self._resolver, ProjectClass(function.path, facts.owner))
            self._validators[plain] = plain in {(each.path, each.qualname) for each in validators}
        return self._validators[plain]

    def _is_on_new_object(
        self, caller: ProjectFunction, on_new: bool, site: Site, called: ProjectFunction
    ) -> bool:
        """Whether ``called`` is a method, run at ``site``, of an object that is new there.

        Args:
            caller: the function in which the site stands.
            on_new: whether it is itself a method of an object that is new.
        """
        if self._makes_its_object(called):
            return True
        facts = self._resolver.function_facts(caller)
        nodes = self._resolver.summary(caller.path).nodes
        node = nodes[site.path]
        if node.op == PathOp.CALL:
            node = nodes[node.operands[0]]
        if node.op != PathOp.ATTRIBUTE:
            return False
        receiver = nodes[node.operands[0]]
        if receiver.op == PathOp.CALL:
            made = self._resolver.evaluate(caller.path, receiver.operands[0])
            return bool(made) and all(isinstance(value, ProjectClass) for value in made)
        own = facts.parameters[0].name if facts.owner and facts.parameters else ""
        return (
            on_new
            and receiver.op == PathOp.PARAMETER
            and receiver.name == f"{facts.qualname}:{own}"
        )

    def reason_against_await(self, function: ProjectFunction, span: Span) -> str | None:
        """Why others had better not run while ``span`` of a coroutine is awaited.

        Returns:
            A clause that ends no sentence, or None when nothing is known against it.
        """
        name = self._exposure.at(function, span)
        return None if name is None else f"`{name}` is in force for other tasks meanwhile"

    def _own_reason(self, function: ProjectFunction, on_new: bool) -> str | None:
        key = (function, on_new)
        if key not in self._own:
            self._own[key] = self._find_reason(function, on_new)
        return self._own[key]

    def _find_reason(self, function: ProjectFunction, on_new: bool) -> str | None:
        facts = self._resolver.function_facts(function)
        name = _bare_name(function)
        for written in facts.writes:
            if on_new and written.startswith("self."):
                continue
            return f"`{name}` changes `{written}`, which code on the loop may be using"
        nodes = self._resolver.summary(function.path).nodes
        for site, api in self._propagation.blocking_sites(function):
            if api.thread == "never":
                return f"`{api.name}` must not be moved to another thread"
            if api.thread != "safe" and self.comes_from_outside(function.path, site.path):
                return f"`{api.name}` belongs to something that other code may be using"
        for site in facts.sites:
            if site.kind != SiteKind.CALL:
                continue
            callee = nodes[site.path].operands[0]
            for value in self._resolver.evaluate(function.path, callee):
                reason = self.reason_in_call(function.path, callee, value)
                if reason is not None:
                    return f"`{name}` {reason}"
            reason = self._inherited(function.path, callee)
            if reason is not None:
                return f"`{name}` {reason}"
        return None

    def reason_against_making(self, cls: ProjectClass) -> str | None:
        """Why an instance of a class of the project should not be made in another thread."""
        for base in lineage(self._resolver, cls._replace(arguments=())):
            if isinstance(base, External):
                continue
            methods = self._resolver.class_facts(base).methods
            for name in sorted(_CONSTRUCTION & methods.keys()):
                for qualname in methods[name]:
                    reason = self.reason_against_thread(ProjectFunction(base.path, qualname))
                    if reason is not None:
                        return reason
        return None

    def is_async(self, function: ProjectFunction) -> bool:
        return self._resolver.function_facts(function).is_async

    def reason_in_call(self, module: str, callee: int, called: Value) -> str | None:
        """Why a call should not be made in another thread, in words that follow on a subject.

        Args:
            module: the file.
            callee: the path of what is called.
            called: one of its values.
        """
        if isinstance(called, External) and _needs_loop(called.name):
            return f"calls `{called.name}`, which works on the event loop's thread only"
        if isinstance(called, External):
            entry = self._resolver.frameworks.process_wide(called.name)
            if entry is not None:
                where = "works in the main thread only"
                what = where if entry.main_thread else "is in force for the whole process"
                return f"calls `{called.name}`, which {what}"
            return None
        if isinstance(called, ExternalInstance):
            bound = not _LOOP_BOUND_PARTS.isdisjoint(called.type_name.split(".")[:-1])
            return "calls what belongs to the event loop's thread" if bound else None
        if not isinstance(called, ExternalMethod):
            return None
        if _is_loop_bound(called) and self.comes_from_outside(module, callee):
            return f"uses a `{called.type_name}`, which belongs to the event loop's thread"
        if called.type_name == "contextvars.ContextVar" and called.method in ("set", "reset"):
            return "sets a context variable, and the thread's copy would be lost"
        if self._changes_collection(module, callee, called):
            return "changes a collection that code on the loop may be using"
        return None

    def _inherited(self, module: str, callee: int) -> str | None:
        """Whether a method comes from a base class whose objects belong to the event loop."""
        node = self._resolver.summary(module).nodes[callee]
        if node.op != PathOp.ATTRIBUTE:
            return None
        for owner in self._resolver.evaluate(module, node.operands[0]):
            if not isinstance(owner, Instance):
                continue
            for base in lineage(self._resolver, owner.of._replace(arguments=())):
                if isinstance(base, External):
                    if not _LOOP_BOUND_PARTS.isdisjoint(base.name.split(".")[:-1]):
                        return f"uses a `{base.name}`, which belongs to the event loop's thread"
                elif node.name in self._resolver.class_facts(base).methods:
                    break
        return None

    def _changes_collection(self, module: str, callee: int, method: ExternalMethod) -> bool:
        if method.method not in _CHANGING or method.type_name not in _BUILTIN_COLLECTIONS:
            return False
        return self.comes_from_outside(module, callee)

    def is_made_here(self, module: str, path: int) -> bool:
        """Whether a path begins with something that code outside the project has just made.

        What belongs to the event loop does not count.
        """
        nodes = self._resolver.summary(module).nodes
        if self.comes_from_outside(module, path):
            return False
        while nodes[path].op in _TRANSPARENT:
            path = nodes[path].operands[0]
        names = [
            value.type_name if isinstance(value, ExternalInstance) else value.name
            for value in self._resolver.evaluate(module, path)
            if isinstance(value, (External, ExternalInstance))
        ]
        return bool(names) and all(_LOOP_BOUND_PARTS.isdisjoint(name.split(".")) for name in names)

    def comes_from_outside(self, module: str, path: int) -> bool:
        """Whether what a path begins with was there before the function was called."""
        nodes = self._resolver.summary(module).nodes
        called = makes = False
        while nodes[path].op in _TRANSPARENT:
            called = called or nodes[path].op == PathOp.CALL
            makes = nodes[path].op == PathOp.CALL
            path = nodes[path].operands[0]
        if nodes[path].op == PathOp.NAME:
            # A name called is a function or class of a module; a name used is a shared object.
            return not called
        if nodes[path].op == PathOp.GLOBAL and makes:
            # A class, or a factory such as a session maker, gives something new.
            values = self._resolver.evaluate(module, path)
            return not values or not all(isinstance(value, _MAKERS) for value in values)
        return nodes[path].op in (PathOp.PARAMETER, PathOp.GLOBAL)
