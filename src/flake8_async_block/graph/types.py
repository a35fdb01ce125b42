"""Annotations → the values they promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.promised import MAPPING_TYPE
from flake8_async_block.graph.values import (
    DEFINED_BY_ITSELF,
    NONE,
    External,
    ExternalInstance,
    Instance,
    KnownResult,
    Literal,
    Opaque,
    ProjectClass,
    ProjectModule,
    Sequence,
    Unknown,
    Value,
    Values,
    is_known,
    literal_value,
    merge,
)
from flake8_async_block.model.path import NO_PATH, PathNode, PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver
_TYPING_MODULES: Final = (
    "typing",
    "typing_extensions",
    "collections.abc",
    "builtins",
    "collections",
)
_TRANSPARENT: Final = frozenset(
    {"Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar", "Mapped"}
)
_CONTAINERS: Final = {
    "List": "list", "Set": "set", "FrozenSet": "set", "Sequence": "list", "Iterable": "iterable",
    "MutableSequence": "list", "Collection": "list", "Deque": "list", "deque": "list",
    "Iterator": "iterator", "Generator": "iterator", "list": "list", "set": "set",
    "frozenset": "set", "AsyncIterator": "async iterator", "AsyncIterable": "async iterator",
    "AsyncGenerator": "async iterator", "MutableSet": "set", "AbstractSet": "set",
}  # fmt: skip
_MAPPINGS: Final = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict"}
)
_HOLDERS: Final = frozenset({"contextvars.ContextVar"})
"""Generic types that keep one value of the type that they are given."""
_NOTHING_SAID: Final = _TRANSPARENT | {
    *("Any", "object", "TypeAlias", "Callable", "NoReturn", "Never", "Optional", "Union")
}


def instances(resolver: Resolver, module: str, annotation: int) -> Values:
    """What a value with this annotation can be; an unknown where the annotation says nothing."""
    if annotation == NO_PATH:
        return (Unknown("there is no annotation"),)
    return resolver.guarded(
        module, ("@", module, annotation), lambda: _instances(resolver, module, annotation)
    )


def _instances(resolver: Resolver, module: str, annotation: int) -> Values:
    module, annotation = _definition(resolver, module, annotation)
    node = resolver.summary(module).nodes[annotation]
    if node.op == PathOp.UNION or (node.op == PathOp.BINARY and node.name == "__or__"):
        return merge(*[instances(resolver, module, operand) for operand in node.operands])
    if node.op == PathOp.CONSTANT:
        return (NONE,) if node.name == "None" else (Unknown("the annotation is a constant"),)
    if node.op == PathOp.ITEM:
        return _subscripted(resolver, module, node)
    if node.op == PathOp.CALL:
        return _called(resolver, module, node)
    if node.op in (PathOp.TYPED, PathOp.INSTANCE):
        return instances(resolver, module, node.operands[-1])
    values = resolver.evaluate(module, annotation)
    return merge(*[_of_class(resolver, value) for value in values])


def _definition(resolver: Resolver, module: str, path: int) -> tuple[str, int]:
    """Follow names of the project to where the type they stand for is written down."""
    for _ in range(20):
        nodes = resolver.summary(module).nodes
        node = nodes[path]
        if node.op == PathOp.TYPED:
            path = node.operands[1]
        elif node.op == PathOp.GLOBAL and node.name in resolver.summary(module).names:
            path = resolver.summary(module).names[node.name]
        elif node.op in (PathOp.NAME, PathOp.ATTRIBUTE):
            found = _member_definition(resolver, module, node)
            if found is None:
                break
            module, path = found
        else:
            break
    return module, path


def _member_definition(resolver: Resolver, module: str, node: PathNode) -> tuple[str, int] | None:
    if node.op == PathOp.ATTRIBUTE:
        bases, name = resolver.evaluate(module, node.operands[0]), node.name
    else:
        stem, _, name = node.name.rpartition(".")
        if not name or not node.name.strip("."):
            return None
        if node.name.startswith(".") and not stem.strip("."):
            stem = node.name[: len(node.name) - len(name)]
        if not stem:
            return None
        bases = resolver.resolve_name(module, stem)
    if len(bases) != 1 or not isinstance(bases[0], ProjectModule):
        return None
    path = resolver.summary(bases[0].path).names.get(name)
    return None if path is None else (bases[0].path, path)


def _typing_name(values: Values) -> str:
    """The bare name when a value is something that typing constructs are made of."""
    for value in values:
        if isinstance(value, External):
            stem, _, name = value.name.rpartition(".")
            if stem in _TYPING_MODULES or name in _TRANSPARENT:
                return name
    return ""


def _subscripted(resolver: Resolver, module: str, node: PathNode) -> Values:
    base = resolver.evaluate(module, node.operands[0])
    key = resolver.summary(module).nodes[node.operands[1]]
    arguments = key.operands if key.op == PathOp.TUPLE else (node.operands[1],)
    name = _typing_name(base)
    if name == "Annotated" and arguments:
        return _annotated(resolver, module, arguments)
    if name in _TRANSPARENT or name == "Optional":
        return instances(resolver, module, arguments[0])
    if name == "Union":
        return merge(*[instances(resolver, module, argument) for argument in arguments])
    if name in ("Type", "type"):
        return tuple(
            value.of if isinstance(value, Instance) else External(value.type_name)
            for value in instances(resolver, module, arguments[0])
            if isinstance(value, (Instance, ExternalInstance))
        ) or (Unknown("the annotation names no class"),)
    if name == "Callable":
        return (KnownResult(instances(resolver, module, arguments[-1])),)
    if name in ("Awaitable", "Coroutine"):
        return (ExternalInstance("awaitable", (instances(resolver, module, arguments[-1]),)),)
    if name in ("tuple", "Tuple"):
        return _tuple_of(resolver, module, arguments)
    if name in _MAPPINGS and len(arguments) == 2:
        parts = tuple(instances(resolver, module, argument) for argument in arguments)
        return (ExternalInstance(MAPPING_TYPE, parts),)
    if name in _CONTAINERS:
        element = instances(resolver, module, arguments[0])
        kind = _CONTAINERS[name]
        if kind == "async iterator":
            return (ExternalInstance(kind, (element,)),)
        return (Sequence((element,), exact=False),)
    parts = tuple(instances(resolver, module, argument) for argument in arguments)
    found: list[Value] = []
    for value in base:
        if isinstance(value, ProjectClass):
            found.append(Instance(value._replace(arguments=parts)))
        elif isinstance(value, External) and value.name in _HOLDERS:
            found.append(ExternalInstance(value.name, parts))
        else:
            found.extend(_of_class(resolver, value))
    return tuple(found)


def _annotated(resolver: Resolver, module: str, arguments: tuple[int, ...]) -> Values:
    declared = instances(resolver, module, arguments[0])

    def injected() -> Values:
        for marker in arguments[1:]:
            found = resolver.provided(module, marker)
            if found:
                return found
        return ()

    return prefer(resolver, declared, injected)


def _tuple_of(resolver: Resolver, module: str, arguments: tuple[int, ...]) -> Values:
    nodes = resolver.summary(module).nodes
    if len(arguments) == 2 and nodes[arguments[1]].name == "Ellipsis":
        return (Sequence((instances(resolver, module, arguments[0]),), exact=False),)
    parts = tuple(instances(resolver, module, argument) for argument in arguments)
    return (Sequence(parts, exact=True),)


def _called(resolver: Resolver, module: str, node: PathNode) -> Values:
    """``TypeVar("T", bound=X)`` and ``NewType("N", X)`` stand for ``X``."""
    name = _typing_name(resolver.evaluate(module, node.operands[0]))
    constraints = node.operands[2 : len(node.operands) - len(node.keywords)]
    if name == "TypeVar" and constraints:
        return merge(*[instances(resolver, module, constraint) for constraint in constraints])
    if name == "TypeVar" and "bound" in node.keywords:
        position = len(node.operands) - len(node.keywords) + node.keywords.index("bound")
        return instances(resolver, module, node.operands[position])
    if name == "NewType" and len(node.operands) == 3:
        return instances(resolver, module, node.operands[2])
    if name == "TypeVar":
        return (Unknown("the annotation is a type variable"),)
    return (Unknown("the annotation is computed"),)


def _of_class(resolver: Resolver, value: Value) -> Values:
    if isinstance(value, ProjectClass):
        return (Instance(value),)
    if isinstance(value, External):
        name = value.name.rpartition(".")[2]
        if _typing_name((value,)) in _NOTHING_SAID:
            return (Unknown(f"the annotation `{name}` says nothing"),)
        return (ExternalInstance(value.name),)
    if isinstance(value, Literal):
        return (value,)
    if isinstance(value, Unknown):
        return (value,)
    return (Unknown("the annotation names no class"),)


def type_variable(resolver: Resolver, module: str, annotation: int) -> tuple[str, int] | None:
    """Where the type variable is defined that an annotation names, or None."""
    if annotation == NO_PATH:
        return None
    module, path = _definition(resolver, module, annotation)
    node = resolver.summary(module).nodes[path]
    if node.op == PathOp.CALL and _typing_name(resolver.evaluate(module, node.operands[0])) == (
        "TypeVar"
    ):
        return module, path
    return None


def bound_to(
    resolver: Resolver, receiver: ProjectClass, owner: ProjectClass, variable: tuple[str, int]
) -> Values:
    """What ``receiver`` puts for a type variable of its base ``owner``; nothing if it does not."""
    position = _variable_position(resolver, owner, variable)
    if position is None:
        return ()
    arguments = _arguments_for(resolver, receiver, owner, ())
    return arguments[position] if position < len(arguments) else ()


def _variable_position(
    resolver: Resolver, owner: ProjectClass, variable: tuple[str, int]
) -> int | None:
    """The place of a type variable among the parameters of a generic class."""
    variables: list[tuple[str, int]] = []
    nodes = resolver.summary(owner.path).nodes
    for base in resolver.class_facts(owner).bases:
        for argument in _type_arguments(nodes, base):
            found = type_variable(resolver, owner.path, argument)
            if found is not None and found not in variables:
                variables.append(found)
    if variable in variables:
        return variables.index(variable)
    own = resolver.class_facts(owner).type_parameters
    return own.index(name) if (name := _own_parameter(resolver, owner, variable)) in own else None


def _own_parameter(resolver: Resolver, owner: ProjectClass, variable: tuple[str, int]) -> str:
    """The name of a type variable that ``class C[T]`` itself introduces; empty for others."""
    module, path = variable
    nodes = resolver.summary(module).nodes
    label = str(literal_value(nodes[nodes[path].operands[1]].name))
    prefix = f"{owner.qualname}."
    return label.removeprefix(prefix) if label.startswith(prefix) else ""


def _type_arguments(nodes: tuple[PathNode, ...], path: int) -> tuple[int, ...]:
    node = nodes[path]
    if node.op != PathOp.ITEM:
        return ()
    key = nodes[node.operands[1]]
    return key.operands if key.op == PathOp.TUPLE else (node.operands[1],)


def _arguments_for(
    resolver: Resolver, cls: ProjectClass, owner: ProjectClass, seen: tuple[ProjectClass, ...]
) -> tuple[Values, ...]:
    """The type arguments with which ``cls`` inherits from ``owner``."""
    plain = cls._replace(arguments=())
    if plain == owner:
        return cls.arguments
    if plain in seen:
        return ()
    nodes = resolver.summary(cls.path).nodes
    for base in resolver.class_facts(cls).bases:
        node = nodes[base]
        origin = node.operands[0] if node.op == PathOp.ITEM else base
        for value in resolver.evaluate(cls.path, origin):
            if not isinstance(value, ProjectClass):
                continue
            arguments = tuple(
                _type_argument(resolver, cls, argument) for argument in _type_arguments(nodes, base)
            )
            found = _arguments_for(
                resolver, value._replace(arguments=arguments), owner, (*seen, plain)
            )
            if found:
                return found
    return ()


def _type_argument(resolver: Resolver, cls: ProjectClass, argument: int) -> Values:
    """A type argument of a base of ``cls``, where ``cls`` itself may have been given it."""
    variable = type_variable(resolver, cls.path, argument)
    if variable is not None and cls.arguments:
        position = _variable_position(resolver, cls._replace(arguments=()), variable)
        if position is not None and position < len(cls.arguments):
            return cls.arguments[position]
    return instances(resolver, cls.path, argument)


def prefer(resolver: Resolver, declared: Values, inferred: Callable[[], Values]) -> Values:
    """An annotation wins over inference, unless it says less: nothing, or only an interface.

    It also says less where the arguments show that what is made is of another nature.
    """
    if not any(is_known(value) for value in declared):
        found = inferred()
        if found == (DEFINED_BY_ITSELF,) or any(is_known(value) for value in found):
            return found
        return declared or found
    if any(
        isinstance(value, ExternalInstance) and resolver.catalogue.may_be_another(value.type_name)
        for value in declared
    ):
        made = tuple(value for value in inferred() if value != NONE)
        if made and all(
            isinstance(value, Opaque) and resolver.catalogue.is_another(value.name)
            for value in made
        ):
            return made
    if any(isinstance(value, Instance) and is_interface(resolver, value.of) for value in declared):
        concrete = tuple(
            value
            for value in inferred()
            if isinstance(value, (Instance, ExternalInstance)) and value not in declared
        )
        return concrete or declared
    return declared


def is_interface(resolver: Resolver, cls: ProjectClass) -> bool:
    """Whether the class is a Protocol or an abstract base class."""
    facts = resolver.class_facts(cls)
    return any(
        isinstance(value, External)
        and value.name in ("typing.Protocol", "typing_extensions.Protocol", "abc.ABC")
        for base in facts.bases
        for value in resolver.evaluate(cls.path, _generic_origin(resolver, cls.path, base))
    )


def _generic_origin(resolver: Resolver, module: str, path: int) -> int:
    node = resolver.summary(module).nodes[path]
    return node.operands[0] if node.op == PathOp.ITEM else path
