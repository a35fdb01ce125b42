"""Annotations → paths: strings are parsed, ``X | None`` is a union, nothing is recorded."""

from __future__ import annotations

import ast

from flake8_async_block.extract.recorder import Recorder
from flake8_async_block.model.path import NO_PATH, PathOp


def read_annotation(reader: Recorder, node: ast.expr | None) -> int:
    """The path of the type that ``node`` names, or ``NO_PATH`` when there is no annotation."""
    if node is None:
        return NO_PATH
    before, reader.late_names = reader.late_names, True
    try:
        return _read(reader, node)
    finally:
        reader.late_names = before


def _read(reader: Recorder, node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            parsed = ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            return reader.table.unknown("an annotation that is not an expression")
        return read_annotation(reader, parsed)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return reader.table.union(
            read_annotation(reader, node.left), read_annotation(reader, node.right)
        )
    if isinstance(node, ast.Subscript):
        return _read_subscript(reader, node)
    return reader.read_silently(node)


def _read_subscript(reader: Recorder, node: ast.Subscript) -> int:
    base = reader.read_silently(node.value)
    name = node.value.attr if isinstance(node.value, ast.Attribute) else None
    name = node.value.id if isinstance(node.value, ast.Name) else name
    if name == "Literal":
        return reader.table.unknown("a literal type")
    inner = node.slice
    if isinstance(inner, ast.Tuple):
        if name == "Annotated" and inner.elts:
            # Only the first element is a type; the rest is metadata such as ``Depends(f)``.
            first, *metadata = inner.elts
            parts = [read_annotation(reader, first)]
            parts += [reader.read_silently(element) for element in metadata]
        else:
            parts = [read_annotation(reader, element) for element in inner.elts]
        key = reader.table.add(PathOp.TUPLE, operands=tuple(parts))
    else:
        key = read_annotation(reader, inner)
    return reader.table.add(PathOp.ITEM, operands=(base, key))


def instance_of(reader: Recorder, annotation: int) -> int:
    """The path of a value of the annotated type."""
    return reader.table.add(PathOp.INSTANCE, operands=(annotation,))
