"""What the names of a ``match`` pattern are bound to."""

from __future__ import annotations

import ast

from flake8_async_block.extract.annotations import instance_of
from flake8_async_block.extract.recorder import Recorder
from flake8_async_block.model.path import PathOp


def bind_pattern(reader: Recorder, pattern: ast.pattern, subject: int) -> None:
    """Bind the names in ``pattern`` for a subject with the path ``subject``."""
    table = reader.table
    if isinstance(pattern, ast.MatchAs):
        if pattern.pattern is not None:
            bind_pattern(reader, pattern.pattern, subject)
            if isinstance(pattern.pattern, ast.MatchClass):
                subject = instance_of(reader, reader.read_silently(pattern.pattern.cls))
        if pattern.name is not None:
            reader.bind(pattern.name, subject)
    elif isinstance(pattern, ast.MatchClass):
        matched = instance_of(reader, reader.read_silently(pattern.cls))
        for position, inner in enumerate(pattern.patterns):
            key = table.constant(position)
            bind_pattern(reader, inner, table.add(PathOp.ITEM, operands=(matched, key)))
        for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            bind_pattern(reader, inner, table.add(PathOp.ATTRIBUTE, name, (matched,)))
    elif isinstance(pattern, ast.MatchSequence):
        for position, inner in enumerate(pattern.patterns):
            key = table.constant(position)
            bind_pattern(reader, inner, table.add(PathOp.ITEM, operands=(subject, key)))
    elif isinstance(pattern, ast.MatchMapping):
        for key_node, inner in zip(pattern.keys, pattern.patterns, strict=True):
            key = reader.read_silently(key_node)
            bind_pattern(reader, inner, table.add(PathOp.ITEM, operands=(subject, key)))
        if pattern.rest is not None:
            reader.bind(pattern.rest, table.unknown("the rest of a mapping"))
    elif isinstance(pattern, ast.MatchStar):
        if pattern.name is not None:
            reader.bind(pattern.name, table.unknown("the rest of a sequence"))
    elif isinstance(pattern, ast.MatchOr):
        for inner in pattern.patterns:
            bind_pattern(reader, inner, subject)
