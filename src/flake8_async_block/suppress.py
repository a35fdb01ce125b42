"""Which findings a comment silences, decided exactly as flake8 decides it.

``# noqa``, ``# noqa: ASB102`` and ``# flake8: noqa`` mean on the command line what they mean under
flake8, down to its habits: a comment anywhere on a statement that spans several lines holds for
all of them, one space belongs between ``#`` and ``noqa``, codes are prefixes in capital letters,
and ``# flake8: noqa`` on a line of its own silences the whole file, whatever follows it.

Nothing is read from a file in which the word does not occur.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Sequence
from typing import Final

from flake8_async_block.model.diagnostic import Diagnostic

_LINE_COMMENT: Final = re.compile(
    r"# noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+[,\s]*)+))?", re.IGNORECASE
)
_FILE_COMMENT: Final = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"[,\s]+")


def filter_suppressed(
    source: bytes | str, diagnostics: Sequence[Diagnostic]
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Part the findings of one file by what its comments say.

    Args:
        source: the file, as bytes or as the text they decode to.
        diagnostics: findings in that file.

    Returns:
        Those that stay and those that a comment silences, each in the given order.
    """
    if not diagnostics or not _mentions_noqa(source):
        return tuple(diagnostics), ()
    lines = _physical_lines(source)
    if any(_FILE_COMMENT.match(line) for line in lines):
        return (), tuple(diagnostics)
    statements = _statement_texts(lines)
    kept: list[Diagnostic] = []
    suppressed: list[Diagnostic] = []
    for diagnostic in diagnostics:
        text = _text_at(diagnostic.span.line, statements, lines)
        (suppressed if _silences(text, diagnostic.code) else kept).append(diagnostic)
    return tuple(kept), tuple(suppressed)


def _mentions_noqa(source: bytes | str) -> bool:
    if isinstance(source, bytes):
        return b"noqa" in source.lower()
    return "noqa" in source.lower()


def _physical_lines(source: bytes | str) -> list[str]:
    """The decoded lines; whatever ended them in the file, it is a line feed here."""
    if isinstance(source, str):
        text = source
    else:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
            text = source.decode(encoding)
        except (SyntaxError, UnicodeDecodeError):
            # The comments of a file that Python itself could not decode still count.
            text = source.decode("latin-1").removeprefix("\xef\xbb\xbf")
    return io.StringIO(text.removeprefix("\ufeff"), newline=None).readlines()


def _statement_texts(lines: Sequence[str]) -> dict[int, str]:
    """For every line (from 1) the text of the whole statement, comment or blank line it is in."""
    texts: dict[int, str] = {}
    remaining = iter(lines)
    first, last = len(lines) + 1, 0
    try:
        tokens = list(tokenize.generate_tokens(lambda: next(remaining)))
    except (tokenize.TokenError, SyntaxError):
        # Without tokens, every line stands for itself.
        return {}
    for token in tokens:
        if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
            continue
        first = min(first, token.start[0])
        last = max(last, token.end[0])
        if token.type in (tokenize.NL, tokenize.NEWLINE):
            joined = "".join(lines[first - 1 : last])
            texts.update(dict.fromkeys(range(first, last + 1), joined))
            first, last = len(lines) + 1, 0
    return texts


def _text_at(line: int, statements: dict[int, str], lines: Sequence[str]) -> str:
    if line in statements:
        return statements[line]
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _silences(text: str, code: str) -> bool:
    comment = _LINE_COMMENT.search(text)
    if comment is None:
        return False
    codes = comment["codes"]
    if codes is None:
        return True
    return code.startswith(tuple(filter(None, _SEPARATOR.split(codes))))
