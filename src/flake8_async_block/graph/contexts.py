"""Where the functions of a project run: on the event loop, in a thread, or where they are called.

An ``async def`` runs on the loop. A plain ``def`` runs there too when a framework or the loop
itself calls it, and in a thread when the framework says so.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from flake8_async_block.graph.handlers import HandlerIndex, Reach
from flake8_async_block.graph.models import Models
from flake8_async_block.graph.registrations import Mentions
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.graph.wrappers import is_offloaded
from flake8_async_block.model.diagnostic import Handler
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import MODULE_BODY

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


class Context(Enum):
    """Where a function runs."""

    LOOP = "loop"
    THREAD = "thread"
    CALLED = "called"
    """Wherever its callers run."""


class Where(NamedTuple):
    """Where a function runs, and how that is known.

    Attributes:
        context: the place.
        reason: a clause for people, such as "Sanic calls it on the event loop".
        handler: the entry point that the function is, if it is one.
    """

    context: Context
    reason: str
    handler: Handler | None = None


class Contexts:
    """Answers where functions run, and through which entry points they are reached.

    Args:
        resolver: gives the meaning of the project's code.
        mentions: finds the files of the project that hold a word, wherever they are.
    """

    def __init__(self, resolver: Resolver, mentions: Mentions) -> None:
        self._resolver = resolver
        self.handlers = HandlerIndex(resolver, mentions)
        self._models = Models(resolver, mentions, self.handlers)

    def context_of(self, function: ProjectFunction) -> Where:
        """Where ``function`` runs."""
        on_loop = self.on_loop(function)
        if on_loop is not None:
            return on_loop
        if function.qualname == MODULE_BODY:
            return Where(Context.CALLED, "it runs when the module is imported")
        if is_offloaded(self._resolver, function):
            return Where(Context.THREAD, "a decorator runs it in a thread")
        for role in self.handlers.roles(function):
            reason = f"{role.framework} runs it in a thread"
            return Where(Context.THREAD, reason, self.handlers.handler_of(function))
        if self.handlers.is_provider(function):
            return Where(Context.THREAD, "it is a dependency, which runs in a thread")
        return Where(Context.CALLED, "it runs where it is called")

    def known_context(self, function: ProjectFunction) -> Context | None:
        """Where ``function`` runs, if that is quickly told; None if it would have to be searched.

        What blocks is quickly told in a small check, and where it runs in a large one.
        """
        return self.context_of(function).context if self.handlers.knows_all else None

    def on_loop(self, function: ProjectFunction) -> Where | None:
        """How it is known that ``function`` runs on the loop, or None where it does not."""
        facts = self._resolver.function_facts(function)
        if facts.is_async:
            handler = self.handlers.handler_of(function)
            return Where(Context.LOOP, "it is an `async def`", handler)
        if facts.qualname == MODULE_BODY or is_offloaded(self._resolver, function):
            return None
        for role in self.handlers.roles(function):
            if role.sync == "loop":
                reason = f"{role.framework} runs it on the event loop"
                return Where(Context.LOOP, reason, self.handlers.handler_of(function))
        convention = self._convention(function)
        if convention:
            return Where(Context.LOOP, f"{convention} runs functions of such names on the loop")
        handler = self._models.handler_reading(function)
        if handler is not None:
            reason = f"{handler.framework} validates its model on the event loop"
            return Where(Context.LOOP, reason, handler)
        return None

    def reaching(self, function: ProjectFunction) -> tuple[Reach, ...]:
        """The entry point that ``function`` is, or those that reach it, the nearest first."""
        where = self.on_loop(function)
        if where is not None and where.handler is not None:
            return (Reach(where.handler, (function,)),)
        return self.handlers.reaching(function)

    def runs_once(self, function: ProjectFunction) -> bool:
        """Whether a function runs only while the server starts or stops."""
        return self.handlers.runs_once(function)

    def _convention(self, function: ProjectFunction) -> str:
        """The framework by whose convention the function's name says that it is for the loop."""
        name = function.qualname.rpartition(".")[2]
        for framework, entry in self._resolver.frameworks.conventions:
            if name.startswith(entry.prefix) and self._belongs(function.path, entry.package):
                return framework
        return ""

    def _belongs(self, module: str, package: str) -> bool:
        if f"/{package}/" in module.replace("\\", "/"):
            return True
        start = f"{package}."
        return any(
            node.op == PathOp.NAME and (node.name == package or node.name.startswith(start))
            for node in self._resolver.summary(module).nodes
        )
