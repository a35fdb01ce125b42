"""Pieces of source text for messages and chains."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flake8_async_block.model.diagnostic import Span
from flake8_async_block.sources.files import display_path

_LONGEST: Final = 72
_OPENED_ABOVE: Final = re.compile(r"([(\[{])[ \t]*\n\s*")
_CLOSED_BELOW: Final = re.compile(r",?\s*\n\s*([)\]}])")


class SourceTexts:
    """Reads excerpts of the project's files.

    Args:
        root: the project's root; shown paths are relative to it.
        read: gives a file's bytes by its absolute path.
    """

    def __init__(self, root: Path, read: Callable[[str], bytes | None]) -> None:
        self._root = root
        self._read = read
        self._lines: dict[str, list[bytes]] = {}
        self._shown: dict[str, str] = {}

    def shown_path(self, module: str) -> str:
        """The file relative to the project's root, with ``/``."""
        known = self._shown.get(module)
        if known is None:
            known = self._shown[module] = display_path(Path(module), self._root)
        return known

    def excerpt(self, module: str, span: Span) -> str:
        """The source text of a span, on one line and not too long."""
        return _on_one_line(self._text(module, span))

    def callee(self, module: str, span: Span) -> str:
        """The source text of what is called in a span that holds a call."""
        text = self._text(module, span)
        try:
            call = ast.parse(f"({text})", mode="eval").body
        except (SyntaxError, ValueError):
            return _on_one_line(text)
        if isinstance(call, ast.Call):
            text = ast.get_source_segment(f"({text})", call.func) or text
        return _on_one_line(text)

    def line(self, path: str, number: int) -> str:
        """A line of a file, without indentation and not too long.

        Args:
            path: relative to the root, as :meth:`shown_path` gives it.
            number: counts from 1; beyond the end, the line is empty.
        """
        lines = self._lines_of(os.path.normpath(self._root / path))
        if not 0 < number <= len(lines):
            return ""
        return _shorten(" ".join(lines[number - 1].decode("utf-8", "replace").split()))

    def _text(self, module: str, span: Span) -> str:
        lines = self._lines_of(module)[span.line - 1 : span.end_line]
        if not lines:
            return ""
        lines = [*lines[:-1], lines[-1][: span.end_col]]
        lines[0] = lines[0][span.col :]
        return b"\n".join(lines).decode("utf-8", "replace")

    def _lines_of(self, module: str) -> list[bytes]:
        """The lines as the parser counts them, in UTF-8."""
        known = self._lines.get(module)
        if known is None:
            text = _in_utf8(self._read(module) or b"")
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            known = self._lines[module] = text.split(b"\n")
        return known


def _in_utf8(source: bytes) -> bytes:
    """The text in the encoding in which the parser counts columns."""
    if source.isascii():
        return source
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        return source.decode(encoding).encode()
    except (SyntaxError, UnicodeError):
        return source


def _on_one_line(text: str) -> str:
    """A piece of source as if it had been written on one line, and not too long."""
    if "\n" in text:
        if "#" in text:
            text = _without_comments(text)
        text = _CLOSED_BELOW.sub(r"\1", _OPENED_ABOVE.sub(r"\1", text))
    return _shorten(" ".join(text.split()))


def _without_comments(text: str) -> str:
    import io
    import tokenize

    # Between brackets no line break and no indentation means anything.
    lines = f"({text}\n)".split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
            if token.type == tokenize.COMMENT:
                number, column = token.start
                lines[number - 1] = lines[number - 1][:column]
    except (tokenize.TokenError, SyntaxError):
        return text
    return "\n".join(lines[:-1])[1:]


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
