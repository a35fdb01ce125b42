"""The diff is a patch: applied, it gives exactly the fixed bytes."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_async_block.cli.diff import write_diff
from flake8_async_block.model.fix import FileFix


def change(before: bytes, after: bytes) -> FileFix:
    return FileFix("app/a.py", before, after, fixed=(), refused=())


def diff(file: FileFix, *, colours: bool = False) -> bytes:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    write_diff([(file, "app/a.py")], stream, colours=colours)
    return raw.getvalue()


def test_form() -> None:
    assert diff(change(b"a\nb\nc\n", b"a\nB\nc\n")).splitlines() == [
        b"--- a/app/a.py",
        b"+++ b/app/a.py",
        b"@@ -1,3 +1,3 @@",
        b" a",
        b"-b",
        b"+B",
        b" c",
    ]


def test_unchanged_file_gives_nothing() -> None:
    assert diff(change(b"a\n", b"a\n")) == b""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"a\nb", b"x\nb"),
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),
        (b"a\rb\rc\n", b"a\rb\rd\n"),
        (b"\xef\xbb\xbfa\n\x0cb\n", b"\xef\xbb\xbfa\n\x0cc\n"),
        (b"\xe9\n", b"\xe9x\n"),
        ("\u2028é\n".encode(), "\u2028è\n".encode()),
        (b"a\na\na\na", b"a\na\na\na\na"),
        (b"1\n2\n3\n4\n5\n6\n7\n8\n9", b"0\n1\n2\n3\n4\n5\n6\n7\n8\n"),
        (b"a\n", b""),
        (b"", b"a\n"),
    ],
)
def test_applies(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "app").mkdir()
    path = tmp_path / "app/a.py"
    path.write_bytes(before)
    command = ["git", "apply", "--whitespace=nowarn"]
    subprocess.run(command, cwd=tmp_path, input=diff(change(before, after)), check=True)
    assert path.read_bytes() == after


# Three lines at most: then a hunk shows all of them.
LINES = st.lists(st.sampled_from([b"a", b"b\r", b"", b"\xff", b"\r", b"x\ry"]), max_size=3)


@given(LINES.map(b"\n".join), LINES.map(b"\n".join))
def test_both_sides_can_be_read_off_the_diff(before: bytes, after: bytes) -> None:
    if before == after:
        return
    old, new = [], []
    lines = io.BytesIO(diff(change(before, after))).readlines()[2:]
    for line, following in zip(lines, [*lines[1:], b""], strict=True):
        content = line[1:-1] if following.startswith(b"\\") else line[1:]
        if line[:1] in b" -":
            old.append(content)
        if line[:1] in b" +":
            new.append(content)
    assert b"".join(old) == before
    assert b"".join(new) == after


def test_colours() -> None:
    text = diff(change(b"a\nb [red]\n", b"a\nB [red]\n"), colours=True).decode()
    assert "\x1b[31m-b [red]\x1b[0m\n" in text
    assert "\x1b[32m+B [red]\x1b[0m\n" in text
