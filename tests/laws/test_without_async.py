"""Without ``async`` there is no event loop to block.

What is found all the same must be in a ``def`` that a framework, or the loop, runs by itself.
"""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest

from flake8_async_block.engine import Engine
from flake8_async_block.graph.contexts import Context
from flake8_async_block.graph.values import ProjectFunction
from tests.laws.corpus import Case, config_of

_ON_THE_LOOP = ("ASB1", "ASB2", "ASB3")


def test_without_async(case: Case, root: Path) -> None:
    for file in case.files:
        stripped = without_async(case.text(file))
        try:
            compile(stripped, file, "exec", dont_inherit=True)
        except SyntaxError:
            pytest.skip(f"{file} needs its async")
        (root / file).write_bytes(stripped)
    engine = Engine(config_of(root))
    unexpected = []
    for item in engine.check([root]).diagnostics:
        if item.code.startswith(_ON_THE_LOOP):
            function = ProjectFunction(str(root / item.path), item.trace[0].function)
            if engine._contexts.context_of(function).context is Context.CALLED:
                unexpected.append(item)
    assert unexpected == []


def without_async(source: bytes) -> bytes:
    """The text without the words ``async`` and ``await``."""
    lines = source.decode().splitlines(keepends=True)
    words = [
        token
        for token in tokenize.tokenize(io.BytesIO(source).readline)
        if token.type == tokenize.NAME and token.string in ("async", "await")
    ]
    for token in reversed(words):
        row, start = token.start
        line = lines[row - 1]
        rest = line[token.end[1] :]
        lines[row - 1] = line[:start] + (rest.lstrip(" ") if rest.strip() else rest)
    return "".join(lines).encode()


def test_the_words_are_taken_out() -> None:
    source = b"async def f():\n    async with a as b: return await b  # await\n    'async'\n"
    assert without_async(source) == b"def f():\n    with a as b: return b  # await\n    'async'\n"
