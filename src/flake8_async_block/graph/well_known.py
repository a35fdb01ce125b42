"""Functions of the standard library whose result is made of their arguments.

What Python's own building blocks do with values is no catalogue fact about blocking: a catalogue
type cannot say "whatever the first argument was".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph import protocols, types
from flake8_async_block.graph.arguments import Arguments
from flake8_async_block.graph.promised import NAMESPACE_TYPES
from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    Instance,
    Literal,
    Mapping,
    Partial,
    Sequence,
    Unknown,
    Value,
    Values,
    literal_value,
    merge,
)
from flake8_async_block.graph.well_known_methods import CONTEXT_VARIABLE, NOT_GIVEN, argument_at

if TYPE_CHECKING:
    from flake8_async_block.graph.resolve import Resolver

Semantics = Callable[["Resolver", Arguments], Values]
_OWN_PACKAGE: Final = ((External("builtins.__package__"),), (External("builtins.__name__"),))
"""How a module calls the package that it is in, or that it is."""


def _first(resolver: Resolver, arguments: Arguments) -> Values:
    return argument_at(resolver, arguments, 0)


def _partial(resolver: Resolver, arguments: Arguments) -> Values:
    return (Partial(argument_at(resolver, arguments, 0)),)


def _cast(resolver: Resolver, arguments: Arguments) -> Values:
    if not arguments.positional:
        return NOT_GIVEN
    declared = types.instances(resolver, arguments.module, arguments.positional[0])
    return types.prefer(resolver, declared, lambda: argument_at(resolver, arguments, 1))


def _getattr(resolver: Resolver, arguments: Arguments) -> Values:
    names = argument_at(resolver, arguments, 1)
    if len(names) != 1 or not isinstance(names[0], Literal):
        return (Unknown("getattr with a name that is computed"),)
    name = literal_value(names[0].text)
    if not isinstance(name, str):
        return (Unknown("getattr with a name that is not a string"),)
    return resolver.each(
        argument_at(resolver, arguments, 0),
        lambda value: resolver.attribute(value, name),
    )


def _elements(resolver: Resolver, arguments: Arguments) -> Values:
    """The elements of the first argument."""
    return resolver.each(
        argument_at(resolver, arguments, 0), lambda value: protocols.iterated(resolver, value)
    )


def _collected(resolver: Resolver, arguments: Arguments) -> Values:
    if not arguments.positional:
        return (Sequence((), exact=False),)
    return (Sequence((_elements(resolver, arguments),), exact=False),)


def _given(resolver: Resolver, arguments: Arguments) -> tuple[Values, ...]:
    return tuple(resolver.evaluate(arguments.module, path) for path in arguments.positional)


def _passed_on(resolver: Resolver, arguments: Arguments) -> Values:
    """An iterator over the elements of the first argument."""
    if not arguments.positional:
        return NOT_GIVEN
    over = _given(resolver, arguments)[:1]
    return (Sequence((_elements(resolver, arguments),), exact=False, over=over),)


def _filtered(resolver: Resolver, arguments: Arguments) -> Values:
    if len(arguments.positional) < 2:
        return NOT_GIVEN
    calls, *over = _given(resolver, arguments)
    elements = _elements(resolver, arguments.after(0))
    return (Sequence((elements,), exact=False, calls=calls, over=tuple(over)),)


def _mapped(resolver: Resolver, arguments: Arguments) -> Values:
    if not arguments.positional:
        return NOT_GIVEN
    calls, *over = _given(resolver, arguments)
    results = resolver.each(calls, lambda value: resolver.call(value, Arguments.none()))
    return (Sequence((results,), exact=False, calls=calls, over=tuple(over)),)


def _chained(resolver: Resolver, arguments: Arguments) -> Values:
    over = _given(resolver, arguments)
    elements = merge(*_elements_of_each(resolver, over)) if over else ()
    return (Sequence((elements,), exact=False, over=over),)


def _enumerated(resolver: Resolver, arguments: Arguments) -> Values:
    pair = Sequence(((Unknown("a number"),), _elements(resolver, arguments)), exact=True)
    return (Sequence(((pair,),), exact=False, over=_given(resolver, arguments)[:1]),)


def _zipped(resolver: Resolver, arguments: Arguments) -> Values:
    over = _given(resolver, arguments)
    pair = Sequence(_elements_of_each(resolver, over), exact=True)
    return (Sequence(((pair,),), exact=False, over=over),)


def _elements_of_each(resolver: Resolver, groups: tuple[Values, ...]) -> tuple[Values, ...]:
    return tuple(
        resolver.each(group, lambda value: protocols.iterated(resolver, value)) for group in groups
    )


def _dict(resolver: Resolver, arguments: Arguments) -> Values:
    if arguments.positional:
        return _first(resolver, arguments)
    keys = tuple(repr(name) for name, _ in arguments.keywords)
    elements = tuple(resolver.evaluate(arguments.module, path) for _, path in arguments.keywords)
    return (Mapping(keys, elements),)


def _with_attributes(name: str) -> Semantics:
    """An object whose attributes are the keyword arguments with which it is made."""

    def make(resolver: Resolver, arguments: Arguments) -> Values:
        return (ExternalInstance(name, (_dict(resolver, arguments._replace(positional=())),)),)

    return make


def _defaultdict(resolver: Resolver, arguments: Arguments) -> Values:
    made = resolver.each(
        argument_at(resolver, arguments, 0), lambda value: resolver.call(value, Arguments.none())
    )
    return (Mapping(("",), (made,)),)


def _type(resolver: Resolver, arguments: Arguments) -> Values:
    if len(arguments.positional) != 1:
        return (Unknown("a class made by type()"),)
    return resolver.each(argument_at(resolver, arguments, 0), _class_of)


def _class_of(value: Value) -> Values:
    if isinstance(value, Instance):
        return (value.of,)
    if isinstance(value, ExternalInstance):
        return (External(value.type_name),)
    return (Unknown("the class of an unknown value"),)


def _pattern(resolver: Resolver, arguments: Arguments) -> Values:
    return (ExternalInstance("re.Pattern"),)


def _wrapped(name: str) -> Semantics:
    def wrap(resolver: Resolver, arguments: Arguments) -> Values:
        return (ExternalInstance(name, (argument_at(resolver, arguments, 0),)),)

    return wrap


def _gathered(resolver: Resolver, arguments: Arguments) -> Values:
    parts = tuple(
        resolver.each(
            resolver.evaluate(arguments.module, path),
            lambda value: protocols.awaited(resolver, value),
        )
        for path in arguments.positional
    )
    return (ExternalInstance("awaitable", ((Sequence(parts, exact=True),),)),)


def _field(resolver: Resolver, arguments: Arguments) -> Values:
    for keyword in ("default_factory", "factory"):
        factory = arguments.find(keyword, None)
        if factory is not None:
            return resolver.each(
                resolver.evaluate(arguments.module, factory), partial(_made, resolver)
            )
    declared = arguments.find("type", None)
    if declared is not None:
        return resolver.instances(arguments.module, declared)
    return argument_at(resolver, arguments, -1, "default")


def _made_by_first(resolver: Resolver, arguments: Arguments) -> Values:
    """What the function or class gives that is the first argument."""
    return resolver.each(argument_at(resolver, arguments, 0), partial(_made, resolver))


def _made(resolver: Resolver, value: Value) -> Values:
    return resolver.call(value, Arguments.none())


def _imported(resolver: Resolver, arguments: Arguments) -> Values:
    """The module that ``importlib.import_module`` gives for a constant name."""
    name = _constant_text(argument_at(resolver, arguments, 0, "name"))
    if name.startswith("."):
        package = argument_at(resolver, arguments, 1, "package")
        if package not in _OWN_PACKAGE:
            return (Unknown("a module of a package that is computed"),)
    if not name.strip("."):
        return (Unknown("a module whose name is computed"),)
    return resolver.resolve_name(arguments.module, name)


def _imported_top(resolver: Resolver, arguments: Arguments) -> Values:
    """What ``__import__`` gives: the package above all unless names are wanted from the module."""
    name = _constant_text(argument_at(resolver, arguments, 0, "name"))
    if not name:
        return (Unknown("a module whose name is computed"),)
    if arguments.find("fromlist", 3) is None:
        name = name.partition(".")[0]
    return resolver.resolve_name(arguments.module, name)


def _constant_text(values: Values) -> str:
    """The one string that a value is; empty if it is anything else."""
    if len(values) != 1 or not isinstance(values[0], Literal):
        return ""
    text = literal_value(values[0].text)
    return text if isinstance(text, str) else ""


def _context_variable(resolver: Resolver, arguments: Arguments) -> Values:
    if arguments.find("default", None) is None:
        return (ExternalInstance(CONTEXT_VARIABLE),)
    default = argument_at(resolver, arguments, -1, "default")
    return (ExternalInstance(CONTEXT_VARIABLE, (default,)),)


SEMANTICS: Final[dict[str, Semantics]] = {
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "typing.cast": _cast,
    "typing_extensions.cast": _cast,
    "builtins.getattr": _getattr,
    "builtins.list": _collected,
    "builtins.tuple": _collected,
    "builtins.set": _collected,
    "builtins.frozenset": _collected,
    "builtins.sorted": _collected,
    "builtins.reversed": _collected,
    "builtins.iter": _passed_on,
    "itertools.islice": _passed_on,
    "itertools.cycle": _passed_on,
    "itertools.chain": _chained,
    "itertools.takewhile": _filtered,
    "itertools.dropwhile": _filtered,
    "itertools.filterfalse": _filtered,
    "itertools.starmap": _mapped,
    "collections.deque": _collected,
    "builtins.next": _elements,
    "builtins.max": _elements,
    "builtins.min": _elements,
    "random.choice": _elements,
    "builtins.filter": _filtered,
    "builtins.map": _mapped,
    "builtins.enumerate": _enumerated,
    "builtins.zip": _zipped,
    "builtins.dict": _dict,
    **{name: _with_attributes(name) for name in NAMESPACE_TYPES},
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _defaultdict,
    "builtins.type": _type,
    "re.compile": _pattern,
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "copy.replace": _first,
    "dataclasses.replace": _first,
    "asyncio.wait_for": _first,
    "asyncio.shield": _first,
    "asyncio.ensure_future": _first,
    "asyncio.create_task": _first,
    "asyncio.gather": _gathered,
    "contextlib.closing": _wrapped("contextlib.closing"),
    "contextlib.aclosing": _wrapped("contextlib.aclosing"),
    "contextlib.nullcontext": _wrapped("contextlib.nullcontext"),
    "dataclasses.field": _field,
    "pydantic.Field": _field,
    "pydantic.fields.Field": _field,
    "attrs.field": _field,
    "attrs.Factory": _made_by_first,
    "attr.field": _field,
    "attr.ib": _field,
    "attr.attrib": _field,
    "attr.Factory": _made_by_first,
    "builtins.staticmethod": _first,
    "importlib.import_module": _imported,
    "builtins.__import__": _imported_top,
    CONTEXT_VARIABLE: _context_variable,
    "weakref.proxy": _first,
    **{
        f"dependency_injector.providers.{provider}": _partial
        for provider in (
            "Callable",
            "ContextLocalSingleton",
            "Factory",
            "Singleton",
            "ThreadLocalSingleton",
            "ThreadSafeSingleton",
        )
    },
}
