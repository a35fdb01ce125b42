"""The schema of what outside callables do with functions and values that they are handed.

A part of the schema of ``data/frameworks/*.toml``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from flake8_async_block.catalogue.schema import DottedName


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


class ProcessWideEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Callables that change what all threads of the process share, such as the working directory.

    Attributes:
        names: every import path; of a context manager, that of what makes it.
        main_thread: they work in the main thread only.
    """

    names: tuple[DottedName, ...]
    main_thread: bool = False


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


class DecoratorEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Decorators that change what a method or a function of the project is.

    Attributes:
        names: every import path.
        makes: a property, a method of the class, or a function that gives a context manager.
    """

    names: tuple[DottedName, ...]
    makes: Literal["property", "class-method", "manager"]


class SharedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Objects on which one part of a program leaves values that all others use.

    Attributes:
        types: every import path of their types.
        items: values are left as items, ``app["db"]``, and not as attributes, ``app.state.db``.
        attributes: the names under which other objects hold them: an assignment below one counts
            even where nothing is known of that other object.
        keys: classes of keys whose second argument is the type of the item.
        subclassed: projects derive classes from these types, which set attributes of their own.
    """

    types: tuple[DottedName, ...]
    items: bool = False
    attributes: tuple[str, ...] = ()
    keys: tuple[DottedName, ...] = ()
    subclassed: bool = False
