"""Access paths → values, over the whole project, with nothing installed.

Each step of each path is evaluated once, and the answer does not depend on which path was asked
for first, also where paths lead back into themselves (see :mod:`.recursion`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flake8_async_block.catalogue.callable_schema import OffloaderEntry
from flake8_async_block.catalogue.frameworks import Frameworks
from flake8_async_block.catalogue.lookup import Catalogue
from flake8_async_block.graph import attributes, calls, names, parameters, results, types
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.decorated import Decorated
from flake8_async_block.graph.handed import Slot, Use
from flake8_async_block.graph.outcomes import Candidate
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.recursion import Memory
from flake8_async_block.graph.steps import LEAVES, STEPS
from flake8_async_block.graph.values import (
    NONE,
    External,
    ExternalInstance,
    Instance,
    ProjectClass,
    ProjectFunction,
    Unknown,
    Value,
    Values,
    is_known,
    merge,
)
from flake8_async_block.model.path import NO_PATH, PathNode
from flake8_async_block.model.summary import ClassFacts, FunctionFacts


class Resolver:
    """Evaluates paths; one for each run.

    Args:
        project: the modules.
        catalogue: what is known of the outside.
        frameworks: how frameworks make the values of parameters.
    """

    def __init__(self, project: Project, catalogue: Catalogue, frameworks: Frameworks) -> None:
        self.project = project
        self.summary = project.readable_summary
        self.catalogue = catalogue
        self.frameworks = frameworks
        self._uses = project.uses
        self._memory = Memory()
        self._known = self._memory.known
        self.bases: dict[ProjectClass, Values] = {}
        """The bases of classes, as far as they are final."""
        self.lineages: dict[ProjectClass, tuple[ProjectClass | External, ...]] = {}
        """The classes and all that they inherit from, as far as that is final."""
        self.calls_by_name: dict[str, dict[str, list[int]]] = {}
        """The calls of a file, by the bare name of what they call; see :mod:`.given`."""
        self.handing_files: frozenset[str] | None = None
        self.handing_calls: dict[str, dict[str, list[tuple[int, int]]]] = {}
        """What may register functions to which a framework hands something: the files, and their
        calls by the names of what they take; see :mod:`.framework_given`."""
        self.wrappers: dict[tuple[str, str, int], OffloaderEntry | None] = {}
        """What :mod:`.wrappers` found out, by file, qualified name and depth."""
        self.called_slots: dict[tuple[str, str], tuple[Slot, ...]] = {}
        self.parameter_uses: dict[str, dict[str, list[Use]]] = {}
        self.decorated: dict[ProjectFunction, Decorated] = {}
        """What :mod:`.handed` found out of functions that call their parameters."""
        self.subclasses: dict[ProjectClass, tuple[ProjectClass, ...]] = {}
        self.named_bases: dict[str, dict[str, tuple[str, ...]]] = {}
        self.overrides: dict[tuple[ProjectClass, str], tuple[ProjectFunction, ...]] = {}
        """What :mod:`.subclasses` found out: the classes below one, what they make of a method."""
        self.reads: dict[tuple[ProjectClass, str], Candidate | None] = {}
        """What :mod:`.accesses` found out: what reading an attribute of an instance does."""
        self.defined: dict[tuple[str, ...], tuple[ProjectFunction, ...]] = {}
        """The special methods that the project defines, by their names."""

    # facts

    def function_facts(self, function: ProjectFunction) -> FunctionFacts:
        return self.summary(function.path).functions[function.qualname]

    def class_facts(self, cls: ProjectClass) -> ClassFacts:
        return self.summary(cls.path).classes[cls.qualname]

    # evaluation

    def evaluate(self, module: str, path: int) -> Values:
        """The candidates for the path that ends at node ``path`` of ``module``."""
        if path == NO_PATH:
            return ()
        uses = self._uses
        if module != uses.current:
            uses.resting.add(module)
        key = (module, path)
        known = self._known.get(key)
        if known is not None:
            return known
        node = self.summary(module).nodes[path]
        step = LEAVES.get(node.op)
        if step is not None:
            found = self._known[key] = step(self, module, node)
            return found
        return self._memory.answer(key, partial(self._step, module, node))

    def is_final(self, module: str, path: int) -> bool:
        """Whether the answer for a path will not change any more."""
        return (module, path) in self._known

    def _step(self, module: str, node: PathNode) -> Values:
        uses = self._uses
        if uses.current == module:
            return STEPS[node.op](self, module, node)
        outer, resting = uses.current, uses.resting
        uses.current, uses.resting = module, uses.owners[module]
        try:
            return STEPS[node.op](self, module, node)
        finally:
            uses.current, uses.resting = outer, resting

    def guarded(self, owner: str, key: tuple[object, ...], compute: Callable[[], Values]) -> Values:
        """Compute once, also where the computation leads back to itself; see ``recursion``.

        Args:
            owner: whose answer it is; see :class:`flake8_async_block.graph.uses.Uses`.
            key: what is being computed.
            compute: the computation.
        """
        self._uses.note(owner)
        known = self._known.get(key)
        if known is not None:
            return known
        return self._memory.answer(key, partial(self._uses.on_behalf_of, owner, compute))

    def evaluate_all(self, module: str, paths: tuple[int, ...]) -> Values:
        return merge(*[self.evaluate(module, path) for path in paths]) if paths else ()

    # what the modules of this package ask of one another

    def resolve_name(self, module: str, name: str) -> Values:
        """See :func:`flake8_async_block.graph.names.resolve_name`."""
        return names.resolve_name(self, module, name)

    def attribute(self, value: Value, name: str) -> Values:
        """See :func:`flake8_async_block.graph.attributes.attribute_of`."""
        return attributes.attribute_of(self, value, name)

    def call(self, value: Value, arguments: Arguments) -> Values:
        """See :func:`flake8_async_block.graph.calls.call_value`."""
        return calls.call_value(self, value, arguments)

    def instances(self, module: str, annotation: int) -> Values:
        """See :func:`flake8_async_block.graph.types.instances`."""
        return types.instances(self, module, annotation)

    def result_of(self, function: ProjectFunction) -> Values:
        """See :func:`flake8_async_block.graph.results.result_of`."""
        return results.result_of(self, function)

    def provided(self, module: str, marker: int) -> Values:
        """See :func:`flake8_async_block.graph.parameters.provided`."""
        return parameters.provided(self, module, marker)

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
            (isinstance(value, ExternalInstance) and value.type_name in type_names)
            or (
                isinstance(value, Instance)
                and bool(attributes.external_bases(self, value.of) & set(type_names))
            )
            for value in known
        )
