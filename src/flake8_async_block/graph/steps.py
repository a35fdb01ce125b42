"""One function for each kind of step of an access path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import names, parameters, protocols, types
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.attributes import is_one_of
from flake8_async_block.graph.offloads import functions_left
from flake8_async_block.graph.promised import MAPPING_TYPE
from flake8_async_block.graph.shown import element_of
from flake8_async_block.graph.values import (
    ExternalInstance,
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
from flake8_async_block.model.path import ASYNC_TESTS, SPREAD, Narrowing, PathNode, PathOp

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver


def _name(resolver: Resolver, module: str, node: PathNode) -> Values:
    return names.resolve_name(resolver, module, node.name)


def _global(resolver: Resolver, module: str, node: PathNode) -> Values:
    return names.resolve_global(resolver, module, node.name)


def _parameter(resolver: Resolver, module: str, node: PathNode) -> Values:
    qualname, _, name = node.name.rpartition(":")
    return parameters.parameter_values(resolver, ProjectFunction(module, qualname), name)


def _function(resolver: Resolver, module: str, node: PathNode) -> Values:
    return (ProjectFunction(module, node.name),)


def _class(resolver: Resolver, module: str, node: PathNode) -> Values:
    return (ProjectClass(module, node.name),)


def _constant(resolver: Resolver, module: str, node: PathNode) -> Values:
    return (Literal(node.name),)


def _super(resolver: Resolver, module: str, node: PathNode) -> Values:
    return (SuperOf(ProjectClass(module, node.name)),)


def _unknown(resolver: Resolver, module: str, node: PathNode) -> Values:
    return (Unknown(node.name),)


def _attribute(resolver: Resolver, module: str, node: PathNode) -> Values:
    base = resolver.evaluate(module, node.operands[0])
    return resolver.each(base, lambda value: resolver.attribute(value, node.name))


def _call(resolver: Resolver, module: str, node: PathNode) -> Values:
    callee = resolver.evaluate(module, node.operands[0])
    arguments = Arguments.of(module, node)
    return resolver.each(callee, lambda value: resolver.call(value, arguments))


def _await(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _protocol(resolver, module, node, protocols.awaited)


def _enter(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _protocol(resolver, module, node, protocols.entered)


def _async_enter(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _protocol(resolver, module, node, protocols.async_entered)


def _iterate(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _protocol(resolver, module, node, protocols.iterated)


def _async_iterate(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _protocol(resolver, module, node, protocols.async_iterated)


def _protocol(
    resolver: Resolver, module: str, node: PathNode, step: Callable[[Resolver, Value], Values]
) -> Values:
    operand = resolver.evaluate(module, node.operands[0])
    return resolver.each(operand, lambda value: step(resolver, value))


def _item(resolver: Resolver, module: str, node: PathNode) -> Values:
    base = resolver.evaluate(module, node.operands[0])
    key = resolver.evaluate(module, node.operands[1])
    return resolver.each(base, lambda value: protocols.item_of(resolver, value, key))


def _instance(resolver: Resolver, module: str, node: PathNode) -> Values:
    return types.instances(resolver, module, node.operands[0])


def _typed(resolver: Resolver, module: str, node: PathNode) -> Values:
    declared = resolver.evaluate(module, node.operands[0])
    return types.prefer(resolver, declared, lambda: resolver.evaluate(module, node.operands[1]))


def _narrowed(resolver: Resolver, module: str, node: PathNode) -> Values:
    values = resolver.evaluate(module, node.operands[0])
    if node.name in ASYNC_TESTS:
        return functions_left(resolver, values, node.name)
    tested = resolver.evaluate(module, node.operands[1])
    matching = tuple(value for value in values if is_one_of(resolver, value, tested))
    if node.name == Narrowing.IS:
        return matching or tested
    left = tuple(value for value in values if value not in matching)
    return left or (Unknown("a test has ruled out every known type"),)


def _union(resolver: Resolver, module: str, node: PathNode) -> Values:
    return resolver.evaluate_all(module, node.operands)


def _tuple(resolver: Resolver, module: str, node: PathNode) -> Values:
    elements = tuple(resolver.evaluate(module, operand) for operand in node.operands)
    return (Sequence(elements, exact=not _has_star(resolver, module, node)),)


def _list(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _tuple(resolver, module, node)


def _has_star(resolver: Resolver, module: str, node: PathNode) -> bool:
    nodes = resolver.summary(module).nodes
    return any(nodes[operand].op == PathOp.STAR for operand in node.operands)


def _dict(resolver: Resolver, module: str, node: PathNode) -> Values:
    entries: dict[str, Values] = {}
    for key, operand in zip(node.keywords, node.operands, strict=True):
        values = resolver.evaluate(module, operand)
        if key == SPREAD:
            for inner, spread in _entries_of(values):
                entries[inner] = merge(entries.get(inner, ()), spread)
        elif key:
            entries[key] = values
        else:
            entries[""] = merge(entries.get("", ()), values)
    return (Mapping(tuple(entries), tuple(entries.values())),)


def _entries_of(values: Values) -> Iterator[tuple[str, Values]]:
    """What ``**`` spreads: known keys with their values, and an empty key for all others."""
    for value in values:
        if isinstance(value, Mapping):
            yield from zip(value.keys, value.elements, strict=True)
        elif isinstance(value, ExternalInstance) and value.type_name == MAPPING_TYPE:
            yield "", value.arguments[1] if len(value.arguments) == 2 else (Unknown("an item"),)
        elif is_known(value):
            yield "", (Unknown("what something else than a dictionary spreads"),)


def _star(resolver: Resolver, module: str, node: PathNode) -> Values:
    return _iterate(resolver, module, node)


def _binary(resolver: Resolver, module: str, node: PathNode) -> Values:
    left = resolver.evaluate(module, node.operands[0])
    found = resolver.each(left, lambda value: protocols.operated(resolver, value, node.name))
    if any(is_known(value) for value in found):
        return found
    right = resolver.evaluate(module, node.operands[1])
    joined = _joined(left, right, node.name)
    if joined:
        return joined
    reflected = f"__r{node.name[2:]}"
    mirrored = resolver.each(right, lambda value: protocols.operated(resolver, value, reflected))
    return tuple(value for value in mirrored if is_known(value)) or found


def _joined(left: Values, right: Values, method: str) -> Values:
    """The list or dictionary that two of them make together; nothing for anything else."""
    both = [value for value in (*left, *right) if isinstance(value, (Sequence, Mapping))]
    if method == "__add__" and isinstance(left[0], Sequence):
        return (Sequence((merge(*[element_of(value) for value in both]),), exact=False),)
    if method == "__or__" and both and isinstance(left[0], Mapping):
        entries = {**dict(_entries_of(left)), **dict(_entries_of(right))}
        return (Mapping(tuple(entries), tuple(entries.values())),)
    return ()


LEAVES: Final[dict[str, Callable[[Resolver, str, PathNode], Values]]] = {
    PathOp.FUNCTION: _function,
    PathOp.CLASS: _class,
    PathOp.CONSTANT: _constant,
    PathOp.SUPER: _super,
    PathOp.UNKNOWN: _unknown,
}
"""The steps that ask nothing, so that they cannot lead back to themselves."""
STEPS: Final[dict[str, Callable[[Resolver, str, PathNode], Values]]] = {
    PathOp.NAME: _name,
    PathOp.GLOBAL: _global,
    PathOp.PARAMETER: _parameter,
    PathOp.ATTRIBUTE: _attribute,
    PathOp.CALL: _call,
    PathOp.AWAIT: _await,
    PathOp.ENTER: _enter,
    PathOp.ASYNC_ENTER: _async_enter,
    PathOp.ITERATE: _iterate,
    PathOp.ASYNC_ITERATE: _async_iterate,
    PathOp.ITEM: _item,
    PathOp.INSTANCE: _instance,
    PathOp.TYPED: _typed,
    PathOp.UNION: _union,
    PathOp.TUPLE: _tuple,
    PathOp.LIST: _list,
    PathOp.DICT: _dict,
    PathOp.STAR: _star,
    PathOp.BINARY: _binary,
    PathOp.NARROWED: _narrowed,
}
