"""What the catalogue says of the standard library is true of the running interpreter.

Every coroutine in ``tests/fixtures/runtime`` runs on an event loop. Where async-block finds that
its call blocks, the loop must be seen to stand still; where it finds nothing, the call must return
without any help. The same files are fixtures like the others, so the marks in them are checked.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import warnings
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

import pytest

from flake8_async_block.catalogue.load import shipped_tables
from flake8_async_block.catalogue.schema import ClassEntry, FunctionEntry
from flake8_async_block.config import Config
from flake8_async_block.engine import Engine
from tests.catalogue.stall import Stall
from tests.catalogue.unproven import UNPROVEN

pytestmark = pytest.mark.skipif(os.name != "posix", reason="named pipes and signals")

DIRECTORY: Final = Path(__file__).parents[1] / "fixtures" / "runtime"
PROOFS: Final = frozenset({"computes", "refused", "seen", "until", "until_pending", "until_signal"})


class Run(NamedTuple):
    """One coroutine of a fixture, and what async-block finds after its call to ``stall``.

    Attributes:
        file: the fixture.
        name: the coroutine.
        line: where it says what shows that it blocks, from 1.
        apis: the blocking APIs after that line; none for a call that must not wait.
    """

    file: str
    name: str
    line: int
    apis: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}-{self.name}"


@lru_cache(maxsize=1)
def runs() -> tuple[Run, ...]:
    files = sorted(DIRECTORY.glob("*.py"))
    found = Engine(Config(root=DIRECTORY, cost="brief")).check(files)
    assert not found.errors
    collected = []
    for file in files:
        for function in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(function, ast.AsyncFunctionDef) or not function.args.args:
                continue
            (line,) = [node.lineno for node in calls_in(function) if is_proof(node)]
            apis = [
                item.api
                for item in found.diagnostics
                if item.path == file.name and line < item.span.line <= (function.end_lineno or 0)
            ]
            collected.append(Run(file.stem, function.name, line, tuple(apis)))
    return tuple(collected)


def calls_in(function: ast.AsyncFunctionDef) -> list[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def is_proof(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "stall"
        and node.func.attr in PROOFS
    )


@lru_cache
def module_of(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"runtime_{file}", DIRECTORY / f"{file}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("run", runs(), ids=str)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_call_blocks_where_it_is_found_to(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case: Any = getattr(module_of(run.file), run.name)
    needed = getattr(case, "needs", ())
    if sys.version_info < needed:
        pytest.skip(f"needs Python {needed}")
    stall = Stall(tmp_path, monkeypatch)
    if not run.apis:
        stall.quiet()
    stall.run(case)
    if not run.apis:
        assert stall.expected == "until", "only what waits can be seen not to"


@pytest.mark.parametrize("waits", [True, False])
def test_a_call_that_is_not_what_was_found_is_noticed(
    waits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from tests.catalogue import stall as probe

    monkeypatch.setattr(probe, "PATIENCE", 0.1)

    async def case(stall: Stall) -> None:
        event = threading.Event()
        stall.until(event.set)
        event.wait(timeout=None if waits else 0)

    stall = Stall(tmp_path, monkeypatch)
    if waits:
        stall.quiet()
    with pytest.raises(AssertionError):
        stall.run(case)


def entries() -> list[FunctionEntry | ClassEntry]:
    """What blocks in the standard library."""
    tables = [table for area, table in shipped_tables().items() if area.startswith("stdlib_")]
    blocking: list[FunctionEntry | ClassEntry] = []
    for table in tables:
        blocking += [entry for entry in table.function if entry.blocks]
        blocking += [
            entry
            for entry in table.class_
            if entry.blocks or any(method.blocks for method in entry.method.values())
        ]
    return blocking


def proves(api: str, entry: FunctionEntry | ClassEntry) -> bool:
    if isinstance(entry, FunctionEntry):
        return api in entry.names
    return api in entry.names or api.rpartition(".")[0] in entry.names


def test_every_entry_is_proven_or_says_why_not() -> None:
    proven = {api for run in runs() for api in run.apis}
    left = {entry.names[0] for entry in entries() if not any(proves(api, entry) for api in proven)}
    explained = {name for names in UNPROVEN.values() for name in names}
    assert left - explained == set(), "run it in tests/fixtures/runtime, or say why not"
    assert explained - left == set(), "is run by now, or is gone"


def test_most_of_what_waits_is_proven() -> None:
    waiting = [entry for entry in entries() if entry.cost == "unbounded"]
    proven = {api for run in runs() for api in run.apis}
    run = [entry for entry in waiting if any(proves(api, entry) for api in proven)]
    assert len(run) > len(waiting) * 0.7
