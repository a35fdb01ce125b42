"""What one decorator, or one call, says about the function that it registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.catalogue.framework_schema import RunsOn
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import external_bases
from flake8_async_block.graph.origins import Origin, origin_of
from flake8_async_block.graph.values import (
    Coroutine,
    External,
    ExternalInstance,
    ExternalMethod,
    Instance,
    Literal,
    Opaque,
    ProjectClass,
    Sequence,
    Value,
    Values,
    literal_value,
)
from flake8_async_block.model.path import PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

Key = tuple[str, str]
"""A file, and a function or class of it by its qualified name, or a node by its number."""
_PLACEHOLDER: Final = "*"


class Role(NamedTuple):
    """How a function or a class is registered.

    Attributes:
        framework: as people write it.
        method: such as ``GET``, or another word for the kind of handler.
        route: as written where it is registered, without prefixes.
        sync: where a plain ``def`` runs.
        named: whether it is an entry point worth naming.
        above: what it is registered with: the router, the call that makes the route.
        once: it runs when the server starts or stops.
        before_others: it is called before handlers, of which each is the better name for it.
    """

    framework: str
    method: str
    route: str
    sync: RunsOn
    named: bool
    above: tuple[Key, ...]
    once: bool = False
    before_others: bool = False


def registered_name(qualname: str) -> str:
    """The word by which a function is registered: of ``__call__`` it is the class."""
    outer, _, name = qualname.rpartition(".")
    if name == "__call__":
        name = outer.rpartition(".")[2]
    return name.partition("#")[0]


def key_of(resolver: Resolver, origin: Origin | None) -> Key | None:
    if origin is None:
        return None
    node = resolver.summary(origin.module).nodes[origin.node]
    if node.op in (PathOp.FUNCTION, PathOp.CLASS):
        return (origin.module, node.name)
    return (origin.module, f"<{origin.node}>")


def text_of(resolver: Resolver, module: str, path: int) -> str | None:
    """The one string that a path is, or None."""
    for value in resolver.evaluate(module, path):
        if isinstance(value, Literal):
            text = literal_value(value.text)
            if isinstance(text, str):
                return text
    return None


def role_by_decorator(resolver: Resolver, module: str, decorator: int) -> Role | None:
    """What a decorator registers its function as, or None."""
    nodes = resolver.summary(module).nodes
    node = nodes[decorator]
    called = node.op == PathOp.CALL
    callee = node.operands[0] if called else decorator
    for name in called_names(resolver, module, callee):
        known = resolver.frameworks.handler(name)
        if known is None:
            continue
        framework, entry = known
        arguments = Arguments.of(module, node) if called else Arguments(module, (), ())
        path = arguments.find(entry.route, entry.route_position) if entry.route else None
        verb = arguments.find(entry.method_argument, 0) if entry.method_argument else None
        threaded = arguments.find(entry.thread_if, None) if entry.thread_if else None
        above: Key | None = None
        if nodes[callee].op == PathOp.ATTRIBUTE:
            above = key_of(resolver, origin_of(resolver, module, nodes[callee].operands[0]))
        return Role(
            framework=framework,
            method=(text_of(resolver, module, verb) if verb is not None else None)
            or methods_in(resolver, arguments, entry.methods)
            or method_named(entry.method, name),
            route=(text_of(resolver, module, path) or "") if path is not None else "",
            sync="thread" if is_true(resolver, module, threaded) else entry.sync,
            named=entry.named,
            above=(above,) if above is not None else (),
            once=entry.once,
        )
    return None


def called_names(resolver: Resolver, module: str, callee: int) -> list[str]:
    """The names under which the framework data may know what is called."""
    names: list[str] = []
    for value in resolver.evaluate(module, callee):
        names += _names_of(resolver, value)
    node = resolver.summary(module).nodes[callee]
    if not names and node.op == PathOp.ATTRIBUTE:
        for value in resolver.evaluate(module, node.operands[0]):
            names += [f"{name}.{node.name}" for name in _type_names(resolver, value)]
    return names


def names_of_object(resolver: Resolver, module: str, path: int) -> list[str]:
    """The names under which the framework data may know the type of an object."""
    names = called_names(resolver, module, path)
    for value in resolver.evaluate(module, path):
        names += _type_names(resolver, value)
    return names


def _names_of(resolver: Resolver, value: Value) -> list[str]:
    if isinstance(value, External):
        return [value.name]
    if isinstance(value, Opaque):
        return [value.name.replace("@", "")]
    if isinstance(value, ProjectClass):
        return sorted(external_bases(resolver, value))
    if not isinstance(value, ExternalMethod):
        return []
    names = [f"{value.type_name}.{value.method}"]
    for receiver in value.receiver:
        if isinstance(receiver, Instance):
            bases = external_bases(resolver, receiver.of)
            names += [f"{base}.{value.method}" for base in sorted(bases)]
    return names


def _type_names(resolver: Resolver, value: Value) -> list[str]:
    if isinstance(value, Coroutine):
        return ["asyncio.Task"]
    if isinstance(value, ExternalInstance):
        return ["asyncio.Task"] if value.type_name == "awaitable" else [value.type_name]
    if isinstance(value, Instance):
        return sorted(external_bases(resolver, value.of))
    return []


def method_named(method: str, name: str) -> str:
    last = name.rpartition(".")[2]
    if method == _PLACEHOLDER:
        return last.removeprefix("add_").upper()
    return method


def methods_in(resolver: Resolver, arguments: Arguments, parameter: str) -> str:
    """The HTTP methods that an argument lists, joined by commas."""
    path = arguments.find(parameter, None) if parameter else None
    if path is None:
        return ""
    found: list[str] = []
    for value in resolver.evaluate(arguments.module, path):
        if isinstance(value, Sequence):
            found += [text for element in value.elements for text in _strings(element)]
        else:
            found += _strings((value,))
    return ",".join(dict.fromkeys(method.upper() for method in found))


def _strings(values: Values) -> list[str]:
    return [
        text
        for value in values
        if isinstance(value, Literal) and isinstance(text := literal_value(value.text), str)
    ]


def is_true(resolver: Resolver, module: str, path: int | None) -> bool:
    if path is None:
        return False
    return resolver.evaluate(module, path) == (Literal("True"),)


def class_text(resolver: Resolver, cls: ProjectClass, attribute: str) -> str:
    """The string that a class attribute holds, or an empty one."""
    for path in resolver.class_facts(cls).attributes.get(attribute, ()):
        text = text_of(resolver, cls.path, path)
        if text is not None:
            return text
    return ""
