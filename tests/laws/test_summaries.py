"""A summary is plain data: it survives being written down."""

from __future__ import annotations

import msgspec

from flake8_async_block.extract import extract_summary
from flake8_async_block.model.summary import ModuleSummary
from tests.laws.corpus import Case


def test_round_trip(case: Case) -> None:
    for file in case.files:
        summary = extract_summary(case.text(file))
        assert (
            msgspec.msgpack.decode(msgspec.msgpack.encode(summary), type=ModuleSummary) == summary
        )
        assert msgspec.json.decode(msgspec.json.encode(summary), type=ModuleSummary) == summary


def test_extraction_is_repeatable(case: Case) -> None:
    for file in case.files:
        assert extract_summary(case.text(file)) == extract_summary(case.text(file))
