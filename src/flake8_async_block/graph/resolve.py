"""Access paths → values, over the whole project, with nothing installed.

Each step of each path is evaluated once. A path that leads back into itself contributes nothing
there, and what depended on that is not remembered, so that the answer does not depend on which
path was asked for first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from flake8_async_block.catalogue.frameworks import Frameworks
from flake8_async_block.catalogue.lookup import Catalogue
from flake8_async_block.graph import attributes, calls, names, parameters, protocols, types
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.values import (
    DEFINED_BY_ITSELF,
    NONE,
    ExternalInstance,
    Instance,
    Literal,
    Mapping,
    ProjectClass,
    ProjectFunction,
    Sequence,
    SuperOf,
    Unknown,
    Value,
    Values,
    is_known,
    merge,
)
from flake8_async_block.model.path import NO_PATH, PathNode, PathOp
from flake8_async_block.model.summary import ClassFacts, FunctionFacts, ModuleSummary

_MAX_DEPTH: Final = 120
"""Nested steps; each takes a few frames of the interpreter's stack."""
_MAX_CANDIDATES: Final = 16
_NOT_REMEMBERED: Final = 1 << 30


class Resolver:
    """Evaluates paths; one for each run.

    Args:
        project: the modules.
        catalogue: what is known of the outside.
        frameworks: how frameworks make the values of parameters.
    """

    def __init__(self, project: Project, catalogue: Catalogue, frameworks: Frameworks) -> None:
        self.project = project
        self.catalogue = catalogue
        self.frameworks = frameworks
        self._known: dict[tuple[str, int], Values] = {}
        self._active: dict[object, int] = {}
        self._lowest = _NOT_REMEMBERED

    # facts

    def summary(self, module: str) -> ModuleSummary:
        """The summary of a module that is known to be readable."""
        summary = self.project.summary(module)
        assert summary is not None, module
        return summary

    def function_facts(self, function: ProjectFunction) -> FunctionFacts:
        return self.summary(function.path).functions[function.qualname]

    def class_facts(self, cls: ProjectClass) -> ClassFacts:
        return self.summary(cls.path).classes[cls.qualname]

    # evaluation

    def evaluate(self, module: str, path: int) -> Values:
        """The candidates for the path that ends at node ``path`` of ``module``."""
        if path == NO_PATH:
            return ()
        key = (module, path)
        known = self._known.get(key)
        if known is not None:
            return known
        return self.guarded(key, lambda: self._step(module, path), self._known)

    def guarded(
        self,
        key: tuple[str, int] | tuple[object, ...],
        compute: Callable[[], Values],
        memory: dict[tuple[str, int], Values] | None = None,
    ) -> Values:
        """Compute under a guard against recursion; see the module's docstring.

        Args:
            key: what is being computed; met again inside, it counts as unknown.
            compute: the computation.
            memory: where to remember the result under ``key``, if it may be remembered.
        """
        depth = len(self._active)
        position = self._active.get(key)
        if position is not None:
            self._lowest = min(self._lowest, position)
            return (DEFINED_BY_ITSELF,)
        if depth > _MAX_DEPTH:
            self._lowest = -1
            return (Unknown("the chain of definitions is too long"),)
        self._active[key] = depth
        outer, self._lowest = self._lowest, _NOT_REMEMBERED
        try:
            result = compute()
        finally:
            del self._active[key]
        if len(result) > _MAX_CANDIDATES:
            result = (Unknown("too many candidates"),)
        if self._lowest >= depth:
            if memory is not None:
                memory[key] = result  # type: ignore[index]
            self._lowest = outer
        else:
            self._lowest = min(outer, self._lowest)
        return result

    def evaluate_all(self, module: str, paths: tuple[int, ...]) -> Values:
        return merge(*[self.evaluate(module, path) for path in paths]) if paths else ()

    def _step(self, module: str, path: int) -> Values:
        node = self.summary(module).nodes[path]
        return _STEPS[node.op](self, module, node)

    # steps

    def _name(self, module: str, node: PathNode) -> Values:
        return names.resolve_name(self, module, node.name)

    def _global(self, module: str, node: PathNode) -> Values:
        return names.resolve_global(self, module, node.name)

    def _parameter(self, module: str, node: PathNode) -> Values:
        qualname, _, name = node.name.rpartition(":")
        return parameters.parameter_values(self, ProjectFunction(module, qualname), name)

    def _function(self, module: str, node: PathNode) -> Values:
        return (ProjectFunction(module, node.name),)

    def _class(self, module: str, node: PathNode) -> Values:
        return (ProjectClass(module, node.name),)

    def _constant(self, module: str, node: PathNode) -> Values:
        return (Literal(node.name),)

    def _super(self, module: str, node: PathNode) -> Values:
        return (SuperOf(ProjectClass(module, node.name)),)

    def _unknown(self, module: str, node: PathNode) -> Values:
        return (Unknown(node.name),)

    def _attribute(self, module: str, node: PathNode) -> Values:
        base = self.evaluate(module, node.operands[0])
        return self.each(base, lambda value: attributes.attribute_of(self, value, node.name))

    def _call(self, module: str, node: PathNode) -> Values:
        callee = self.evaluate(module, node.operands[0])
        arguments = calls.Arguments.of(module, node)
        return self.each(callee, lambda value: calls.call_value(self, value, arguments))

    def _await(self, module: str, node: PathNode) -> Values:
        return self._protocol(module, node, protocols.awaited)

    def _enter(self, module: str, node: PathNode) -> Values:
        return self._protocol(module, node, protocols.entered)

    def _async_enter(self, module: str, node: PathNode) -> Values:
        return self._protocol(module, node, protocols.async_entered)

    def _iterate(self, module: str, node: PathNode) -> Values:
        return self._protocol(module, node, protocols.iterated)

    def _async_iterate(self, module: str, node: PathNode) -> Values:
        return self._protocol(module, node, protocols.async_iterated)

    def _protocol(
        self, module: str, node: PathNode, step: Callable[[Resolver, Value], Values]
    ) -> Values:
        operand = self.evaluate(module, node.operands[0])
        return self.each(operand, lambda value: step(self, value))

    def _item(self, module: str, node: PathNode) -> Values:
        base = self.evaluate(module, node.operands[0])
        key = self.evaluate(module, node.operands[1])
        return self.each(base, lambda value: protocols.item_of(self, value, key))

    def _instance(self, module: str, node: PathNode) -> Values:
        return types.instances(self, module, node.operands[0])

    def _typed(self, module: str, node: PathNode) -> Values:
        declared = self.evaluate(module, node.operands[0])
        return types.prefer(self, declared, lambda: self.evaluate(module, node.operands[1]))

    def _union(self, module: str, node: PathNode) -> Values:
        return self.evaluate_all(module, node.operands)

    def _tuple(self, module: str, node: PathNode) -> Values:
        elements = tuple(self.evaluate(module, operand) for operand in node.operands)
        return (Sequence(elements, exact=not self._has_star(module, node)),)

    def _list(self, module: str, node: PathNode) -> Values:
        return self._tuple(module, node)

    def _has_star(self, module: str, node: PathNode) -> bool:
        nodes = self.summary(module).nodes
        return any(nodes[operand].op == PathOp.STAR for operand in node.operands)

    def _dict(self, module: str, node: PathNode) -> Values:
        elements = tuple(self.evaluate(module, operand) for operand in node.operands)
        return (Mapping(node.keywords, elements),)

    def _star(self, module: str, node: PathNode) -> Values:
        return self._iterate(module, node)

    def _binary(self, module: str, node: PathNode) -> Values:
        left = self.evaluate(module, node.operands[0])
        found = self.each(left, lambda value: protocols.operated(self, value, node.name))
        if any(is_known(value) for value in found):
            return found
        right = self.evaluate(module, node.operands[1])
        reflected = f"__r{node.name[2:]}"
        mirrored = self.each(right, lambda value: protocols.operated(self, value, reflected))
        return tuple(value for value in mirrored if is_known(value)) or found

    # helpers for the steps

    def each(self, values: Values, step: Callable[[Value], Values]) -> Values:
        """Apply a step to every candidate; ``None`` has no attributes and contributes nothing."""
        if len(values) == 1:
            return step(values[0])
        found = [step(value) for value in values if value != NONE]
        return merge(*found) if found else (Unknown("the value is None"),)

    def is_instance_of(self, values: Values, type_names: tuple[str, ...]) -> bool:
        """Whether every known candidate is an instance of one of the outside types."""
        known = [value for value in values if is_known(value)]
        return bool(known) and all(
            (isinstance(value, ExternalInstance)
            and value.type_name in type_names)
            or (isinstance(value, Instance)
            and bool(attributes.external_bases(self, value.of) & set(type_names)))
            for value in known
        )


