"""Whether an edited file may be trusted: what is shown about it before anybody may write it."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flake8_async_block.fixers.base import Spliced
from flake8_async_block.fixers.locate import (
    ParsedSource,
    decode_source,
    line_starts,
    readable_copy,
)
from flake8_async_block.model.diagnostic import Diagnostic

FindingKey = tuple[str, str]


def finding_key(diagnostic: Diagnostic) -> FindingKey:
    """What identifies a finding whose position and message an edit may shift."""
    return (diagnostic.code, diagnostic.api)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an edit is meant to do to the findings of the file.

    Args:
        before: all findings before.
        fixed: those which have to be gone.
        may_go: those which may be gone as well: they are about what contains an edited call.
        may_come: how many findings may be new, by what identifies them: what could not be seen
            before may be left to say about an edited place.
    """

    before: Sequence[Diagnostic]
    fixed: Sequence[Diagnostic]
    may_go: Sequence[Diagnostic]
    may_come: Mapping[FindingKey, int] = field(default_factory=dict)

    def unmet(self, after: Sequence[Diagnostic]) -> str | None:
        """Why the findings after the edit are not those expected, or None."""
        expected, found = _count(self.before), _count(after)
        gained = found - expected - Counter(self.may_come)
        if gained:
            named = {finding_key(item): item.name for item in after}
            return f"a new finding would appear: {_names(gained)} ({named[min(gained)]})"
        lost, fixed = expected - found, _count(self.fixed)
        if fixed - lost:
            return f"the finding would stay: {_names(fixed - lost)}"
        unrelated = lost - fixed - _count(self.may_go)
        if unrelated:
            return f"another finding would vanish: {_names(unrelated)}"
        return None


def _count(diagnostics: Iterable[Diagnostic]) -> Counter[FindingKey]:
    return Counter(map(finding_key, diagnostics))


def _names(findings: Counter[FindingKey]) -> str:
    return ", ".join(sorted({" ".join(filter(None, key)) for key in findings}))


@lru_cache(maxsize=2)
def compile_problem(source: bytes, path: str) -> str | None:
    """Why Python does not compile the file, or None; nothing is run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, path, "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:
            return str(error) or type(error).__name__
    return None


@lru_cache(maxsize=2)
def parse_module(source: bytes, path: str) -> ast.Module:
    """The tree of a file that compiles; it is for reading only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, path)


@lru_cache(maxsize=2)
def _comments(text: bytes) -> Sequence[str] | None:
    """All comments of a file in their order, or None where it cannot be divided into tokens."""
    copy, _ = readable_copy(text)
    lines = io.StringIO(copy.decode(), newline="")
    try:
        return [
            token.string
            for token in tokenize.generate_tokens(lines.readline)
            if token.type == tokenize.COMMENT
        ]
    except (tokenize.TokenError, SyntaxError):
        return None


def _awaited_calls(tree: ast.Module, text: bytes) -> set[int]:
    """The offsets at which a call is awaited."""
    starts = line_starts(text)
    return {
        starts[node.lineno - 1] + node.col_offset
        for node in ast.walk(tree)
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call)
    }


def verify(
    before: ParsedSource,
    after: Spliced,
    path: str,
    expectation: Expectation,
    recheck: Callable[[bytes], Sequence[Diagnostic]],
) -> str | None:
    """Check an edited file on its own, and against the file that it came from.

    Args:
        before: the file as it was.
        after: the edited text and where each new ``await`` stands.
        path: for messages of the compiler.
        expectation: which findings have to be gone.
        recheck: gives the findings of bytes.

    Returns:
        What is wrong with it, in words that end no sentence, or None.
    """
    source = before.encoding.encode(after.text)
    problem = compile_problem(source, path)
    if problem is not None:
        return f"the result does not compile: {problem}"
    decoded = decode_source(source)
    if isinstance(decoded, str):
        return f"the result cannot be read back: {decoded}"
    if decoded != (after.text, before.encoding):
        return "the result cannot be read back: it would have another encoding"
    if not _awaited_calls(parse_module(source, path), after.text).issuperset(after.awaits):
        return "the result does not await the call"
    comments = _comments(before.text)
    if comments is None or comments != _comments(after.text):
        return "the result loses a comment"
    return expectation.unmet(recheck(source))
