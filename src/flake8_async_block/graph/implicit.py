"""What runs without being called by name: properties, ``for``, ``with``, operators, conversions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.catalogue.lookup import ImplicitCall
from flake8_async_block.graph.attributes import attribute_of, lineage
from flake8_async_block.graph.decorators import is_property
from flake8_async_block.graph.outcomes import (
    Blocks,
    Candidate,
    Passes,
    Runs,
    Target,
    outcome_of_function,
)
from flake8_async_block.graph.own_apis import verdict_on_call, verdict_on_read
from flake8_async_block.graph.values import (
    ExternalInstance,
    Generator,
    Instance,
    Manager,
    ProjectClass,
    ProjectFunction,
    Sequence,
    Value,
    Values,
    is_known,
    origin_of_class,
    unbound,
)
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

Call = Callable[[Value], Candidate]
"""What calling a value without arguments does."""
_ENTERING: Final[tuple[ImplicitCall, ...]] = ("enter", "exit")
_OWN_METHODS: Final = {"iterate": "__iter__", "enter": "__enter__", "exit": "__exit__"}
_STR: Final = ("__str__", "__repr__")
_TRUTH: Final = ("__bool__", "__len__")
BY_BUILTIN: Final = {
    "builtins.len": ("__len__",),
    "builtins.bool": _TRUTH,
    "builtins.str": _STR,
    "builtins.print": _STR,
    "builtins.repr": ("__repr__",),
    "builtins.format": ("__format__", *_STR),
    "builtins.hash": ("__hash__",),
    "builtins.int": ("__int__", "__index__"),
    "builtins.float": ("__float__", "__index__"),
    "builtins.abs": ("__abs__",),
    "builtins.round": ("__round__",),
    "builtins.reversed": ("__reversed__",),
    "builtins.iter": ("__iter__",),
    "builtins.next": ("__next__",),
}
"""Built-in functions and the special method of their argument that they call: the first it has."""
_OPERATOR_METHODS: Final = frozenset(
    f"__{name}__"
    for name in (
        *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"),
        *("and", "or", "xor"),
    )
)
_WEIGHTY: Final = frozenset({"builtins.open", "builtins.input"})
_INSTEAD: Final = {
    "__bool__": _TRUTH,
    "__ne__": ("__ne__", "__eq__"),
    "__contains__": ("__contains__", "__iter__"),
    "__format__": ("__format__", *_STR),
    "__str__": _STR,
}
"""Special methods that another one stands in for."""


def outcome_of_special(
    resolver: Resolver, value: Instance, names: tuple[str, ...], awaited: bool = False
) -> Candidate:
    """What the first special method of those named does that a class of the project has."""
    for name in names:
        found: list[Target] = []
        for method in attribute_of(resolver, value, name):
            if isinstance(method, ProjectFunction):
                found.extend(outcome_of_function(resolver, method, awaited))
        if found:
            return tuple(found)
    return (Passes(f"{value.of.qualname}.{names[0]}"),)


def outcome_of_operator(
    resolver: Resolver, module: str, path: int, method: str
) -> tuple[Candidate, ...]:
    """What an operator does with its operand, or the first of its two operands that defines it.

    Args:
        path: the operand, or the operation where there are two.
        method: the special method, such as ``__add__`` or ``__eq__``.
    """
    node = resolver.summary(module).nodes[path]
    if method in ("__set__", "__delete__"):
        return _outcome_of_store(resolver, module, path, method)
    if node.op != PathOp.BINARY or node.name != method:
        values = _known(resolver.evaluate(module, path))
        return _of_each(resolver, values, _names_for(method))
    left = _known(resolver.evaluate(module, node.operands[0]))
    found = _of_each(resolver, left, (method,))
    if found or any(isinstance(value, Instance) for value in left):
        return found
    right = _known(resolver.evaluate(module, node.operands[1]))
    return _of_each(resolver, right, (f"__r{method[2:]}",))


def _of_each(resolver: Resolver, values: Values, names: tuple[str, ...]) -> tuple[Candidate, ...]:
    if not any(isinstance(value, Instance) for value in values):
        return ()
    return tuple(
        outcome_of_special(resolver, value, names)
        if isinstance(value, Instance)
        else (Passes(type(value).__name__),)
        for value in values
    )


def is_defined(resolver: Resolver, methods: tuple[str, ...]) -> bool:
    """Whether a class of the project defines one of some special methods, and not as a trifle."""
    return bool(definitions(resolver, methods))


def definitions(resolver: Resolver, methods: tuple[str, ...]) -> tuple[ProjectFunction, ...]:
    """The special methods of those names that classes of the project define, without trifles.

    Operators are everywhere, and hardly any of them runs more than a comparison of two fields: it
    saves much work to know of those that no class of a project gives a meaning of any weight.
    """
    notes, question = resolver.project.uses, f"definitions of {' '.join(methods)}"
    notes.note(question)
    known = resolver.defined.get(methods)
    if known is None:
        known = resolver.defined[methods] = notes.on_behalf_of(
            question, lambda: tuple(_find_definitions(resolver, methods))
        )
    return known


def _find_definitions(resolver: Resolver, methods: tuple[str, ...]) -> Iterator[ProjectFunction]:
    for method in methods:
        for module in resolver.project.mentioning(method.encode()):
            resolver.project.uses.note(module)
            summary = resolver.summary(module)
            for cls in summary.classes.values():
                for qualname in cls.methods.get(method, ()):
                    if _is_serious(summary, summary.functions[qualname]):
                        yield ProjectFunction(module, qualname)


def definitions_of(resolver: Resolver, kind: str) -> tuple[ProjectFunction, ...]:
    """The methods that sites of an operator's kind may run."""
    reflected = (f"__r{kind[2:]}",) if kind in _OPERATOR_METHODS else ()
    return definitions(resolver, (*_names_for(kind), *reflected))


