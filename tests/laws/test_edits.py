"""After an edit, a run that begins with what an earlier one kept finds what a new one finds."""

from __future__ import annotations

import ast
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cache.store import SummaryStore
from flake8_async_block.engine import Engine
from flake8_async_block.model.diagnostic import CheckResult
from tests.laws.corpus import Case, config_of

_EDITS = int(os.environ.get("ASYNC_BLOCK_TEST_EDITS", "4"))
"""How many edits each project goes through."""


def test_edits(case: Case, root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.mktemp("cache")
    chance = random.Random(case.name)
    assert check(root, cache) == check(root, None)
    for _ in range(_EDITS):
        file = root / chance.choice(case.files)
        file.write_bytes(edited(file.read_bytes(), words_of(root, case), chance))
        assert check(root, cache) == check(root, None)


def check(root: Path, cache: Path | None) -> CheckResult:
    if cache is None:
        return Engine(config_of(root)).check([root])
    engine = Engine(config_of(root), store=SummaryStore(str(cache)), inputs=Inputs())
    result = engine.check([root])
    engine.keep()
    return result


def words_of(root: Path, case: Case) -> list[bytes]:
    texts = b"\n".join((root / file).read_bytes() for file in case.files)
    return sorted(set(re.findall(rb"\b[a-z_]{3,}\b", texts)))


def edited(text: bytes, words: list[bytes], chance: random.Random) -> bytes:
    """The text after one small change that leaves it valid Python."""
    for _ in range(20):
        change = chance.choice([comment, without_statement, twice, renamed, awaited_or_not])
        changed = change(text, words, chance)
        try:
            compile(changed, "edited", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        if changed != text:
            return changed
    return text + b"# nothing else to change\n"


Change = Callable[[bytes, list[bytes], random.Random], bytes]


def comment(text: bytes, words: list[bytes], chance: random.Random) -> bytes:
    first, _ = chance.choice(statements(text))
    lines = text.splitlines(keepends=True)
    return b"".join([*lines[:first], b"# " + chance.choice(words) + b"\n", *lines[first:]])


def without_statement(text: bytes, words: list[bytes], chance: random.Random) -> bytes:
    first, last = chance.choice(statements(text))
    lines = text.splitlines(keepends=True)
    return b"".join([*lines[:first], *lines[last:]])


def twice(text: bytes, words: list[bytes], chance: random.Random) -> bytes:
    first, last = chance.choice(statements(text))
    lines = text.splitlines(keepends=True)
    return b"".join([*lines[:last], *lines[first:last], *lines[last:]])


def renamed(text: bytes, words: list[bytes], chance: random.Random) -> bytes:
    places = list(re.finditer(rb"\b[a-z_]{3,}\b", text))
    if not places:
        return text
    place = chance.choice(places)
    return text[: place.start()] + chance.choice(words) + text[place.end() :]


def awaited_or_not(text: bytes, words: list[bytes], chance: random.Random) -> bytes:
    places = list(re.finditer(rb"\basync |\bawait |\bdef ", text))
    if not places:
        return text
    place = chance.choice(places)
    instead = b"async def " if place.group() == b"def " else b""
    return text[: place.start()] + instead + text[place.end() :]


def statements(text: bytes) -> list[tuple[int, int]]:
    """The lines of all statements, as slices of the list of lines."""
    tree = ast.parse(text)
    found = [
        (node.lineno - 1, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
    ]
    return found or [(0, 0)]
