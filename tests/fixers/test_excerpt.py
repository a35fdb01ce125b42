"""A part of a file has its nodes where the whole file has them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from flake8_async_block.fixers.excerpt import unneeded_lines
from flake8_async_block.fixers.locate import ParsedSource, parse_source
from flake8_async_block.model.diagnostic import Span

FIXTURES = Path(__file__).parents[1] / "fixtures" / "fixers"

ODD = b'''\
"""Of this, only `f` matters."""
\f
import os; import re
a = 1; b = (
    2
)
@a(
    1
)
def f(): return g(1)
@a
async def g(x):

    return x  # g
    # about nothing


class A(
    B,
):
    x = 1; y = 2
    @property
    def first(self):
        return h(self)
\f
    # about the next one

    def second(self):
        return "\xc3\xa9" + h(1)
    class C:
        def one(self): return h(2)

        def other(self):
            return h(3)

    def third(self): return h(
\f        4
    )
# the end'''


def whole(source: bytes) -> ParsedSource:
    answer = parse_source(source)
    assert isinstance(answer, ParsedSource)
    return answer


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


# What holds statements gets shorter with them.
HOLDERS = (cst.Module, cst.ClassDef, cst.IndentedBlock)


def nodes_of(file: ParsedSource, start: int, end: int) -> list[tuple[str, int, int]]:
    spans = (
        (type(node).__name__, *file.span(node))
        for node in file.spans
        if not isinstance(node, HOLDERS)
    )
    return sorted(
        item for item in spans if item[1] < item[2] and start <= item[1] <= item[2] <= end
    )


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_leaves_out_what_is_not_asked_for(newline: bytes) -> None:
    source = ODD.replace(b"\n", newline)
    tree = ast.parse(source)
    (method,) = [node for node in functions(tree) if node.name == "second"]
    lines = unneeded_lines(tree, [Span(method.lineno, 4, method.lineno, 5)])
    assert lines == [(1, 1), (7, 10), (11, 14), (22, 24), (30, 34), (35, 38)]
    file = parse_source(source, lines)
    assert isinstance(file, ParsedSource)
    assert file.text == source
    assert "def other" not in file.module.code
    assert "def second" in file.module.code


@pytest.mark.parametrize(
    "source",
    [
        *(pytest.param(ODD.replace(b"\n", end), id=repr(end)) for end in (b"\n", b"\r\n", b"\r")),
        *(
            pytest.param(path.read_bytes(), id=f"{path.parent.name}/{path.name}")
            for path in sorted(FIXTURES.glob("*/*.py"))
        ),
    ],
)
def test_positions_are_those_of_the_whole_file(source: bytes) -> None:
    answer = parse_source(source)
    if isinstance(answer, str):
        pytest.skip(f"the file cannot be edited: {answer}")
    tree = ast.parse(source)
    for function in functions(tree):
        end = Span(function.lineno, 0, function.end_lineno or 0, function.end_col_offset or 0)
        part = parse_source(source, unneeded_lines(tree, [end]))
        assert isinstance(part, ParsedSource)
        start, stop = part.range_of(end)
        expected = nodes_of(answer, start, stop)
        assert expected
        assert nodes_of(part, start, stop) == expected
