"""Findings for other programs; ``docs/json.md`` and the schema are the contract."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, Handler
from flake8_async_block.reporters.blockers import by_blocker
from flake8_async_block.reporters.context import ReportContext, count

SCHEMA: Final = Path(__file__).parent / "schema" / "diagnostics.schema.json"
"""The JSON Schema of what :func:`render` writes."""


def render(result: CheckResult, context: ReportContext) -> str:
    """Write a result as one JSON document.

    Lines and columns count from 1, columns in UTF-8 bytes, as flake8 prints them; an end is the
    first position after the reported text.
    """
    import msgspec

    document = {
        "version": context.version,
        "diagnostics": [_diagnostic(found, context) for found in result.diagnostics],
        "notes": [_diagnostic(found, context) for found in result.notes],
        "errors": [
            {"path": context.shown(error.path), "line": error.line, "message": error.message}
            for error in result.errors
        ],
        "blockers": _blockers(result, context),
        "summary": _summary(result, context),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _diagnostic(found: Diagnostic, context: ReportContext) -> dict[str, Any]:
    fix = found.fix
    return {
        "code": found.code,
        "name": found.name,
        "path": context.shown(found.path),
        "line": found.span.line,
        "col": found.span.col + 1,
        "end_line": found.span.end_line,
        "end_col": found.span.end_col + 1,
        "message": found.message,
        "api": found.api,
        "cost": found.cost,
        "trace": [
            {
                "path": context.shown(hop.path),
                "line": hop.line,
                "function": hop.function,
                "text": hop.text,
            }
            for hop in found.trace
        ],
        "handler": found.handler and _handler(found.handler, context),
        "handlers": [_handler(handler, context) for handler in found.handlers],
        "fix": fix
        and {
            "strategy": fix.strategy,
            "applicability": fix.applicability.value,
            "title": fix.title,
        },
        "why_not": found.why_not,
        "remedy": found.remedy,
        "once": found.once,
    }


def _handler(handler: Handler, context: ReportContext) -> dict[str, Any]:
    return {
        "framework": handler.framework,
        "method": handler.method,
        "route": handler.route,
        "function": handler.function,
        "path": context.shown(handler.path) if handler.path else "",
        "line": handler.line,
    }


def _blockers(result: CheckResult, context: ReportContext) -> list[dict[str, Any]]:
    """The lines that block, each with the places of its findings among all findings."""
    places = {id(found): place for place, found in enumerate(result.diagnostics)}
    return [
        {
            "path": context.shown(blocker.path),
            "line": blocker.line,
            "function": blocker.function,
            "text": blocker.text,
            "apis": blocker.apis,
            "findings": [places[id(found)] for found in blocker.findings],
            "handlers": [_handler(handler, context) for handler in blocker.handlers],
        }
        for blocker in by_blocker(result.diagnostics)
    ]


def _summary(result: CheckResult, context: ReportContext) -> dict[str, Any]:
    counts = count(result, context)
    return {
        **{field.name: getattr(counts, field.name) for field in dataclasses.fields(counts)},
        "by_handler": [
            {**_handler(handler, context), "findings": times}
            for handler, times in counts.by_handler.items()
        ],
    }
