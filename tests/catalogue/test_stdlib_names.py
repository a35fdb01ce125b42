"""The standard library's entries against the running interpreter.

An entry whose name is misspelt, or left behind by a new Python, would never match and nobody
would notice: so every name, method, argument and position is looked up in the real modules.
"""

from __future__ import annotations

import importlib
import inspect
import io
import multiprocessing
import multiprocessing.queues
import select
import sys
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from flake8_async_block.catalogue.load import DATA_DIRECTORY, parse_toml
from flake8_async_block.catalogue.schema import (
    CatalogueTables,
    ClassEntry,
    Condition,
    FunctionEntry,
)
from flake8_async_block.catalogue.type_names import parse_type

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Lifetime(NamedTuple):
    """The Python versions that have a name: from ``since``, up to but not including ``until``."""

    since: tuple[int, int] = (3, 0)
    until: tuple[int, int] = (4, 0)


LIFETIMES = {
    "aifc": Lifetime(until=(3, 13)),
    "asyncio.EventLoop": Lifetime(since=(3, 13)),
    "asyncio.Runner": Lifetime(since=(3, 11)),
    "asyncio.runners.Runner": Lifetime(since=(3, 11)),
    "asyncore": Lifetime(until=(3, 12)),
    "compression": Lifetime(since=(3, 14)),
    "concurrent.futures.InterpreterPoolExecutor": Lifetime(since=(3, 14)),
    "configparser.SafeConfigParser": Lifetime(until=(3, 12)),
    "crypt": Lifetime(until=(3, 13)),
    "dbm.sqlite3": Lifetime(since=(3, 13)),
    "hashlib.file_digest": Lifetime(since=(3, 11)),
    "imghdr": Lifetime(until=(3, 13)),
    "importlib.abc.Traversable": Lifetime(until=(3, 14)),
    "importlib.resources.abc": Lifetime(since=(3, 11)),
    "nntplib": Lifetime(until=(3, 13)),
    "os.DirEntry.is_junction": Lifetime(since=(3, 12)),
    "os.path.isjunction": Lifetime(since=(3, 12)),
    "pathlib.Path.copy": Lifetime(since=(3, 14)),
    "pathlib.Path.copy_into": Lifetime(since=(3, 14)),
    "pathlib.Path.from_uri": Lifetime(since=(3, 13)),
    "pathlib.Path.is_junction": Lifetime(since=(3, 12)),
    "pathlib.Path.link_to": Lifetime(until=(3, 12)),
    "pathlib.Path.move": Lifetime(since=(3, 14)),
    "pathlib.Path.move_into": Lifetime(since=(3, 14)),
    "pathlib.Path.walk": Lifetime(since=(3, 12)),
    "pathlib.Path.with_segments": Lifetime(since=(3, 12)),
    "sndhdr": Lifetime(until=(3, 13)),
    "sqlite3.Blob": Lifetime(since=(3, 11)),
    "sqlite3.Connection.blobopen": Lifetime(since=(3, 11)),
    "sqlite3.Connection.deserialize": Lifetime(since=(3, 11)),
    "sqlite3.Connection.serialize": Lifetime(since=(3, 11)),
    "ssl.wrap_socket": Lifetime(until=(3, 12)),
    "sunau": Lifetime(until=(3, 13)),
    "telnetlib": Lifetime(until=(3, 13)),
    "tempfile.SpooledTemporaryFile.read1": Lifetime(since=(3, 11)),
    "tempfile.SpooledTemporaryFile.readinto": Lifetime(since=(3, 11)),
    "tomllib": Lifetime(since=(3, 11)),
    "urllib.request.FancyURLopener": Lifetime(until=(3, 14)),
    "urllib.request.URLopener": Lifetime(until=(3, 14)),
    "zipfile.ZipFile.mkdir": Lifetime(since=(3, 11)),
}
"""Names that some supported version lacks; an entry speaks for everything below it."""

DEPENDS_ON_THE_BUILD = {
    "asyncio.ProactorEventLoop",
    "asyncio.WindowsProactorEventLoopPolicy",
    "asyncio.WindowsSelectorEventLoopPolicy",
    "crypt",
    "curses",
    "dbm.gnu",
    "dbm.ndbm",
    "fcntl",
    "grp",
    "importlib.metadata.distributions",
    "msvcrt",
    "multiprocessing.connection.PipeConnection",
    "multiprocessing.context.ForkProcess",
    "multiprocessing.context.ForkServerProcess",
    "os",
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "pty",
    "pwd",
    "select",
    "selectors",
    "signal",
    "socket",
    "socketserver",
    "sqlite3.Connection.deserialize",
    "sqlite3.Connection.load_extension",
    "sqlite3.Connection.serialize",
}
"""Names that an operating system or a way of building Python may leave out."""

