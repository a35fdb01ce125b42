"""Who calls a function, looked for backward through the whole project.

A call of a function mentions its name, so only files that hold this word are read. The answer for
a function does not depend on what else was asked before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.origins import origin_of
from flake8_async_block.graph.registrations import Mentions
from flake8_async_block.graph.roles import Key
from flake8_async_block.graph.values import (
    External,
    Instance,
    Partial,
    ProjectClass,
    ProjectFunction,
    Value,
)
from flake8_async_block.model.path import NO_PATH, PathNode, PathOp
from flake8_async_block.model.summary import MODULE_BODY, FunctionFacts, ModuleSummary

if TYPE_CHECKING:
    from flake8_async_block.catalogue.framework_schema import InjectorEntry
    from flake8_async_block.graph.resolve import Resolver

_MOST_FILES: Final = 120
"""A word that more files hold than this says too little about who calls a function."""
_NAMING: Final = (PathOp.ATTRIBUTE, PathOp.NAME, PathOp.GLOBAL)
_DEEPEST_MARKER: Final = 6
_AWAITING_STEPS: Final = (PathOp.AWAIT, PathOp.ASYNC_ENTER, PathOp.ASYNC_ITERATE)
_CONSTRUCTORS: Final = frozenset({"__init__", "__new__", "__post_init__"})


class Callers:
    """Answers which functions call a function, or have it injected.

    Args:
        resolver: gives the meaning of the calls.
        mentions: finds the files of the project that hold a word.
    """

    def __init__(self, resolver: Resolver, mentions: Mentions) -> None:
        self._resolver = resolver
        self._mentions = mentions
        self._known: dict[Key, tuple[Key, ...]] = {}
        self._uses: dict[str, dict[str, tuple[tuple[str, int], ...]]] = {}
        self._named: dict[str, dict[str, list[int]]] = {}
        self._injected: dict[str, dict[Key, tuple[str, ...]]] = {}
        self._aliases: dict[str, dict[Key, tuple[str, ...]]] = {}

    def of(self, module: str, qualname: str) -> tuple[Key, ...]:
        """The callers of a function by file and qualified name, in the order of their files."""
        key = (module, qualname)
        uses, question = self._resolver.project.uses, f"callers of {module}"
        uses.note(question)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = uses.on_behalf_of(
                question, lambda: tuple(dict.fromkeys(self._find(module, qualname)))
            )
        return known

    def _find(self, module: str, qualname: str) -> Iterator[Key]:
        functions = self._resolver.summary(module).functions
        outer, _, own = qualname.rpartition(".")
        if outer in functions and own.startswith("<"):
            # A lambda or a generator expression has no name by which it is called.
            yield (module, outer)
        if own == "__call__":
            # The object that is injected may have been made anywhere, under any name.
            yield from self._injecting(module, qualname, "")
        name = _searched_name(functions[qualname])
        if not name:
            return
        for file in self._files(module, f"{name}("):
            for caller, callee in self._uses_in(file).get(name, ()):
                if any(
                    _means(value, module, qualname)
                    for value in self._resolver.evaluate(file, callee)
                ):
                    yield (file, caller)
        yield from self._injecting(module, qualname, name)

    def _files(self, module: str, text: str, among: Collection[str] | None = None) -> list[str]:
        """The readable files that hold ``text``, that of the function first."""
        found = self._mentions(text.encode())
        others = [file for file in found if file != module and (among is None or file in among)]
        if len(others) > _MOST_FILES:
            return [module]
        return [
            file for file in (module, *others) if self._resolver.project.summary(file) is not None
        ]

    def is_injected(self, module: str, qualname: str) -> bool:
        """Whether the value of a function is injected somewhere in the project."""
        name = _searched_name(self._resolver.summary(module).functions[qualname])
        is_called = qualname.endswith(".__call__")
        if not (name or is_called) or not self._with_markers:
            return False
        return next(self._injecting(module, qualname, name), None) is not None

    def is_mentioned(self, module: str, qualname: str) -> bool:
        """Whether any code of the project names the function, to call it or for anything else."""
        name = _searched_name(self._resolver.summary(module).functions[qualname])
        files = {module, *self._mentions(name.encode())} if name else set()
        if not name or len(files) > _MOST_FILES:
            return True
        for file in sorted(files):
            summary = self._resolver.project.summary(file)
            for index, node in enumerate(summary.nodes if summary is not None else ()):
                if node.op not in _NAMING or node.name.rpartition(".")[2] != name:
                    continue
                if any(
                    _means(value, module, qualname)
                    for value in self._resolver.evaluate(file, index)
                ):
                    return True
        return self._is_used_in_its_file(module, qualname)

    def _is_used_in_its_file(self, module: str, qualname: str) -> bool:
        """Whether a value of the file is made with the function, other than by a call of it."""
        nodes = self._resolver.summary(module).nodes
        return any(
            node.op == PathOp.FUNCTION
            and node.name == qualname
            and any(index in using.operands for using in nodes)
            for index, node in enumerate(nodes)
        )

    def awaiting(self, module: str, qualname: str) -> tuple[Key, ...]:
        """The functions that await a coroutine, if the project does nothing else with it.

        A coroutine that becomes a task, or is handed on, goes on when they have ended.
        """
        name = _searched_name(self._resolver.summary(module).functions[qualname])
        files = {module, *self._mentions(name.encode())} if name else set()
        if not 0 < len(files) <= _MOST_FILES:
            return ()
        found: dict[Key, None] = {}
        for file in sorted(files):
            awaiting = self._awaiting_in(file, name, (module, qualname))
            if awaiting is None:
                return ()
            found.update(dict.fromkeys(awaiting))
        return tuple(found)

    def _awaiting_in(self, file: str, name: str, meant: Key) -> list[Key] | None:
        """Those in one file; None where something else than a call names the coroutine."""
        self._resolver.project.uses.note(file)
        summary = self._resolver.project.summary(file)
        if summary is None:
            return []
        nodes = summary.nodes
        named = {
            index
            for index in self._nodes_by_name(file, summary).get(name, ())
            if any(_means(value, *meant) for value in self._resolver.evaluate(file, index))
        }
        if not named:
            return []
        calls = {
            index
            for index, node in enumerate(nodes)
            if node.op == PathOp.CALL and node.operands[0] in named
        }
        for index, node in enumerate(nodes):
            others = node.operands[1:] if index in calls else node.operands
            if not named.isdisjoint(others):
                return None
            if not calls.isdisjoint(node.operands) and node.op not in _AWAITING_STEPS:
                return None
        return [
            (file, facts.qualname)
            for facts in summary.functions.values()
            if any(item.path in calls for item in facts.awaits)
        ]

    def _nodes_by_name(self, file: str, summary: ModuleSummary) -> dict[str, list[int]]:
        """The steps of a file that name something, by the last word of it."""
        known = self._named.get(file)
        if known is None:
            known = self._named[file] = {}
            for index in range(len(summary.nodes)):
                name = _bare_name(summary, index)
                if name:
                    known.setdefault(name, []).append(index)
        return known

    # calls

    def _uses_in(self, module: str) -> dict[str, tuple[tuple[str, int], ...]]:
        """Bare name → the functions that call it or hand it on, with the path of what is meant.

        Another file that only hands a function on is not looked at: a call names it.
        """
        self._resolver.project.uses.note(module)
        known = self._uses.get(module)
        if known is None:
            found: dict[str, dict[tuple[str, int], None]] = {}
            summary = self._resolver.summary(module)
            for facts in summary.functions.values():
                if facts.qualname == MODULE_BODY:
                    continue
                for site in facts.sites:
                    node = summary.nodes[site.path]
                    for operand in node.operands if node.op == PathOp.CALL else ():
                        name = _bare_name(summary, operand)
                        if name:
                            found.setdefault(name, {})[(facts.qualname, operand)] = None
            known = self._uses[module] = {name: tuple(uses) for name, uses in found.items()}
        return known

    # injection

    def _injecting(self, module: str, qualname: str, name: str) -> Iterator[Key]:
        """Into what a function is injected.

        Args:
            name: what it is called; empty if that does not tell the files in which it is.
        """
        if name:
            files = self._files(module, name, self._with_markers)
        else:
            files = sorted(self._with_markers) if len(self._with_markers) <= _MOST_FILES else []
            files = [file for file in files if self._resolver.project.summary(file) is not None]
        words = dict.fromkeys(
            alias for file in files for alias in self._aliases_in(file).get((module, qualname), ())
        )
        for word in words:
            files += [file for file in self._files(module, word) if file not in files]
        for file in files:
            for caller in self._injected_in(file).get((module, qualname), ()):
                yield (file, caller)

    @cached_property
    def _with_markers(self) -> frozenset[str]:
        """The files whose text may hold an injection marker."""
        words = self._resolver.frameworks.injector_words
        return self._resolver.project.uses.on_behalf_of(
            "",
            lambda: frozenset(
                file for word in sorted(words) for file in self._mentions(f"{word}(".encode())
            ),
        )

    def _injected_in(self, module: str) -> dict[Key, tuple[str, ...]]:
        """Provider → the functions of ``module`` into which its value is injected."""
        self._resolver.project.uses.note(module)
        known = self._injected.get(module)
        if known is None:
            found: dict[Key, dict[str, None]] = {}
            for facts in self._resolver.summary(module).functions.values():
                for provider in self._providers_of(module, facts):
                    found.setdefault(provider, {})[facts.qualname] = None
            known = self._injected[module] = {key: tuple(names) for key, names in found.items()}
        return known

    def _providers_of(self, module: str, facts: FunctionFacts) -> Iterator[Key]:
        for parameter in facts.parameters:
            for path in (parameter.default, parameter.annotation):
                if path == NO_PATH:
                    continue
                yield from self._markers(module, path)
                op = self._resolver.summary(module).nodes[path].op
                if path == parameter.annotation and op in (PathOp.GLOBAL, PathOp.NAME):
                    yield from self._behind_alias(module, path)
        for decorator in facts.decorators:
            yield from self._markers(module, decorator)

    def _behind_alias(self, module: str, path: int) -> Iterator[Key]:
        origin = origin_of(self._resolver, module, path)
        if origin is not None:
            yield from self._markers(origin.module, origin.node)

    def _aliases_in(self, module: str) -> dict[Key, tuple[str, ...]]:
        """Provider → the module-level names of types that carry its marker."""
        self._resolver.project.uses.note(module)
        known = self._aliases.get(module)
        if known is None:
            found: dict[Key, dict[str, None]] = {}
            summary = self._resolver.summary(module)
            for name, path in summary.names.items():
                if summary.nodes[path].op == PathOp.ITEM:
                    for provider in self._markers(module, path):
                        found.setdefault(provider, {})[name] = None
            known = self._aliases[module] = {key: tuple(names) for key, names in found.items()}
        return known

    def _markers(self, module: str, path: int, depth: int = 0) -> Iterator[Key]:
        """The providers named by the injection markers in an expression."""
        nodes = self._resolver.summary(module).nodes
        node = nodes[path]
        if depth > _DEEPEST_MARKER:
            return
        marker = self._marker(module, node) if node.op == PathOp.CALL else None
        if marker is not None:
            provider = Arguments.of(module, node).find(marker.parameter, 0)
            if provider is not None:
                for value in self._resolver.evaluate(module, provider):
                    yield from self._keys_provided(value)
            return
        for operand in node.operands:
            yield from self._markers(module, operand, depth + 1)

    def _keys_provided(self, value: Value) -> Iterator[Key]:
        if isinstance(value, Instance):
            for method in self._resolver.attribute(value, "__call__"):
                yield from _keys(method)
        yield from _keys(value)

    def _marker(self, module: str, node: PathNode) -> InjectorEntry | None:
        frameworks = self._resolver.frameworks
        callee = self._resolver.summary(module).nodes[node.operands[0]]
        if callee.name.rpartition(".")[2] not in frameworks.injector_words:
            return None
        for value in self._resolver.evaluate(module, node.operands[0]):
            if isinstance(value, External):
                marker = frameworks.injector(value.name)
                if marker is not None:
                    return marker
        return None


def _searched_name(facts: FunctionFacts) -> str:
    """The word that a call of the function holds; empty where there is none."""
    name = facts.qualname.rpartition(".")[2].partition("#")[0]
    if name in _CONSTRUCTORS and facts.owner:
        return facts.owner.rpartition(".")[2].partition("#")[0]
    return name if name.isidentifier() and not name.startswith("__") else ""


def _bare_name(summary: ModuleSummary, path: int) -> str:
    node = summary.nodes[path]
    if node.op in (PathOp.ATTRIBUTE, PathOp.NAME, PathOp.FUNCTION, PathOp.GLOBAL, PathOp.CLASS):
        return node.name.rpartition(".")[2].partition("#")[0]
    return ""


def _means(value: Value, module: str, qualname: str) -> bool:
    return any(
        key == (module, qualname)
        or (key == (module, qualname.rpartition(".")[0]) and isinstance(value, ProjectClass))
        for key in _keys(value)
    )


def _keys(value: Value) -> Iterator[Key]:
    if isinstance(value, (ProjectFunction, ProjectClass)):
        yield (value.path, value.qualname)
    elif isinstance(value, Partial):
        for inner in value.function:
            yield from _keys(inner)
