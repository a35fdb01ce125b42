"""The schema of the catalogue's TOML files and of a user's ``[tool.async-block.catalogue]``.

A file holds any number of ``[[function]]``, ``[[class]]`` and ``[[alias]]`` tables; a framework
file adds the tables of :mod:`flake8_async_block.catalogue.framework_schema`. Keys are written in
kebab-case. ``docs/catalogue.md`` shows the schema with examples.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

What = Literal[
    "sleep",
    "http",
    "network",
    "sql",
    "data-service",
    "cloud",
    "subprocess",
    "file",
    "input",
    "wait",
    "nested-loop",
    "cpu",
]
"""What blocks; the position (from 1) is the last two digits of the code."""

Cost = Literal["unbounded", "bounded", "cpu", "brief"]
"""``unbounded``: network, sleep, locks, processes. ``bounded``: disk. ``cpu``: computes. ``brief``:
shorter than a hop to a thread."""

ThreadSafety = Literal["safe", "sequential", "affine", "never"]
"""``safe``: any thread. ``sequential``: one call after another, in whichever thread. ``affine``:
the object stays with one thread, so a whole scope must move together. ``never``: must not be moved
to a thread."""

Holds = Literal["", "lock", "reentrant-lock", "shared-lock", "pool"]
"""What ``with`` on an instance holds. ``lock``: one thread of the process at a time has it.
``reentrant-lock``: the same, and never against its own thread. ``shared-lock``: several threads, or
other processes, may have it. ``pool``: threads or processes, for whose work its end waits."""

DottedName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][\w]*(\.[A-Za-z_][\w]*)*$")]
DottedPattern = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_*][\w*]*(\.[A-Za-z_*][\w*]*)*$")]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A statement about one argument of a call.

    ``argument`` names the parameter and ``position`` gives its place (from 0, without ``self``);
    exactly one of the tests below is given.

    Attributes:
        equals: the argument is this literal.
        given: true: the argument is there; false: it is left out (or is ``None``).
        mentions: the argument's expression contains this name, such as ``WNOHANG``.
        instance: the argument is an instance of one of these types, such as ``io.BytesIO``.
    """

    argument: str = ""
    position: int | None = None
    equals: bool | int | float | str | None = None
    given: bool | None = None
    mentions: str = ""
    instance: tuple[str, ...] = ()


