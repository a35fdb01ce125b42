"""The pages list what the catalogue says, all of it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from flake8_async_block.catalogue.load import load_catalogue, shipped_tables
from flake8_async_block.catalogue.schema import ClassEntry, FunctionEntry
from flake8_async_block.rules import ALL_RULES, RULES_BY_CODE
from flake8_async_block.rules.api_lists import api_list, documentation
from flake8_async_block.rules.kind import Kind
from flake8_async_block.rules.kinds import KINDS

BY_WHAT: Final = {kind.what: kind for kind in KINDS}
LISTS: Final = {kind.what: api_list(kind) for kind in KINDS}


def named_in(line: str) -> Iterator[str]:
    """The dotted names that a line of a list is about."""
    subject = re.split(r": | \*| \(|; | – ", line.removeprefix("- "), maxsplit=1)[0]
    owner = ""
    for name in re.findall(r"`([^`]+)`", subject):
        if "." in name:
            owner = name.rpartition(".")[0]
        yield name if "." in name or not owner else f"{owner}.{name}"


def lines_about(what: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in LISTS[what].partition("\n### ")[2].splitlines():
        if line.startswith("- `"):
            for name in named_in(line):
                found.setdefault(name, []).append(line)
    return found


LINES: Final = {what: lines_about(what) for what in LISTS}


def functions() -> list[FunctionEntry]:
    return [entry for table in shipped_tables().values() for entry in table.function]


def classes() -> list[ClassEntry]:
    return [entry for table in shipped_tables().values() for entry in table.class_]


def test_every_function_that_blocks_is_listed_where_it_belongs() -> None:
    for entry in functions():
        for what, lines in LINES.items():
            name = entry.names[0].removeprefix("builtins.")
            assert (name in lines) == (entry.blocks == what), (name, what)


def test_every_class_and_method_is_listed() -> None:
    for entry in classes():
        for method in entry.methods:
            override = entry.method.get(method)
            what = override.blocks if override and override.blocks else entry.blocks
            assert what
            for name in (*entry.names[:1], *entry.patterns):
                assert any(f"`{method}`" in line for line in LINES[what][name]), (name, method)
        if entry.methods_except is not None and entry.names and entry.blocks:
            (line,) = LINES[entry.blocks][entry.names[0]]
            assert "all methods" in line
            assert all(f"`{name}`" in line for name in entry.methods_except)
        if entry.properties and entry.names and entry.blocks:
            (line,) = LINES[entry.blocks][entry.names[0]]
            assert all(f"reading `{name}`" in line for name in entry.properties)


def test_nothing_else_is_listed() -> None:
    catalogue = load_catalogue({})
    for lines in LINES.values():
        for name in lines:
            known = catalogue.function(name) or catalogue.function(f"builtins.{name}")
            patterns = {pattern for entry in classes() for pattern in entry.patterns}
            assert known or catalogue.is_class(name) or name in patterns, name


def test_what_is_brief_is_marked() -> None:
    for entry in functions():
        if entry.blocks:
            (line,) = LINES[entry.blocks][entry.names[0].removeprefix("builtins.")]
            assert ("*opt-in*" in line) == (entry.cost == "brief"), line


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (
            "http",
            "- `requests.get`, `post`, `put`, `patch`, `delete`, `head`, `options`, `request`;"
            " instead: `httpx.AsyncClient`",
        ),
        (
            "wait",
            "- `queue.Queue`, `LifoQueue`, `PriorityQueue`: `get` (not with `block=False`,"
            " `timeout=0`), `join`; *opt-in*: `put` (not with `block=False`, `timeout=0`);"
            " instead: `asyncio.Queue`",
        ),
        (
            "file",
            "- `open` (not with `devnull`, `file='/dev/null'`); instead: `anyio.open_file`",
        ),
        ("file", "- `logging.basicConfig` *opt-in* (only with `filename`)"),
        ("cloud", "- `botocore.waiter.Waiter`: `wait`; instead: `aioboto3.Session().client`"),
    ],
)
def test_how_it_reads(what: str, line: str) -> None:
    assert line in LISTS[what].splitlines()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)
def test_a_list_tells_how_to_switch_its_codes(kind: Kind) -> None:
    text = LISTS[kind.what]
    assert f'extend-ignore = ["{kind.direct_code}", "{kind.behind_code}"]' in text
    assert f"--select {kind.direct_code},{kind.behind_code}" in text
    assert {'`cost = "brief"`', '`cost = "unbounded"`'} <= set(re.findall(r"`cost = [^`]*`", text))


def test_packages_are_in_order() -> None:
    for text in LISTS.values():
        packages = re.findall(r"^### (.+)$", text, re.MULTILINE)
        rest = [name for name in packages if name != "The standard library"]
        assert rest == sorted(set(rest), key=lambda name: (name.lower(), name))
        assert packages[len(packages) - len(rest) :] == rest


def test_only_pages_of_a_kind_have_a_list() -> None:
    for rule in ALL_RULES:
        listed = documentation(rule) != f"{rule.page.strip()}\n"
        assert listed == (rule.code[3] in "12")
    assert documentation(RULES_BY_CODE["ASB101"]) == documentation(RULES_BY_CODE["ASB201"])
