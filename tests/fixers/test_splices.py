"""Splices put bytes in place, and nested ones add up."""

from __future__ import annotations

import pytest

from flake8_async_block.fixers.base import OverlapError, Splice, splice


def test_nothing() -> None:
    assert splice(b"text", []) == (b"text", ())


def test_outer_texts_open_before_and_close_after_inner_ones() -> None:
    outer, inner = (0, 4), (0, 2)
    pieces = [
        Splice(2, 2, "}", inner),
        Splice(4, 4, ")", outer),
        Splice(0, 0, "{", inner),
        Splice(0, 0, "(", outer),
        Splice(0, 1, "A", inner),
    ]
    assert splice(b"ab.c", pieces).text == b"({Ab}.c)"
    assert splice(b"ab.c", reversed(pieces)).text == b"({Ab}.c)"


def test_what_ends_closes_before_what_starts_opens() -> None:
    pieces = [Splice(1, 1, "<", (1, 2)), Splice(1, 1, ">", (0, 1)), Splice(1, 2, "B", (1, 2))]
    assert splice(b"ab", pieces).text == b"a><B"


def test_awaits_are_found_in_the_result() -> None:
    pieces = [
        Splice(0, 0, " await é", (0, 1), await_at=1),
        Splice(2, 2, "(await ", (2, 3), await_at=1),
    ]
    text, awaits = splice(b"a b", pieces)
    assert [text[offset : offset + 5] for offset in awaits] == [b"await", b"await"]


@pytest.mark.parametrize(
    ("first", "second"), [((0, 2), (1, 3)), ((0, 2), (1, 1)), ((0, 2), (0, 1))]
)
def test_overlaps(first: tuple[int, int], second: tuple[int, int]) -> None:
    pieces = [Splice(*first, "x", first), Splice(*second, "y", second)]
    with pytest.raises(OverlapError):
        splice(b"text", pieces)
