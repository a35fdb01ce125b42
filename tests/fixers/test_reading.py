"""Files are parsed so that positions and bytes come back exactly, or not at all."""

from __future__ import annotations

import libcst as cst
import pytest

from flake8_async_block.fixers.base import Spliced
from flake8_async_block.fixers.locate import ParsedSource, parse_source
from flake8_async_block.fixers.verify import Expectation, verify
from flake8_async_block.model.diagnostic import Span

NOTHING = Expectation([], [], [])


def parsed(source: bytes) -> ParsedSource:
    answer = parse_source(source)
    assert isinstance(answer, ParsedSource)
    return answer


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"# coding: nonsense\n", "its encoding is unknown: unknown encoding: nonsense"),
        (b"x = '\xff'\n", "its encoding is unknown: invalid or missing encoding declaration"),
        (b"# coding: ascii\n\n\nx = '\xff'\n", "it cannot be decoded: 'ascii' codec"),
        (b"x = (\n", "it cannot be parsed: line 1"),
        (b"f'{x!r }'\n", "its layout cannot be kept byte for byte"),
        (
            b"def f():\n    return(f(1) if (1) else (1))\n",
            "it cannot be parsed: Must have at least one",
        ),
        (b"x = " + b"-" * 2000 + b"1\n", "it is nested too deeply"),
    ],
)
def test_files_that_cannot_be_edited(source: bytes, reason: str) -> None:
    answer = parse_source(source)
    assert isinstance(answer, str)
    assert answer.startswith(reason)


@pytest.mark.parametrize(
    "source",
    [
        b"x = f(1)\n",
        b"\xef\xbb\xbfx = f(1)",
        b"# coding: latin-1\nx = '\xe9', f('\xe9')\r\n",
        b"\f\n\fx = f(\n\f1)\n  \f\n",
        b"x = 1\ry = f(1)\r",
    ],
)
def test_positions(source: bytes) -> None:
    file = parsed(source)
    assert file.encoding.encode(file.text) == source
    (call,) = [node for node in file.spans if isinstance(node, cst.Call)]
    start, end = file.span(call)
    assert file.text[start:end].startswith(b"f(")
    assert file.text[start:end].endswith(b")")
    assert file.source(call) == file.text[start:end].decode()
    assert [located.node for located in file.find([(start, end)])[start, end]][-1] is call
    line = file.line(start)
    assert file.offset(line, start - file.offset(line, 0)) == start


def test_lines_are_those_of_python() -> None:
    file = parsed(b"a\r\nb\rc\n\f\vd\n'\x1c\xc2\x85\xe2\x80\xa8'\n".replace(b"\v", b""))
    assert [file.offset(line, 0) for line in range(1, 7)] == [0, 3, 5, 7, 10, 19]
    assert file.range_of(Span(2, 0, 2, 1)) == (3, 4)
    assert file.offset(7, 0) == -1


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b"f()\n", Spliced(b"f(\n", ()), "the result does not compile: line 1"),
        (b"f()\n", Spliced(b"await f()\n", (0,)), "the result does not compile: line 1"),
        (
            b"f('\xc3\xa9')\n",
            Spliced(b"# coding: latin-1\nf('\xc3\xa9')\n", ()),
            "the result cannot be read back: it would have another encoding",
        ),
        (b"f()\n", Spliced(b"f()\n", (0,)), "the result does not await the call"),
        (
            b"async def f(): f()\n",
            Spliced(b"async def f(): await f\n", (15,)),
            "the result does not await the call",
        ),
        (b"f()  # a\n", Spliced(b"f()\n", ()), "the result loses a comment"),
        (b"f()  # a\n", Spliced(b"f('# a')\n", ()), "the result loses a comment"),
        (b"# a\r# b\rf()\r", Spliced(b"# a\rf()\r", ()), "the result loses a comment"),
    ],
)
def test_results_that_are_not_trusted(before: bytes, after: Spliced, reason: str) -> None:
    problem = verify(parsed(before), after, "f.py", NOTHING, lambda _: [])
    assert problem is not None
    assert problem.startswith(reason)


def test_a_result_that_is_trusted() -> None:
    after = Spliced(b"async def f(): await f()  # a\n", (15,))
    assert (
        verify(parsed(b"async def f(): f()  # a\n"), after, "f.py", NOTHING, lambda _: []) is None
    )
