"""What a fix changes, as a unified diff that ``git apply`` and ``patch`` take byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TextIO

from flake8_async_block.cli.console import write_bytes, write_text
from flake8_async_block.model.fix import FileFix

_NO_NEWLINE: Final = b"\n\\ No newline at end of file\n"


def write_diff(files: Iterable[tuple[FileFix, str]], stream: TextIO, *, colours: bool) -> None:
    """Write the differences of the changed files.

    Args:
        files: each with the path that the diff names, relative to the working directory.
        stream: where to.
        colours: for a terminal; the text is then no longer a patch.
    """
    lines = [line for file, path in files if file.changed for line in _unified(file, path)]
    if colours:
        write_text(_coloured(lines), stream)
    else:
        write_bytes(b"".join(lines), stream)


def _unified(file: FileFix, path: str) -> Iterator[bytes]:
    from difflib import diff_bytes, unified_diff

    name = path.encode("utf-8", "surrogateescape")
    before, after = _lines(file.before), _lines(file.after)
    for line in diff_bytes(unified_diff, before, after, b"a/" + name, b"b/" + name):
        yield line if line.endswith(b"\n") else line + _NO_NEWLINE


def _lines(content: bytes) -> list[bytes]:
    """Split at line feeds only: to a patch a carriage return is a character like any other."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _coloured(lines: Iterable[bytes]) -> str:
    import io

    from rich.console import Console
    from rich.text import Text

    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=True, color_system="standard")
    for raw in lines:
        line = raw.decode("utf-8", "replace").replace("\r", "")
        text = Text(line, style=_style(line), end="")
        console.print(text, soft_wrap=True, highlight=False, end="")
    return buffer.getvalue()


def _style(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
