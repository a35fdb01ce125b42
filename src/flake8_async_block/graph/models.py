"""Which handlers make a data class run its validators: those that take or return one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_async_block.graph import types
from flake8_async_block.graph.attributes import external_bases, lineage
from flake8_async_block.graph.decorators import decorator_names
from flake8_async_block.graph.registrations import Mentions
from flake8_async_block.graph.roles import Key
from flake8_async_block.graph.values import (
    ExternalInstance,
    Instance,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Values,
)
from flake8_async_block.model.diagnostic import Handler
from flake8_async_block.model.path import NO_PATH
from flake8_async_block.model.summary import FunctionFacts

if TYPE_CHECKING:
    from flake8_async_block.graph.handlers import HandlerIndex
    from flake8_async_block.graph.resolve import Resolver


class Models:
    """Answers which handler makes a validator or serialiser run on the loop.

    Args:
        resolver: gives the meaning of annotations.
        mentions: finds the files of the project that hold a word.
        handlers: tells which functions are handlers.
    """

    def __init__(self, resolver: Resolver, mentions: Mentions, handlers: HandlerIndex) -> None:
        self._resolver = resolver
        self._mentions = mentions
        self._handlers = handlers

    def handler_reading(self, function: ProjectFunction) -> Handler | None:
        """The handler whose requests or responses make ``function`` run, or None."""
        facts = self._resolver.function_facts(function)
        if not facts.owner or not facts.decorators:
            return None
        cls = ProjectClass(function.path, facts.owner)
        decorators = decorator_names(self._resolver, function)
        for base in sorted(external_bases(self._resolver, cls)):
            entry = self._resolver.frameworks.model(base)
            if entry is None:
                continue
            if not decorators.isdisjoint(entry.reading):
                return self._using(cls, writing=False)
            if not decorators.isdisjoint(entry.writing):
                return self._using(cls, writing=True)
        return None

    def _using(self, cls: ProjectClass, *, writing: bool) -> Handler | None:
        """The nearest handler that takes (or returns) the class, one below it, or one with it."""
        keys = [(cls.path, cls.qualname)]
        seen = dict.fromkeys(keys)
        done = 0
        while done < len(keys):
            key = keys[done]
            done += 1
            for file in self._files(key):
                found = self._handler_in(file, ProjectClass(*key), writing)
                if found is not None:
                    return found
                # Classes that hold or extend this one run its validators too.
                for qualname in self._outer(file, ProjectClass(*key)):
                    if (file, qualname) not in seen:
                        seen[file, qualname] = None
                        keys.append((file, qualname))
        return None

    def _files(self, key: Key) -> list[str]:
        word = key[1].rpartition(".")[2].partition("#")[0].encode()
        found = [key[0], *(file for file in self._mentions(word) if file != key[0])]
        return [file for file in found if self._resolver.project.summary(file) is not None]

    def _handler_in(self, module: str, cls: ProjectClass, writing: bool) -> Handler | None:
        for facts in self._resolver.summary(module).functions.values():
            if not facts.decorators:
                continue
            annotations = [facts.returns] if writing else _parameter_annotations(facts)
            if writing and not facts.is_async:
                # The response of a handler in a thread is written there too.
                continue
            if any(self._names(module, annotation, cls) for annotation in annotations):
                handler = self._handlers.handler_of(ProjectFunction(module, facts.qualname))
                if handler is not None:
                    return handler
        return None

    def _outer(self, module: str, cls: ProjectClass) -> Iterator[str]:
        for facts in self._resolver.summary(module).classes.values():
            other = ProjectClass(module, facts.qualname)
            if other == cls:
                continue
            if cls in lineage(self._resolver, other) or any(
                self._names(module, annotation, cls) for annotation in facts.annotations.values()
            ):
                yield facts.qualname

    def _names(self, module: str, annotation: int, cls: ProjectClass) -> bool:
        if annotation == NO_PATH:
            return False
        return _holds(types.instances(self._resolver, module, annotation), cls)


def _parameter_annotations(facts: FunctionFacts) -> list[int]:
    return [parameter.annotation for parameter in facts.parameters]


def _holds(values: Values, cls: ProjectClass) -> bool:
    for value in values:
        if isinstance(value, Instance) and value.of._replace(arguments=()) == cls:
            return True
        if isinstance(value, Sequence) and any(_holds(part, cls) for part in value.elements):
            return True
        if isinstance(value, ExternalInstance) and any(
            _holds(part, cls) for part in value.arguments
        ):
            return True
    return False
