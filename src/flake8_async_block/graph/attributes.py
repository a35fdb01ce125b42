"""Attributes → values: members of project classes and modules, facts about outside types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import types
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.decorators import is_class_method, is_property, is_static
from flake8_async_block.graph.names import module_attribute, namespace_attribute, outside
from flake8_async_block.graph.promised import MAPPING_TYPE, NAMESPACE_TYPES, from_type_name
from flake8_async_block.graph.shared import shared_attribute, stored_attribute
from flake8_async_block.graph.values import (
    NONE,
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Instance,
    KnownResult,
    Literal,
    Mapping,
    Namespace,
    Opaque,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Sequence,
    SuperOf,
    Unknown,
    Value,
    Values,
    is_known,
    literal_value,
    merge,
    only_known,
    origin_of_class,
)
from flake8_async_block.model.path import NO_PATH, PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

_ENUMERATIONS: Final = frozenset(
    f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")
)
EMPTY_BASES: Final = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"})


def attribute_of(resolver: Resolver, value: Value, name: str) -> Values:
    """The candidates for ``value.name``."""
    if isinstance(value, ProjectModule):
        return module_attribute(resolver, value.path, name)
    if isinstance(value, Namespace):
        return namespace_attribute(resolver, value, name)
    if isinstance(value, External):
        return _external_attribute(resolver, value, name)
    if isinstance(value, ExternalInstance):
        return type_attribute(resolver, value.type_name, name, (value,))
    if isinstance(value, Instance):
        return _instance_attribute(resolver, value, name)
    if isinstance(value, ProjectClass):
        return _class_attribute(resolver, value, name)
    if isinstance(value, SuperOf):
        return _super_attribute(resolver, value.of, name)
    if isinstance(value, ExternalMethod):
        return _chain_attribute(resolver, value, name)
    if isinstance(value, (Mapping, Sequence, Literal)):
        return (ExternalMethod(_builtin_type(value), name, (value,)),)
    if isinstance(value, ProjectFunction):
        return _function_attribute(resolver, value, name)
    if isinstance(value, Coroutine):
        # Nobody asks a bare coroutine for anything: this is the task that was made of it.
        return (ExternalMethod("asyncio.Task", name, (value,)),)
    if isinstance(value, Opaque):
        return (Opaque(f"{value.name}.{name}"),)
    if isinstance(value, Unknown):
        return (value,)
    return (Unknown(f"`{name}` of something that is not an object of a known class"),)


def _function_attribute(resolver: Resolver, function: ProjectFunction, name: str) -> Values:
    """``function.name``: what a decorator from outside made of it may have such an attribute."""
    for path in resolver.function_facts(function).decorators:
        for decorator in resolver.evaluate(function.path, path):
            made: Values = (decorator,)
            if isinstance(decorator, (External, ExternalMethod)):
                made = resolver.call(decorator, Arguments.none())
            for value in made:
                if isinstance(value, ExternalInstance) and resolver.catalogue.is_class(
                    value.type_name
                ):
                    return type_attribute(resolver, value.type_name, name, (value,))
    return (Unknown(f"`{name}` of a function"),)


def _builtin_type(value: Mapping | Sequence | Literal) -> str:
    if isinstance(value, Mapping):
        return MAPPING_TYPE
    if isinstance(value, Sequence):
        return "builtins.list"
    return f"builtins.{type(literal_value(value.text)).__name__}"


# outside types


def _external_attribute(resolver: Resolver, value: External, name: str) -> Values:
    if any(name in entry.attributes for entry in resolver.catalogue.lineage(value.name)):
        declared = resolver.catalogue.attribute_type(value.name, name)
        return from_type_name(declared, (ExternalInstance(value.name),))
    return outside(resolver, f"{value.name}.{name}")


def type_attribute(resolver: Resolver, type_name: str, name: str, receiver: Values) -> Values:
    """``name`` of an instance of an outside type; ``receiver`` is the instance."""
    declared = resolver.catalogue.attribute_type(type_name, name)
    if declared:
        return from_type_name(declared, receiver)
    shared = shared_attribute(resolver, type_name, name)
    made_with = _made_with(receiver, name)
    if any(map(is_known, made_with)):
        return merge(made_with, only_known(shared))
    return shared or made_with or (ExternalMethod(type_name, name, receiver),)


def _made_with(receiver: Values, name: str) -> Values:
    """What an object was given for an attribute where it was made; see :mod:`.well_known`."""
    key = repr(name)
    return merge(
        *[
            given.elements[given.keys.index(key)]
            for value in receiver
            if isinstance(value, ExternalInstance) and value.type_name in NAMESPACE_TYPES
            for argument in value.arguments
            for given in argument
            if isinstance(given, Mapping) and key in given.keys
        ]
    )


def _chain_attribute(resolver: Resolver, value: ExternalMethod, name: str) -> Values:
    first = value.method.partition(".")[0]
    if resolver.catalogue.is_deep(value.type_name, first):
        return (value._replace(method=f"{value.method}.{name}"),)
    return (Opaque(f"{value.type_name}@.{value.method}.{name}"),)


# project classes


def lineage(resolver: Resolver, cls: ProjectClass) -> tuple[ProjectClass | External, ...]:
    """The class and its bases, nearest first; bases that cannot be followed are left out."""
    known = resolver.lineages.get(cls)
    if known is not None:
        return known
    ordered: list[ProjectClass | External] = []
    _collect(resolver, cls, ordered, ())
    # A base that several classes share comes after all of them.
    unique = dict.fromkeys(reversed(ordered))
    found = tuple(reversed(unique))
    if all(isinstance(each, External) or each in resolver.bases for each in found):
        resolver.lineages[cls] = found
    return found


def _collect(
    resolver: Resolver,
    cls: ProjectClass,
    ordered: list[ProjectClass | External],
    seen: tuple[ProjectClass, ...],
) -> None:
    if cls in seen:
        return
    ordered.append(cls)
    for base in base_values(resolver, cls):
        if isinstance(base, ProjectClass):
            _collect(resolver, base, ordered, (*seen, cls))
        elif isinstance(base, External):
            ordered.append(base)


def base_values(resolver: Resolver, cls: ProjectClass) -> Values:
    """The classes that a class names as its bases; unknown where one cannot be followed."""
    known = resolver.bases.get(cls)
    if known is not None:
        return known
    nodes = resolver.summary(cls.path).nodes
    found: list[Value] = []
    final = True
    for base in resolver.class_facts(cls).bases:
        node = nodes[base]
        origin = node.operands[0] if node.op == PathOp.ITEM else base
        for value in resolver.evaluate(cls.path, origin):
            if isinstance(value, ExternalInstance):
                # What a factory of base classes gave, such as ``declarative_base()``.
                found.append(External(value.type_name))
            elif isinstance(value, ProjectClass):
                found.append(origin_of_class(value))
            else:
                found.append(value)
        final = final and resolver.is_final(cls.path, origin)
    if final:
        resolver.bases[cls] = tuple(found)
    return tuple(found)


def external_bases(resolver: Resolver, cls: ProjectClass) -> frozenset[str]:
    """The outside classes among the bases, by all the names the catalogue has for them."""
    names: set[str] = set()
    for base in lineage(resolver, cls):
        if isinstance(base, External):
            names.add(base.name)
            for entry in resolver.catalogue.lineage(base.name):
                names.update(entry.names)
    return frozenset(names)


def is_one_of(resolver: Resolver, value: Value, instances: Values) -> bool:
    """Whether a value is an instance of the type of one of ``instances``, or of one below it."""
    if isinstance(value, ExternalInstance):
        names = {value.type_name}
        for entry in resolver.catalogue.lineage(value.type_name):
            names.update(entry.names)
    elif isinstance(value, Instance):
        names = set(external_bases(resolver, value.of))
    else:
        return False
    for instance in instances:
        if isinstance(instance, ExternalInstance) and instance.type_name in names:
            return True
        if (
            isinstance(instance, Instance)
            and isinstance(value, Instance)
            and origin_of_class(instance.of) in lineage(resolver, origin_of_class(value.of))
        ):
            return True
    return False


def _instance_attribute(resolver: Resolver, instance: Instance, name: str) -> Values:
    classes = lineage(resolver, origin_of_class(instance.of))
    found = _find_member(resolver, classes, name, instance)
    if found is None and name == "__class__":
        return (instance.of,)
    if found is None or found == (NONE,):
        return _stored_or(resolver, instance.of, classes, name, found)
    return found


def _class_attribute(resolver: Resolver, cls: ProjectClass, name: str) -> Values:
    classes = lineage(resolver, origin_of_class(cls))
    found = _find_member(resolver, classes, name, cls)
    if found is None and name == "__new__":
        return (KnownResult((Instance(cls),)),)
    if found is None or found == (NONE,):
        return _stored_or(resolver, cls, classes, name, found)
    return (Instance(cls),) if _is_enum_member(resolver, classes, name) else found


def _stored_or(
    resolver: Resolver,
    cls: ProjectClass,
    classes: tuple[ProjectClass | External, ...],
    name: str,
    found: Values | None,
) -> Values:
    """What others assign to an attribute that its class does not have, or has as ``None``."""
    stored = stored_attribute(resolver, classes, name, anywhere=found is not None)
    return stored or found or _missing(resolver, cls, name)


def _is_enum_member(
    resolver: Resolver, classes: tuple[ProjectClass | External, ...], name: str
) -> bool:
    """Whether ``name`` of a class is one of its instances."""
    if not any(isinstance(cls, External) and cls.name in _ENUMERATIONS for cls in classes):
        return False
    return any(
        isinstance(cls, ProjectClass) and name in resolver.class_facts(cls).attributes
        for cls in classes
    )


def _super_attribute(resolver: Resolver, cls: ProjectClass, name: str) -> Values:
    found = _find_member(resolver, lineage(resolver, cls)[1:], name, Instance(cls))
    if name == "__new__" and (found is None or not isinstance(found[0], ProjectFunction)):
        return (KnownResult((Instance(cls),)),)
    if found is not None:
        return found
    return (Unknown(f"no known base of `{cls.qualname}` has `{name}`"),)


def _missing(resolver: Resolver, cls: ProjectClass, name: str) -> Values:
    unknown = [value.reason for value in base_values(resolver, cls) if isinstance(value, Unknown)]
    if unknown:
        return (Unknown(f"a base of `{cls.qualname}` is unknown: {unknown[0]}"),)
    return (Unknown(f"`{cls.qualname}` has no attribute `{name}` whose value is known"),)


def _find_member(
    resolver: Resolver,
    classes: tuple[ProjectClass | External, ...],
    name: str,
    receiver: Instance | ProjectClass,
) -> Values | None:
    foreign: External | None = None
    for cls in classes:
        if isinstance(cls, External):
            found = _outside_member(resolver, cls, name, receiver)
            foreign = foreign or cls
        else:
            found = _own_member(resolver, cls, name, receiver)
        if found is not None:
            return found
    if foreign is None or foreign.name in EMPTY_BASES:
        return None
    # What an outside base of which nothing is known may have.
    return (Opaque(f"{foreign.name}@.{name}"),)


def _outside_member(
    resolver: Resolver, cls: External, name: str, receiver: Instance | ProjectClass
) -> Values | None:
    if not resolver.catalogue.is_class(cls.name):
        return None
    if isinstance(receiver, ProjectClass):
        return _external_attribute(resolver, cls, name)
    return type_attribute(resolver, cls.name, name, (receiver,))


def _own_member(
    resolver: Resolver, cls: ProjectClass, name: str, receiver: Instance | ProjectClass
) -> Values | None:
    facts = resolver.class_facts(cls)
    definitions = facts.methods.get(name)
    if definitions is not None:
        return _method(resolver, cls, definitions, receiver)
    annotation = facts.annotations.get(name, NO_PATH)
    paths = facts.attributes.get(name, ())
    if annotation == NO_PATH and not paths:
        return None
    promised = _promised_by_parameter(resolver, cls, paths) if annotation == NO_PATH else annotation
    variable = types.type_variable(resolver, cls.path, promised)
    if variable is not None:
        kind = receiver.of if isinstance(receiver, Instance) else receiver
        bound = types.bound_to(resolver, kind, cls, variable)
        if bound:
            return bound
    if annotation == NO_PATH:
        return resolver.evaluate_all(cls.path, paths)
    declared = types.instances(resolver, cls.path, annotation)
    return types.prefer(resolver, declared, lambda: resolver.evaluate_all(cls.path, paths))


def _promised_by_parameter(resolver: Resolver, cls: ProjectClass, paths: tuple[int, ...]) -> int:
    """The annotation of the one parameter that an attribute is always set to."""
    summary = resolver.summary(cls.path)
    node = summary.nodes[paths[0]]
    if len(paths) > 1 or node.op != PathOp.PARAMETER:
        return NO_PATH
    qualname, _, name = node.name.rpartition(":")
    for parameter in summary.functions[qualname].parameters:
        if parameter.name == name:
            return parameter.annotation
    return NO_PATH


def _method(
    resolver: Resolver,
    cls: ProjectClass,
    definitions: tuple[str, ...],
    receiver: Instance | ProjectClass,
) -> Values:
    for qualname in definitions:
        function = ProjectFunction(cls.path, qualname)
        if is_property(resolver, function):
            if isinstance(receiver, ProjectClass):
                return (Unknown("a property read from its class"),)
            return resolver.result_of(function._replace(receiver=(receiver,)))
    function = ProjectFunction(cls.path, definitions[-1])
    if is_static(resolver, function):
        return (function,)
    if is_class_method(resolver, function):
        owner = receiver.of if isinstance(receiver, Instance) else receiver
        return (function._replace(receiver=(owner,)),)
    if isinstance(receiver, Instance):
        return (function._replace(receiver=(receiver,)),)
    return (function,)
