"""What a fix does to any file: it parses, keeps the comments, loses its findings, gains none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from flake8_async_block.engine import Engine, FixOptions
from flake8_async_block.model.fix import FileFix
from tests.laws.corpus import Case, check, comments_of, config_of, regardless_of_place


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_fixes(case: Case, root: Path, unsafe: bool) -> None:
    before = Counter(map(regardless_of_place, check(root).diagnostics))

    files = fix(root, unsafe=unsafe)

    for file in files:
        assert file.changed == bool(file.fixed)
        compile(file.after, file.path, "exec", dont_inherit=True)
        assert comments(file.after) == comments(file.before)
        (root / file.path).write_bytes(file.after)
    lost = Counter(regardless_of_place(item) for file in files for item in file.fixed)
    after = check(root)
    assert after.errors == ()
    assert Counter(map(regardless_of_place, after.diagnostics)) == before - lost
    assert not any(file.changed for file in fix(root, unsafe=unsafe))


def fix(root: Path, *, unsafe: bool) -> tuple[FileFix, ...]:
    return Engine(config_of(root)).fix([root], FixOptions(unsafe=unsafe)).files


def comments(source: bytes) -> list[str]:
    return [comment for _, comment in comments_of(source)]
