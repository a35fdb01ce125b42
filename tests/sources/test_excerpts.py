"""What messages quote of a call that is written over several lines."""

from pathlib import Path

import pytest

from flake8_async_block.model.diagnostic import Span
from flake8_async_block.sources.excerpts import SourceTexts


def quoted(source: str) -> str:
    lines = source.encode().split(b"\n")
    texts = SourceTexts(Path("/project"), lambda _: source.encode())
    return texts.excerpt("/project/a.py", Span(1, 0, len(lines), len(lines[-1])))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("run(1, 2)", "run(1, 2)"),
        ("run(\n    1,\n    2,\n)", "run(1, 2)"),
        ("run(  # noqa: S603\n    1,  # one\n    2\n)", "run(1, 2)"),
        ("run(\n    '# not one',\n)", "run('# not one')"),
        ("run([\n    1,\n])[\n    0\n]", "run([1])[0]"),
        ("run(1)\n    .stdout  # all of it\n    .strip()", "run(1) .stdout .strip()"),
        ("run(  # unfinished\n    (", "run( # unfinished ("),
    ],
)
def test_excerpt(source: str, expected: str) -> None:
    assert quoted(source) == expected


def test_callee_without_comments() -> None:
    source = b"(\n    client  # the one of the module\n    .get\n)(1)"
    texts = SourceTexts(Path("/project"), lambda _: source)
    assert texts.callee("/project/a.py", Span(1, 0, 4, 4)) == "client .get"