def _names_for(method: str) -> tuple[str, ...]:
    """The special methods of which an operator calls the first that there is."""
    in_place = f"__{method[3:]}"
    if method.startswith("__i") and in_place in _OPERATOR_METHODS:
        return (method, in_place)
    return _INSTEAD.get(method, (method,))


def _is_serious(summary: ModuleSummary, facts: FunctionFacts) -> bool:
    """Whether a function does more than to compare and to convert."""
    nodes = summary.nodes
    for site in facts.sites:
        if site.kind == SiteKind.ENTER:
            return True
        if site.kind == SiteKind.CALL:
            callee = nodes[nodes[site.path].operands[0]]
            if not callee.name.startswith("builtins.") or callee.name in _WEIGHTY:
                return True
    return False


def _known(values: Values) -> Values:
    return tuple(value for value in values if is_known(value))


# attributes


def outcome_of_reading(resolver: Resolver, value: Value, name: str) -> Candidate:
    """What reading an attribute does."""
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.property_api(value.type_name, name)
        return (Passes(name),) if api is None else (Blocks(api),)
    if not isinstance(value, Instance):
        return (Passes(name),)
    has_descriptors = is_defined(resolver, ("__get__",))
    for cls in lineage(resolver, origin_of_class(value.of)):
        if not isinstance(cls, ProjectClass):
            api = resolver.catalogue.property_api(cls.name, name)
            if api is not None:
                return (Blocks(api),)
            continue
        own = verdict_on_read(resolver, cls, name)
        if own is not None:
            return (Blocks(own),)
        facts = resolver.class_facts(cls)
        for qualname in facts.methods.get(name, ()):
            function = ProjectFunction(cls.path, qualname)
            if is_property(resolver, function):
                if verdict_on_call(resolver, function) is False:
                    return (Passes(name, "does not block according to the catalogue"),)
                return (Runs(function),)
            return (Passes(name),)
        if has_descriptors and name in facts.attributes:
            return _outcome_of_descriptor(resolver, cls, name, "__get__")
        if name in facts.attributes or name in facts.annotations:
            return (Passes(name),)
    if is_defined(resolver, ("__getattr__",)):
        return outcome_of_special(resolver, value, ("__getattr__",))
    return (Passes(name),)


def _outcome_of_store(
    resolver: Resolver, module: str, path: int, method: str
) -> tuple[Candidate, ...]:
    node = resolver.summary(module).nodes[path]
    values = _known(resolver.evaluate(module, node.operands[0]))
    if not any(isinstance(value, Instance) for value in values):
        return ()
    return tuple(_outcome_of_setting(resolver, value, node.name, method) for value in values)


def _outcome_of_setting(resolver: Resolver, value: Value, name: str, method: str) -> Candidate:
    if not isinstance(value, Instance):
        return (Passes(name),)
    for cls in lineage(resolver, origin_of_class(value.of)):
        if not isinstance(cls, ProjectClass):
            continue
        facts = resolver.class_facts(cls)
        for qualname in facts.methods.get(name, ())[1:]:
            function = ProjectFunction(cls.path, qualname)
            if _is_setter(resolver, function):
                return (Runs(function),)
        if name in facts.attributes and is_defined(resolver, (method,)):
            found = _outcome_of_descriptor(resolver, cls, name, method)
            if any(isinstance(target, Runs) for target in found):
                return found
    return outcome_of_special(resolver, value, ("__setattr__",))


