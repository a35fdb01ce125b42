"""Whether an ``await`` can give the event loop a turn.

Awaiting a coroutine only gives others a turn where something in it does. One whose awaits all
lead to coroutines without any runs from end to end like a plain call.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.attributes import base_values, lineage
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    Generator,
    Instance,
    Manager,
    ProjectClass,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import Await

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_RUN_BY: Final[dict[str, type[Coroutine | Generator | Manager]]] = {
    PathOp.AWAIT: Coroutine,
    "async for": Generator,
    "async with": Manager,
}
"""What each kind of await runs to its end, or to its next element."""
_METHODS_RUN_BY: Final = {
    "async for": ("__anext__",),
    "async with": ("__aenter__", "__aexit__"),
}
"""What each kind of await runs of an object."""
_PLAIN_BASES: Final = frozenset(
    {"builtins.object", "typing.Generic", "abc.ABC", "contextlib.AbstractAsyncContextManager"}
)
_MANAGER_MAKER: Final = "contextlib.asynccontextmanager"
_MOST_FILES: Final = 60
"""A class that more files name than this may have been derived from anywhere."""


class Suspension:
    """Answers whether coroutines suspend; remembers those that never do."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._never: set[ProjectFunction] = set()

    def may_suspend(self, module: str, awaits: Iterable[Await]) -> bool:
        """Whether any of ``awaits`` in ``module`` may suspend; what is not known may."""
        reached = self._awaited_functions(module, awaits)
        if reached is None:
            return True
        seen = dict.fromkeys(reached)
        pending = list(seen)
        while pending:
            function = pending.pop()
            if function in self._never:
                continue
            facts = self._resolver.function_facts(function)
            reached = self._resolver.project.uses.on_behalf_of(
                function.path, partial(self._awaited_functions, function.path, facts.awaits)
            )
            if reached is None:
                return True
            for following in reached:
                if following not in seen:
                    seen[following] = None
                    pending.append(following)
        self._never.update(seen)
        return False

    def _awaited_functions(
        self, module: str, awaits: Iterable[Await]
    ) -> list[ProjectFunction] | None:
        """The functions of the project that all of ``awaits`` run; None if one is not known."""
        found = []
        for item in awaits:
            functions = self._run_by(module, item)
            if functions is None:
                return None
            found += [function._replace(receiver=()) for function in functions]
        return found

    def _run_by(self, module: str, item: Await) -> list[ProjectFunction] | None:
        """The functions that one await runs, in the task that awaits; None if one is not known."""
        calls = self._calls_at(module, item.path)
        if calls is None:
            return None
        found = []
        for call in calls:
            callee = self._resolver.summary(module).nodes[call].operands[0]
            if not self._is_run_here(module, callee):
                return None
            values = self._resolver.evaluate(module, call)
            for value in values:
                functions = self._functions_of(item.kind, value)
                if functions is None:
                    return None
                found += functions
            if not values:
                return None
        return found

    def _calls_at(self, module: str, path: int) -> list[int] | None:
        """The calls that an awaited value comes from; None if it comes from anything else."""
        nodes = self._resolver.summary(module).nodes
        node = nodes[path]
        if node.op == PathOp.CALL:
            return [path]
        if node.op != PathOp.UNION:
            return None
        found = []
        for operand in node.operands:
            calls = self._calls_at(module, operand)
            if calls is None:
                return None
            found += calls
        return found

    def _is_run_here(self, module: str, callee: int) -> bool:
        """Whether what is called is itself what is awaited, and makes no task of something else."""
        callees = self._resolver.evaluate(module, callee)
        return bool(callees) and all(
            isinstance(value, ProjectClass)
            or (
                isinstance(value, ProjectFunction) and self._resolver.function_facts(value).is_async
            )
            for value in callees
        )

    def _functions_of(self, kind: str, value: Value) -> list[ProjectFunction] | None:
        if isinstance(value, Instance):
            return self._methods_of(kind, value)
        wanted = _RUN_BY.get(kind)
        if wanted is None or not isinstance(value, wanted):
            return None
        function = value.function
        facts = self._resolver.function_facts(function)
        if not facts.is_async or not self._is_final(function):
            return None
        return [function]

    def _methods_of(self, kind: str, value: Instance) -> list[ProjectFunction] | None:
        names = _METHODS_RUN_BY.get(kind)
        if names is None or (kind == "async for" and not self._iterates_itself(value)):
            return None
        found = []
        for name in names:
            methods = self._resolver.attribute(value, name)
            if len(methods) != 1 or not isinstance(methods[0], ProjectFunction):
                return None
            facts = self._resolver.function_facts(methods[0])
            if not facts.is_async or facts.is_generator or facts.decorators:
                return None
            found.append(methods[0])
        # The class was called by its name, so that no other one can be meant.
        return found

    def _iterates_itself(self, value: Instance) -> bool:
        methods = self._resolver.attribute(value, "__aiter__")
        if len(methods) != 1 or not isinstance(methods[0], ProjectFunction):
            return False
        facts = self._resolver.function_facts(methods[0])
        given = self._resolver.evaluate_all(methods[0].path, facts.returned)
        return (
            not facts.is_async
            and bool(given)
            and all(
                isinstance(it, Instance) and it.of.qualname == value.of.qualname for it in given
            )
        )

    def _is_final(self, function: ProjectFunction) -> bool:
        """Whether the body that is seen is the one that runs."""
        facts = self._resolver.function_facts(function)
        for decorator in facts.decorators:
            values = self._resolver.evaluate(function.path, decorator)
            if values != (External(_MANAGER_MAKER),):
                return False
        if not facts.owner:
            return True
        if not facts.sites and not facts.returned and not facts.writes and not facts.awaits:
            # A body without content is there to be overridden.
            return False
        owner = ProjectClass(function.path, facts.owner)
        for base in base_values(self._resolver, owner):
            if isinstance(base, ProjectClass) or (
                isinstance(base, External) and base.name in _PLAIN_BASES
            ):
                continue
            return False
        return not self.is_overridden(function)

    def is_overridden(self, function: ProjectFunction) -> bool:
        """Whether another class of the project derives from a method's and has one of its own."""
        facts = self._resolver.function_facts(function)
        if not facts.owner:
            return False
        owner = ProjectClass(function.path, facts.owner)
        method = facts.qualname.rpartition(".")[2]
        word = owner.qualname.rpartition(".")[2].partition("#")[0]
        files = tuple(self._resolver.project.mentioning(word.encode(), _MOST_FILES))
        if owner.path not in files:
            return True
        return any(
            method.partition("#")[0] in facts.methods
            and qualname != owner.qualname
            and owner in lineage(self._resolver, ProjectClass(file, qualname))
            for file in files
            for qualname, facts in self._resolver.summary(file).classes.items()
        )
