"""The schema of ``data/frameworks/*.toml``: how frameworks call the code of a project."""

from __future__ import annotations

from typing import Literal

import msgspec

from flake8_async_block.catalogue.callable_schema import (
    BodyEntry,
    CallerEntry,
    ConsumerEntry,
    CoroutineEntry,
    DecoratorEntry,
    MemoiserEntry,
    OffloaderEntry,
    ProcessWideEntry,
    SharedEntry,
)
from flake8_async_block.catalogue.schema import DottedName

RunsOn = Literal["loop", "thread"]


class HandlerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Decorators that register a function as an entry point.

    Attributes:
        receivers: types of the object whose method the decorator is; empty for plain functions.
        decorators: method names (with receivers) or dotted names (without).
        method: what is shown as the method; ``*`` takes the decorator's name in capitals.
        route: the parameter that holds the route, by name; empty where there is no route.
        route_position: its place, from 0.
        method_argument: the parameter that holds the one method, by name; it is also the first
            positional one.
        methods: the parameter that lists HTTP methods, by name; shown instead of ``method``.
        sync: where a plain ``def`` handler runs.
        thread_if: a keyword argument that, when true, sends a plain ``def`` to a thread.
        named: whether findings name it as the entry point through which they are reached.
        once: it runs when the server starts or stops, and no request waits for it.
        hands: the types of what the framework hands to the function, by position, without ``self``.
    """

    decorators: tuple[str, ...]
    receivers: tuple[DottedName, ...] = ()
    method: str = "*"
    route: str = "path"
    route_position: int = 0
    method_argument: str = ""
    methods: str = ""
    sync: RunsOn = "thread"
    thread_if: str = ""
    named: bool = True
    once: bool = False
    hands: tuple[DottedName, ...] = ()


class RegistrationEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Calls that register a function or a class of handlers which they are handed.

    Attributes:
        receivers: types of the object whose method is called; empty for plain callables.
        calls: method names (with receivers) or dotted names (without).
        function: the parameter that takes the function, by name; a list of functions may stand
            there too.
        position: its place, from 0, without ``self``.
        route: the parameter that holds the route, by name; empty where there is none.
        route_position: its place, from 0; -1 where it is only given by keyword.
        method: what is shown as the method; ``*`` takes the last part of the call's name.
        methods: the parameter that lists HTTP methods, by name.
        method_argument: the parameter that holds the one method, by name; it is also the first
            positional one.
        sync: where a plain ``def`` runs.
        thread_if: as for :class:`HandlerEntry`.
        named: as for :class:`HandlerEntry`.
        once: as for :class:`HandlerEntry`.
        hands: as for :class:`HandlerEntry`.
        class_method: the method that the framework calls of a class that it is handed.
        markers: injectors' markers stand there, ``[Depends(check)]``: what they name is called
            before each handler that is registered there. It is named as an entry point only where
            none of these handlers is known.
    """

    calls: tuple[str, ...]
    receivers: tuple[DottedName, ...] = ()
    function: str = "handler"
    position: int = 0
    route: str = ""
    route_position: int = -1
    method: str = ""
    methods: str = ""
    method_argument: str = ""
    sync: RunsOn = "loop"
    thread_if: str = ""
    named: bool = True
    once: bool = False
    hands: tuple[DottedName, ...] = ()
    class_method: str = ""
    markers: bool = False


class AssignmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Attributes that register the function that is assigned to them.

    Attributes:
        receivers: types of the object that has them.
        attributes: their names.
        method: what is shown as the method.
        sync: where a plain ``def`` runs.
        once: as for :class:`HandlerEntry`.
    """

    receivers: tuple[DottedName, ...]
    attributes: tuple[str, ...]
    method: str
    sync: RunsOn = "loop"
    once: bool = False


class ViewEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Classes whose methods a framework calls.

    Attributes:
        bases: the outside classes to inherit from.
        methods: names of methods; one that ends in ``*`` means all that begin so.
        method: what is shown as the method; ``*`` takes the method's name in capitals.
        route_attribute: the class attribute that holds the route, if there is one.
        sync: where a plain ``def`` method runs.
        thread_decorators: decorators that take a plain ``def`` method off the loop.
        named: as for :class:`HandlerEntry`.
        hands: as for :class:`HandlerEntry`.
    """

    bases: tuple[DottedName, ...]
    methods: tuple[str, ...]
    method: str = "*"
    route_attribute: str = ""
    sync: RunsOn = "loop"
    thread_decorators: tuple[DottedName, ...] = ()
    named: bool = True
    hands: tuple[DottedName, ...] = ()


class RouterEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Objects that collect routes under a prefix: routers, blueprints, controllers, mounts.

    Attributes:
        names: every import path of the class or factory.
        prefix: the parameter that holds the prefix, by name.
        position: its place, from 0; -1 where it is only given by keyword.
        children: parameters that take routes or routers, one or a list, by name.
        children_position: the place of the first of these; -1 where it is only given by keyword.
        takes_many: whether all positional arguments are routers below this one.
        prefix_attribute: the class attribute that holds the prefix, where the router is a class.
    """

    names: tuple[DottedName, ...]
    prefix: str = "prefix"
    position: int = -1
    children: tuple[str, ...] = ()
    children_position: int = -1
    takes_many: bool = False
    prefix_attribute: str = ""


class MountEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Methods that put one router below another.

    Attributes:
        receivers: types of the outer router.
        calls: method names.
        child: the parameter that takes the inner router, by name.
        child_position: its place, from 0.
        prefix: the parameter that holds a further prefix, by name.
        prefix_position: its place, from 0; -1 where it is only given by keyword.
        replaces: whether this prefix stands instead of the inner router's own.
    """

    receivers: tuple[DottedName, ...]
    calls: tuple[str, ...]
    child: str = "router"
    child_position: int = 0
    prefix: str = "prefix"
    prefix_position: int = -1
    replaces: bool = False


class RouteTableEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Callables that take a list of ``(route, handler)`` pairs.

    Attributes:
        names: every import path of the callable.
        parameter: the parameter that takes the list, by name.
        position: its place, from 0.
    """

    names: tuple[DottedName, ...]
    parameter: str
    position: int = 0


class ConventionEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Names that say where a plain ``def`` runs.

    Attributes:
        prefix: how the function's own name begins.
        package: the package that the file belongs to or imports from.
    """

    prefix: str
    package: DottedName


class ModelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Data classes whose validators run on the loop when a handler takes or returns one.

    Attributes:
        bases: the outside classes to inherit from.
        reading: decorators of methods that run when a value is read from a request.
        writing: decorators of methods that run when a value is written to a response.
    """

    bases: tuple[DottedName, ...]
    reading: tuple[DottedName, ...] = ()
    writing: tuple[DottedName, ...] = ()


class InjectorEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Markers in a default value or in ``Annotated`` that say which callable makes the value.

    Attributes:
        names: every import path of the marker.
        parameter: the parameter that takes the provider; it is also the first positional one.
        sync: where a plain ``def`` provider runs.
        by_name: the markers stand in dictionaries, ``{"db": Provide(get_db)}``, whose keys are
            the parameters of the handlers of the same package.
    """

    names: tuple[DottedName, ...]
    parameter: str = "dependency"
    sync: RunsOn = "thread"
    by_name: bool = False


class FrameworkTables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One framework file.

    Attributes:
        callback: what hands a function to the event loop, in the same words as an offloader.
        name: as people write it.
        evidence: the address of the documentation that says where code runs.
        package: the word without which no file of a project uses the framework.
        loop_packages: packages whose functions and objects belong to the event loop.
        trailing_slash: whether a route ends in the slash with which it was written.
    """

    name: str
    evidence: str
    package: str
    trailing_slash: bool = True
    loop_packages: tuple[DottedName, ...] = ()
    handler: tuple[HandlerEntry, ...] = ()
    registration: tuple[RegistrationEntry, ...] = ()
    assignment: tuple[AssignmentEntry, ...] = ()
    view: tuple[ViewEntry, ...] = ()
    router: tuple[RouterEntry, ...] = ()
    mount: tuple[MountEntry, ...] = ()
    route_table: tuple[RouteTableEntry, ...] = ()
    convention: tuple[ConventionEntry, ...] = ()
    model: tuple[ModelEntry, ...] = ()
    injector: tuple[InjectorEntry, ...] = ()
    offloader: tuple[OffloaderEntry, ...] = ()
    callback: tuple[OffloaderEntry, ...] = ()
    body: tuple[BodyEntry, ...] = ()
    coroutine: tuple[CoroutineEntry, ...] = ()
    memoiser: tuple[MemoiserEntry, ...] = ()
    process_wide: tuple[ProcessWideEntry, ...] = ()
    decorator: tuple[DecoratorEntry, ...] = ()
    shared: tuple[SharedEntry, ...] = ()
    caller: tuple[CallerEntry, ...] = ()
    consumer: tuple[ConsumerEntry, ...] = ()