@lru_cache(maxsize=4096)
def literal_value(text: str) -> object:
    """The value of a literal's ``repr``; the text itself where it is not one (``Ellipsis``)."""
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value


_STEPS: Final[dict[str, Callable[[Resolver, str, PathNode], Values]]] = {
    PathOp.NAME: Resolver._name,
    PathOp.GLOBAL: Resolver._global,
    PathOp.PARAMETER: Resolver._parameter,
    PathOp.FUNCTION: Resolver._function,
    PathOp.CLASS: Resolver._class,
    PathOp.CONSTANT: Resolver._constant,
    PathOp.SUPER: Resolver._super,
    PathOp.UNKNOWN: Resolver._unknown,
    PathOp.ATTRIBUTE: Resolver._attribute,
    PathOp.CALL: Resolver._call,
    PathOp.AWAIT: Resolver._await,
    PathOp.ENTER: Resolver._enter,
    PathOp.ASYNC_ENTER: Resolver._async_enter,
    PathOp.ITERATE: Resolver._iterate,
    PathOp.ASYNC_ITERATE: Resolver._async_iterate,
    PathOp.ITEM: Resolver._item,
    PathOp.INSTANCE: Resolver._instance,
    PathOp.TYPED: Resolver._typed,
    PathOp.UNION: Resolver._union,
    PathOp.TUPLE: Resolver._tuple,
    PathOp.LIST: Resolver._list,
    PathOp.DICT: Resolver._dict,
    PathOp.STAR: Resolver._star,
    PathOp.BINARY: Resolver._binary,
}
