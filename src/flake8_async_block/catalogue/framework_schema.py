"""The schema of ``data/frameworks/*.toml``: how frameworks call the code of a project."""

from __future__ import annotations

from typing import Literal

import msgspec

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
    """

    bases: tuple[DottedName, ...]
    methods: tuple[str, ...]
    method: str = "*"
    route_attribute: str = ""
    sync: RunsOn = "loop"
    thread_decorators: tuple[DottedName, ...] = ()
    named: bool = True


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


class OffloaderEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Callables that run a function somewhere else than on the loop.

    Attributes:
        names: every import path, or ``Type.method``.
        parameter: the parameter that takes the function, by name.
        position: its place, from 0, without ``self``.
        gives: what the call gives: something to await, a ``concurrent.futures.Future``, a
            function (for wrappers), or nothing of interest.
        started: the work begins whether or not what the call gives is awaited.
        coroutines: async functions may be handed over as well; they then run on the loop.
        keywords: the only keyword arguments that it takes, where it hands none on.
        hands_on: whether positional arguments that follow are handed on to the function.
        pool: how many threads the pool has by default that it shares with all others, for people;
            empty where the thread is the function's own, or the pool may be.
        own_pool: the parameter that brings a pool or a limit of its own, if it is given and not
            None.
    """

    names: tuple[DottedName, ...]
    parameter: str = "func"
    position: int = 0
    gives: Literal["awaitable", "future", "function", "nothing"] = "awaitable"
    started: bool = False
    coroutines: bool = False
    keywords: tuple[str, ...] | None = None
    hands_on: bool = True
    pool: str = ""
    own_pool: str = ""


class CoroutineEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Outside functions that are ``async``: calling one does nothing until the result is awaited.

    Attributes:
        names: every import path, or ``Type.method``.
        pause: awaiting it is a pause and nothing else; its only parameter, if any, is the seconds.
    """

    names: tuple[DottedName, ...]
    pause: bool = False


class BodyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Asynchronous calls that send what they are handed.

    Attributes:
        names: ``Type.method`` of each.
        reads: parameters of which open files are read on the loop, by name.
        refuses: parameters that take no open file and no plain generator, by name.
    """

    names: tuple[DottedName, ...]
    reads: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()


class MemoiserEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Decorators that keep a function's results and do not run it again for the same arguments.

    Attributes:
        names: every import path.
    """

    names: tuple[DottedName, ...]


class CallerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Callables that call a function which they are handed, before they return.

    Attributes:
        names: every import path, or ``Type.method``.
        parameter: the parameter that takes the function, by name.
        position: its place, from 0, without ``self``; -1 where it is only given by keyword.
    """

    names: tuple[DottedName, ...]
    parameter: str = "func"
    position: int = 0


class ConsumerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Callables that iterate over an argument before they return.

    Attributes:
        names: every import path, or ``Type.method``.
        position: the place of that argument, from 0, without ``self``.
    """

    names: tuple[DottedName, ...]
    position: int = 0


class SharedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Objects on which one part of a program leaves values that all others use.

    Attributes:
        types: every import path of their types.
        items: values are left as items, ``app["db"]``, and not as attributes, ``app.state.db``.
        attributes: the names under which other objects hold them: an assignment below one counts
            even where nothing is known of that other object.
        keys: classes of keys whose second argument is the type of the item.
    """

    types: tuple[DottedName, ...]
    items: bool = False
    attributes: tuple[str, ...] = ()
    keys: tuple[DottedName, ...] = ()


class FrameworkTables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One framework file.

    Attributes:
        callback: what hands a function to the event loop, in the same words as an offloader.
        name: as people write it.
        evidence: the address of the documentation that says where code runs.
        package: the word without which no file of a project uses the framework.
        trailing_slash: whether a route ends in the slash with which it was written.
    """

    name: str
    evidence: str
    package: str
    trailing_slash: bool = True
    handler: tuple[HandlerEntry, ...] = ()
    registration: tuple[RegistrationEntry, ...] = ()
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
    shared: tuple[SharedEntry, ...] = ()
    caller: tuple[CallerEntry, ...] = ()
    consumer: tuple[ConsumerEntry, ...] = ()