class MethodOverride(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What one method has different from its class. Fields left out come from the class."""

    blocks: What | Literal[False] | None = None
    cost: Cost | None = None
    unless: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    unblocked_by: dict[str, tuple[Condition, ...]] = {}
    instead: str = ""
    note: str = ""


class FunctionEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A function, or a class method or static method called by its dotted name.

    Attributes:
        names: every public import path, the preferred one first.
        blocks: what it waits for; left out where only its result is of interest.
        cost: how long it can take.
        returns: the type of the result: a class name of the catalogue, ``A | B``, or
            ``iterator[A]`` / ``list[A]`` for something that yields such values.
        unless: it does not block when any of these conditions holds.
        only_if: it blocks only when all of these conditions hold.
        instead: the asynchronous replacement, as people write it.
        instead_import: the module which that needs.
        exact: the replacement takes the same arguments and gives the same result when awaited.
        thread: whether the call may move to a worker thread.
        holds_gil: a thread would not help: the work keeps the interpreter lock.
        remembers: only the first call with the same arguments waits; its result is kept.
        evidence: where the fact is from: an address or a source file.
        note: one sentence shown with the finding.
        untyped_if: the result has no known type when any of these conditions holds, as with
            ``sessionmaker(engine, class_=AsyncSession)``; the call itself is judged as ever.
    """

    names: tuple[DottedName, ...]
    blocks: What | None = None
    cost: Cost = "unbounded"
    returns: str = ""
    untyped_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    instead: str = ""
    instead_import: str = ""
    exact: bool = False
    thread: ThreadSafety = "safe"
    holds_gil: bool = False
    remembers: bool = False
    evidence: str = ""
    note: str = ""


class ClassEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A class whose instances are of interest.

    What an instance has, the class itself has too: a project class that inherits from
    ``peewee.Model`` blocks in ``User.get(...)`` as in ``user.save()``.

    Attributes:
        names: every public import path, the preferred one first.
        patterns: names in which ``*`` stands for any characters but a dot, for classes that come
            by the hundred: ``google.cloud.*.*Client``. An entry with the exact name wins.
        patterns_except: patterns of names that ``patterns`` shall not match.
        bases: catalogue classes from which it inherits facts.
        blocks: what its blocking methods wait for.
        cost: how long they can take.
        methods: the methods that block ("only a list").
        methods_except: all methods block but these ("all but a list"); underscore names never.
            ``*`` stands for any characters: ``*_async``.
        method: differences of single methods.
        construct: creating an instance blocks. Here and in the next four a cost says that it
            does, and that this takes another time than the methods.
        call: calling an instance blocks.
        iterate: iterating over an instance blocks.
        enter: entering ``with`` blocks.
        exit: leaving ``with`` blocks.
        properties: attributes whose reading blocks.
        deep: any call on a chain of attributes of an instance blocks, as in
            ``client.chat.completions.create``; ``deep_except`` names attributes that end that
            (``*`` stands for any characters: ``*_async``).
        deep_methods: with ``deep``: only calls of these names block, and every other call on the
            chain continues it: ``client.messages(sid).media.list()``.
        returns: method → type of its result, in the language of ``FunctionEntry.returns``;
            ``self`` is the receiver's own type.
        attributes: attribute → type.
        any_attribute: the type of every attribute that nothing else in the entry names:
            ``client.database.collection``.
        untyped_if: see ``FunctionEntry``; about the construction of an instance.
        enters: the type that ``with`` binds; the receiver itself when left out.
        yields: the type of the elements when iterated.
        item: the type of ``instance[key]``.
        construct_unless: creating an instance does not block when any of these conditions holds.
        construct_only_if: creating an instance blocks only when all of these conditions hold.
        unblocked_by: method → conditions: once it was called with one of these, or at all if there
            are none, in the same function, the methods of the object do not block. Said of one
            method (``method.get.unblocked-by``) it counts for that one alone.
        singleton: the names are those of one object, such as ``sys.stdin``, not of its class.
        holds: what is held between entering and leaving, or ``acquire`` and ``release``.
    """

    names: tuple[DottedName, ...] = ()
    patterns: tuple[DottedPattern, ...] = ()
    patterns_except: tuple[DottedPattern, ...] = ()
    bases: tuple[DottedName, ...] = ()
    blocks: What | None = None
    cost: Cost = "unbounded"
    methods: tuple[str, ...] = ()
    methods_except: tuple[str, ...] | None = None
    method: dict[str, MethodOverride] = {}
    construct: bool | Cost = False
    call: bool | Cost = False
    iterate: bool | Cost = False
    enter: bool | Cost = False
    exit: bool | Cost = False
    properties: tuple[str, ...] = ()
    deep: bool = False
    deep_except: tuple[str, ...] = ()
    deep_methods: tuple[str, ...] = ()
    returns: dict[str, str] = {}
    attributes: dict[str, str] = {}
    any_attribute: str = ""
    untyped_if: tuple[Condition, ...] = ()
    enters: str = ""
    yields: str = ""
    item: str = ""
    construct_unless: tuple[Condition, ...] = ()
    construct_only_if: tuple[Condition, ...] = ()
    singleton: bool = False
    unblocked_by: dict[str, tuple[Condition, ...]] = {}
    holds: Holds = ""
    instead: str = ""
    instead_import: str = ""
    thread: ThreadSafety = "safe"
    holds_gil: bool = False
    evidence: str = ""
    note: str = ""


class AliasEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A module or class that is another one under a second name: ``httpx2`` is ``httpx``."""

    name: DottedName
    target: DottedName
    evidence: str = ""


class CatalogueTables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """One catalogue file, or the user's tables."""

    function: tuple[FunctionEntry, ...] = ()
    class_: tuple[ClassEntry, ...] = msgspec.field(default=(), name="class")
    alias: tuple[AliasEntry, ...] = ()