STAND_INS: dict[str, type] = {
    "_thread.allocate_lock": type(threading.Lock()),
    "dbm.open.database": importlib.import_module("dbm.dumb")._Database,
    "multiprocessing.JoinableQueue": multiprocessing.queues.JoinableQueue,
    "multiprocessing.Queue": multiprocessing.queues.Queue,
    "multiprocessing.SimpleQueue": multiprocessing.queues.SimpleQueue,
    "multiprocessing.context.BaseContext": type(multiprocessing.get_context("spawn")),
    "os._wrap_close": io.TextIOWrapper,
    "os.popen.stream": io.TextIOWrapper,
    "socket.socket.makefile": io.BufferedRWPair,
    "select.poll": type(select.poll()) if hasattr(select, "poll") else object,
    "subprocess.Popen.stderr": io.BufferedReader,
    "subprocess.Popen.stdin": io.BufferedWriter,
    "subprocess.Popen.stdout": io.BufferedReader,
    "sys.__stdin__": io.TextIOWrapper,
    "sys.__stdin__.buffer": io.BufferedReader,
    "sys.stdin": io.TextIOWrapper,
    "sys.stdin.buffer": io.BufferedReader,
    "tempfile._TemporaryFileWrapper": io.BufferedRandom,
    "threading.Lock": type(threading.Lock()),
    "threading.RLock": type(threading.RLock()),
}
"""Classes that are not importable under the name by which people know them."""

METHODS_OF_SOME_ONLY = {
    "dbm.open.database.firstkey",
    "dbm.open.database.nextkey",
    "dbm.open.database.reorganize",
    "io.TextIOWrapper.peek",
    "io.TextIOWrapper.read1",
    "io.TextIOWrapper.readinto",
    "io.TextIOWrapper.readinto1",
    "multiprocessing.managers.BaseManager.shutdown",
    "multiprocessing.synchronize.Condition.acquire",
    "multiprocessing.synchronize.Lock.acquire",
    "multiprocessing.synchronize.Semaphore.acquire",
    "threading.Condition.acquire",
}
"""What only instances have, or only some of the kinds for which an entry speaks."""


def _tables() -> dict[str, CatalogueTables]:
    paths = [*sorted(DATA_DIRECTORY.glob("stdlib_*.toml")), DATA_DIRECTORY / "http_urllib3.toml"]
    return {path.stem: msgspec.convert(parse_toml(path), CatalogueTables) for path in paths}


TABLES = _tables()
STDLIB = {stem: tables for stem, tables in TABLES.items() if stem != "http_urllib3"}
FUNCTIONS = [entry for tables in STDLIB.values() for entry in tables.function]
CLASSES = [entry for tables in STDLIB.values() for entry in tables.class_]
ENTRIES: list[FunctionEntry | ClassEntry] = [*FUNCTIONS, *CLASSES]
CLASS_NAMES = {
    name for tables in TABLES.values() for entry in tables.class_ for name in entry.names
}


def _key_for(name: str, keys: Iterator[str]) -> str | None:
    return max(
        (key for key in keys if name == key or name.startswith(key + ".")), key=len, default=None
    )


def _expected(name: str) -> bool | None:
    """Whether this interpreter must have ``name``; None where either is right."""
    lifetime = LIFETIMES.get(_key_for(name, iter(LIFETIMES)) or "", Lifetime())
    if not lifetime.since <= sys.version_info[:2] < lifetime.until:
        return False
    return None if _key_for(name, iter(DEPENDS_ON_THE_BUILD)) else True


def _look_up(name: str) -> Any:
    """What the dotted ``name`` stands for, or None."""
    if name in STAND_INS:
        return STAND_INS[name]
    module, _, rest = name.partition(".")
    try:
        found: Any = importlib.import_module(module)
        for part in rest.split(".") if rest else ():
            module = f"{module}.{part}"
            found = (
                getattr(found, part) if hasattr(found, part) else importlib.import_module(module)
            )
    except ImportError:
        return None
    return found


def _check_presence(name: str, found: object | None) -> None:
    expected = _expected(name)
    if expected is None:
        return
    assert (found is not None) == expected, name


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda entry: entry.names[0])
def test_a_function_exists_and_is_no_coroutine_function(entry: FunctionEntry) -> None:
    for name in entry.names:
        found = _look_up(name)
        _check_presence(name, found)
        assert found is None or callable(found), name
        assert not inspect.iscoroutinefunction(found), name


