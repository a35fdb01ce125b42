"""Summaries come back from bytes as they were, or not at all."""

from __future__ import annotations

from flake8_async_block.cache.packing import pack, unpack
from flake8_async_block.extract import extract_summary
from tests.laws.corpus import all_cases


def test_every_summary_comes_back() -> None:
    count = 0
    for case in all_cases():
        for file in case.files:
            text = case.text(file)
            try:
                compile(text, file, "exec", dont_inherit=True)
            except SyntaxError:
                continue
            summary = extract_summary(text)
            assert unpack(pack(summary)) == summary, (case, file)
            count += 1
    assert count > 100


def test_bytes_of_something_else() -> None:
    assert unpack(b"") is None
    assert unpack(pack(extract_summary(b"x = f()")).replace(b"\xa4call", b"\xa4lost")) is None