def _is_setter(resolver: Resolver, function: ProjectFunction) -> bool:
    nodes = resolver.summary(function.path).nodes
    return any(
        nodes[path].op == PathOp.ATTRIBUTE and nodes[path].name == "setter"
        for path in resolver.function_facts(function).decorators
    )


def _outcome_of_descriptor(
    resolver: Resolver, cls: ProjectClass, name: str, method: str
) -> Candidate:
    paths = resolver.class_facts(cls).attributes[name]
    values = _known(resolver.evaluate_all(cls.path, paths))
    if len(values) == 1 and isinstance(values[0], Instance):
        return outcome_of_special(resolver, values[0], (method,))
    return (Passes(name),)


# iteration, managers, items


def outcome_of_iteration(resolver: Resolver, value: Value, call: Call) -> Candidate:
    """What exhausting an iterable does."""
    if isinstance(value, Generator):
        facts = resolver.function_facts(value.function)
        if facts.is_async:
            return (Passes(facts.qualname),)
        return (Runs(unbound(value.function)),)
    if isinstance(value, ExternalInstance):
        api = resolver.catalogue.implicit_api(value.type_name, "iterate")
        return (Passes(value.type_name),) if api is None else (Blocks(api),)
    if isinstance(value, Sequence):
        return _outcome_of_lazy(resolver, value, call)
    if not isinstance(value, Instance):
        return (Passes(type(value).__name__),)
    inherited = _inherited_implicit(resolver, value, "iterate")
    if inherited:
        return inherited
    iterator = attribute_of(resolver, value, "__iter__")
    found: list[Target] = []
    for method in iterator:
        if isinstance(method, ProjectFunction):
            facts = resolver.function_facts(method)
            if facts.is_generator and not facts.is_async:
                found.append(Runs(unbound(method)))
            else:
                found.extend(outcome_of_function(resolver, method))
    if any(isinstance(method, ProjectFunction) for method in iterator):
        found.extend(outcome_of_special(resolver, value, ("__next__",)))
    running = tuple(target for target in found if isinstance(target, Runs))
    return running or (Passes(value.of.qualname),)


def _outcome_of_lazy(resolver: Resolver, value: Sequence, call: Call) -> Candidate:
    found: list[Target] = []
    calls = _known(value.calls)
    if len(calls) == 1:
        found.extend(call(calls[0]))
    for source in map(_known, value.over):
        if len(source) == 1:
            found.extend(outcome_of_iteration(resolver, source[0], call))
    return tuple(found) or (Passes("Sequence"),)


def outcome_of_entering(resolver: Resolver, value: Value, call: Call) -> Candidate:
    """What entering and leaving a ``with`` block does."""
    if isinstance(value, Manager):
        return (Runs(unbound(value.function)),)
    if isinstance(value, ExternalInstance):
        for how in _ENTERING:
            api = resolver.catalogue.implicit_api(value.type_name, how)
            if api is not None:
                return (Blocks(api),)
        return (Passes(value.type_name),)
    if isinstance(value, Instance):
        for how in _ENTERING:
            inherited = _inherited_implicit(resolver, value, how)
            if inherited:
                return inherited
        found = [
            target
            for name in ("__enter__", "__exit__")
            for target in outcome_of_special(resolver, value, (name,))
            if isinstance(target, Runs)
        ]
        return tuple(found) or (Passes(value.of.qualname),)
    return (Passes(type(value).__name__),)


def _inherited_implicit(resolver: Resolver, value: Instance, how: ImplicitCall) -> Candidate:
    own = _OWN_METHODS[how]
    for cls in lineage(resolver, origin_of_class(value.of)):
        if isinstance(cls, ProjectClass):
            if own in resolver.class_facts(cls).methods:
                return ()
        else:
            api = resolver.catalogue.implicit_api(cls.name, how)
            if api is not None:
                return (Blocks(api),)
    return ()


def _outcome_of_item(resolver: Resolver, value: Value, call: Call) -> Candidate:
    if isinstance(value, Instance):
        return outcome_of_special(resolver, value, ("__getitem__",))
    return (Passes(type(value).__name__),)


OUTCOMES: Final[dict[str, Callable[[Resolver, Value, Call], Candidate]]] = {
    SiteKind.ITERATE: outcome_of_iteration,
    SiteKind.ENTER: outcome_of_entering,
    SiteKind.ITEM: _outcome_of_item,
}
"""What a site of some kind does with a value."""
