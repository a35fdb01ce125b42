"""Where things stand: from bytes and spans to libcst nodes, and back to byte offsets.

This is the only place that converts positions. Offsets count bytes of the file's text in UTF-8
without a byte order mark, whatever the file's own encoding is; that is also how columns count.
"""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import accumulate
from typing import Final, NamedTuple, TypeVar

import libcst as cst
from libcst.metadata import (
    ByteSpanPositionProvider,
    CodeSpan,
    MetadataWrapper,
)

from flake8_async_block.model.diagnostic import Span

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
_LEADING_FORM_FEED: Final = re.compile(rb"(?:(?<=[\r\n])|\A)[ \t\f]*\f")
_LAYOUT_FIELDS: Final = frozenset(
    {"lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "leading_lines", "header"}
    | {"footer", "comma", "semicolon", "equal", "lines_after_decorators", "trailing_whitespace"}
)
_STRINGS: Final = (
    cst.SimpleString,
    cst.FormattedString,
    getattr(cst, "TemplatedString", cst.FormattedString),
)

Node = TypeVar("Node", bound=cst.CSTNode)


class Located(NamedTuple):
    """A node and the nodes around it, the module first, the parent last."""

    node: cst.CSTNode
    ancestors: tuple[cst.CSTNode, ...]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the file's bytes become text."""

    name: str
    byte_order_mark: bytes

    def encode(self, text: bytes) -> bytes:
        """Turn UTF-8 text back into the bytes of the file."""
        if self.name == "utf-8":
            return self.byte_order_mark + text
        return self.byte_order_mark + text.decode().encode(self.name)


@dataclass(frozen=True)
class ParsedSource:
    """A file, its tree, and where every node stands.

    Args:
        text: the file in UTF-8, without byte order mark.
        encoding: how to get back to the file's bytes.
        module: the tree, perhaps of those statements only that are to be edited. libcst drops a
            form feed at the start of a line and adds a newline after old Macintosh ones, so it was
            made from a copy without either; ``removed`` maps its offsets back to ``text``.
    """

    text: bytes
    encoding: Encoding
    module: cst.Module
    line_starts: tuple[int, ...]
    removed: tuple[tuple[int, int], ...]
    spans: Mapping[cst.CSTNode, CodeSpan]

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a line (from 1) and column (from 0); past the end it is -1."""
        if not 1 <= line <= len(self.line_starts):
            return -1
        return self.line_starts[line - 1] + column

    def line(self, offset: int) -> int:
        """The line, from 1, in which a byte offset lies."""
        return bisect_right(self.line_starts, offset)

    def range_of(self, span: Span) -> tuple[int, int]:
        return (self.offset(span.line, span.col), self.offset(span.end_line, span.end_col))

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end offset of a node without its own parentheses."""
        span = self.spans[node]
        return (self._restored(span.start), self._restored(span.start + span.length, end=True))

    def source(self, node: cst.CSTNode) -> str:
        start, end = self.span(node)
        return self.text[start:end].decode()

    @cached_property
    def lines_inside_strings(self) -> frozenset[int]:
        """The lines, from 1, that begin inside a string literal."""
        ends = (self.span(node) for node in self.spans if isinstance(node, _STRINGS))
        return frozenset(
            line
            for start, end in ends
            for line in range(self.line(start) + 1, self.line(end - 1) + 1)
        )

    def arguments_start(self, call: cst.Call) -> tuple[int, int]:
        """Where the callee ends with its own parentheses, and where the arguments' ``(`` is."""
        last = call.func.rpar[-1] if call.func.rpar else call.func
        span = self.spans[last]
        callee_end = span.start + span.length
        space = self.module.code_for_node(call.whitespace_after_func)
        parenthesis = callee_end + len(space.encode())
        return (self._restored(callee_end, end=True), self._restored(parenthesis))

    def _restored(self, offset: int, *, end: bool = False) -> int:
        """An offset in the copy without form feeds as an offset in ``text``."""
        # The end of a node right before a removed form feed lies before it, a start behind it.
        index = bisect_right(self.removed, (offset - end, len(self.text)))
        return offset + (self.removed[index - 1][1] if index else 0)

    def find(self, ranges: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Located]]:
        """All nodes which start and end where one of the ranges does, the outermost first."""
        found: dict[tuple[int, int], list[Located]] = {}
        wanted = frozenset(ranges)
        starts = sorted(start for start, _ in wanted)

        def visit(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> None:
            span = self.span(node)
            if span in wanted:
                found.setdefault(span, []).append(Located(node, ancestors))
            inner = (*ancestors, node)
            for child in children(node):
                if not isinstance(child, _SELF_CONTAINED) or _any_within(starts, self.span(child)):
                    visit(child, inner)

        visit(self.module, ())
        return found

    def starting_at(self, offset: int, kinds: tuple[type[cst.CSTNode], ...]) -> Iterator[Located]:
        """The nodes of certain kinds that start at an offset, the outermost first."""

        def visit(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[Located]:
            if isinstance(node, kinds) and self.span(node)[0] == offset:
                yield Located(node, ancestors)
            inner = (*ancestors, node)
            for child in children(node):
                if not isinstance(child, cst.SimpleStatementLine) or _any_within(
                    [offset], self.span(child)
                ):
                    yield from visit(child, inner)

        yield from visit(self.module, ())


# Nodes that are worth skipping and whose span covers all that is in them: that of a function or
# a block does not, since it leaves out the decorators.
_SELF_CONTAINED: Final = (cst.SimpleStatementLine, cst.SimpleStatementSuite)


def _any_within(starts: list[int], span: tuple[int, int]) -> bool:
    index = bisect_right(starts, span[1])
    return index > 0 and starts[index - 1] >= span[0]


@cache
def _child_fields(node_type: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in fields(node_type)
        if field.name not in _LAYOUT_FIELDS and "whitespace" not in field.name
    )


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly below a node, without white space, commas and parentheses."""
    for name in _child_fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (item for item in value if isinstance(item, cst.CSTNode))


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all nodes below it, each before what is in it."""
    yield node
    for child in children(node):
        yield from descendants(child)


def decode_source(source: bytes) -> tuple[bytes, Encoding] | str:
    """The text of a file in UTF-8 and how to get back, or why it cannot be read."""
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except SyntaxError as error:
        return f"its encoding is unknown: {error.msg}"
    mark = _BYTE_ORDER_MARK if source.startswith(_BYTE_ORDER_MARK) else b""
    encoding = Encoding("utf-8" if name == "utf-8-sig" else name, mark)
    try:
        text = source[len(mark) :].decode(encoding.name).encode()
        unchanged = encoding.encode(text) == source
    except (UnicodeError, LookupError) as error:
        return f"it cannot be decoded: {error}"
    return (text, encoding) if unchanged else f"its encoding {name} does not round-trip"


def readable_copy(
    text: bytes, dropped: Collection[tuple[int, int]] = ()
) -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """The text without form feeds at the start of lines and with line ends that all tools know.

    Args:
        text: any text.
        dropped: stretches of it to leave out, too: whole lines.

    Returns:
        The copy, and where something is missing from it: the offset in the copy, and how many bytes
        are missing up to there.
    """
    outside = (
        match.span()
        for match in _LEADING_FORM_FEED.finditer(text)
        if not any(start <= match.start() < end for start, end in dropped)
    )
    missing = sorted([*dropped, *outside])
    totals = accumulate(end - start for start, end in missing)
    removed: list[tuple[int, int]] = []
    kept: list[bytes] = []
    before = read = 0
    for (start, end), total in zip(missing, totals, strict=True):
        removed.append((start - before, total))
        kept.append(text[read:start])
        before, read = total, end
    kept.append(text[read:])
    return _LONE_RETURN.sub(b"\n", b"".join(kept)), tuple(removed)


def line_starts(text: bytes) -> tuple[int, ...]:
    """Where the lines of a text begin, as Python counts them."""
    return (0, *(match.end() for match in _LINE_END.finditer(text)))


class _SpansOnly(MetadataWrapper):
    """Spares the walk over the tree for providers of another kind, of which there are none."""

    def visit_batched(self, *_: object, **__: object) -> cst.Module:
        return self.module


def parse_source(source: bytes, unneeded: Sequence[tuple[int, int]] = ()) -> ParsedSource | str:
    """Parse a file so that it can be edited by position.

    Args:
        source: the file's bytes.
        unneeded: the lines (from 1, inclusive) of statements that the tree need not have.

    Returns:
        The parsed file, or why it cannot be edited, in words that end no sentence.
    """
    decoded = decode_source(source)
    if isinstance(decoded, str):
        return decoded
    text, encoding = decoded
    starts = line_starts(text)
    bounds = (*starts, len(text))
    dropped = [(starts[first - 1], bounds[last]) for first, last in unneeded]
    copy, removed = readable_copy(text, dropped)
    try:
        module = cst.parse_module(copy.decode())
        if module.code.encode() != copy:
            return "its layout cannot be kept byte for byte"
        wrapper = _SpansOnly(module, unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
    except cst.ParserSyntaxError as error:
        return f"it cannot be parsed: line {error.raw_line}: {error.message}"
    except cst.CSTValidationError as error:
        # libcst insists on a space in `return(a)if b else c`, where Python does not.
        return f"it cannot be parsed: {error}"
    except RecursionError:
        return "it is nested too deeply"
    return ParsedSource(text, encoding, module, starts, removed, spans)