@pytest.mark.parametrize("entry", CLASSES, ids=lambda entry: entry.names[0])
def test_a_class_exists_with_its_methods(entry: ClassEntry) -> None:
    owners: dict[str, type] = {}
    for name in entry.names:
        found = _look_up(name)
        _check_presence(name, found)
        assert found is None or callable(found), name
        if isinstance(found, type):
            owners[name] = found
    listed = {*entry.methods, *(entry.methods_except or ()), *entry.method, *entry.returns}
    for method in listed if owners else ():
        full = f"{next(iter(owners))}.{method}"
        if full in METHODS_OF_SOME_ONLY:
            continue
        having = (getattr(owner, method, None) for owner in owners.values())
        found = next((each for each in having if each is not None), None)
        _check_presence(full, found)
        assert not inspect.iscoroutinefunction(found), full


def test_overridden_methods_are_listed() -> None:
    for entry in CLASSES:
        if entry.methods_except is None:
            assert set(entry.method) <= set(entry.methods), entry.names


def _types_in(reference: str) -> list[str]:
    return [
        name
        for member in parse_type(reference)
        for name in (
            [inner.name for argument in member.arguments for inner in argument] or [member.name]
        )
    ]


def test_every_type_that_an_entry_names_is_a_class_of_the_catalogue() -> None:
    for tables in TABLES.values():
        references = [(entry.names[0], entry.returns) for entry in tables.function]
        for entry in tables.class_:
            texts = (*entry.returns.values(), *entry.attributes.values(), *entry.bases)
            own = (entry.enters, entry.yields, entry.item)
            references += [(entry.names[0], text) for text in (*texts, *own)]
        for owner, text in references:
            for name in _types_in(text):
                assert name in CLASS_NAMES | {"self", "builtins.str"}, (owner, name)


def test_no_name_stands_twice() -> None:
    seen: dict[str, str] = {}
    for stem, tables in TABLES.items():
        functions = [name for entry in tables.function for name in entry.names]
        classes = [name for entry in tables.class_ for name in entry.names]
        for name in (*functions, *classes):
            assert name not in seen, f"{name} stands in {seen[name]} and in {stem}"
            seen[name] = stem


def _conditioned() -> Iterator[tuple[list[str], tuple[Condition, ...]]]:
    for function in FUNCTIONS:
        yield list(function.names), (*function.unless, *function.only_if, *function.untyped_if)
    for entry in CLASSES:
        constructor = (
            *entry.construct_unless,
            *entry.construct_only_if,
            *entry.untyped_if,
        )
        yield list(entry.names), constructor
        for method, override in entry.method.items():
            names = [f"{name}.{method}" for name in entry.names]
            yield names, (*override.unless, *override.only_if)


def _parameters(name: str) -> list[inspect.Parameter] | None:
    """The parameters after ``self``, or None where the interpreter does not tell."""
    found = _look_up(name)
    if not callable(found):
        return None
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(each.kind in _VARIADIC or each.name in {"args", "kwargs"} for each in parameters):
        return None
    return parameters[1:] if parameters and parameters[0].name == "self" else parameters


_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _fits(condition: Condition, parameters: list[inspect.Parameter]) -> bool:
    """Whether the argument stands where the condition says; positional ones have no name."""
    if condition.position is None:
        return any(each.name == condition.argument for each in parameters)
    if condition.position >= len(parameters):
        return False
    parameter = parameters[condition.position]
    return (
        parameter.name == condition.argument or parameter.kind is inspect.Parameter.POSITIONAL_ONLY
    )


def test_a_condition_names_the_argument_that_stands_at_its_position() -> None:
    checked = 0
    for names, conditions in _conditioned():
        signatures = [known for name in names if (known := _parameters(name)) is not None]
        for condition in conditions if signatures else ():
            assert any(_fits(condition, known) for known in signatures), (names, condition)
            checked += 1
    assert checked > 50


def test_a_replacement_of_asyncio_exists() -> None:
    loop = importlib.import_module("asyncio").AbstractEventLoop
    for entry in ENTRIES:
        owner, _, attribute = entry.instead.partition(".")
        if owner == "loop":
            assert hasattr(loop, attribute), entry.names
        elif owner == "asyncio":
            assert _look_up(entry.instead) is not None, entry.names
            assert entry.instead_import == "asyncio", entry.names


def test_every_entry_says_where_its_fact_is_from() -> None:
    for entry in ENTRIES:
        assert entry.evidence.startswith("https://"), entry.names
