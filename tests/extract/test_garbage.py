"""No garbage collector runs while files are read, so what was read must not be kept by itself."""

from __future__ import annotations

import gc
from contextlib import suppress

from flake8_async_block.extract import extract_summary
from tests.laws.corpus import all_cases


def test_reading_leaves_nothing_behind() -> None:
    texts = [case.text(file) for case in all_cases() for file in case.files]
    extract_summary(b"")
    gc.collect()
    gc.disable()
    try:
        for text in texts:
            with suppress(SyntaxError):
                extract_summary(text)
        left = gc.collect()
    finally:
        gc.enable()
    assert len(texts) > 100
    # A syntax error refers to the frames that it went through, now and then in a circle.
    assert left < len(texts)
