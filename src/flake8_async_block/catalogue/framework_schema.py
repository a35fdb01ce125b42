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
        route: the parameter that holds the route, by name; it is also the first positional one.
        sync: where a plain ``def`` handler runs.
    """

    decorators: tuple[str, ...]
    receivers: tuple[DottedName, ...] = ()
    method: str = "*"
    route: str = "path"
    sync: RunsOn = "thread"


class InjectorEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Markers in a default value or in ``Annotated`` that say which callable makes the value.

    Attributes:
        names: every import path of the marker.
        parameter: the parameter that takes the provider; it is also the first positional one.
        sync: where a plain ``def`` provider runs.
    """

    names: tuple[DottedName, ...]
    parameter: str = "dependency"
    sync: RunsOn = "thread"


class OffloaderEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Callables that run a function somewhere else than on the loop.

    Attributes:
        names: every import path, or ``Type.method``.
        parameter: the parameter that takes the function, by name.
        position: its place, from 0, without ``self``.
        gives: what the call gives: something to await, a ``concurrent.futures.Future``, a
            function (for wrappers), or nothing of interest.
    """

    names: tuple[DottedName, ...]
    parameter: str = "func"
    position: int = 0
    gives: Literal["awaitable", "future", "function", "nothing"] = "awaitable"


class FrameworkTables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One framework file."""

    name: str
    evidence: str
    handler: tuple[HandlerEntry, ...] = ()
    injector: tuple[InjectorEntry, ...] = ()
    offloader: tuple[OffloaderEntry, ...] = ()
