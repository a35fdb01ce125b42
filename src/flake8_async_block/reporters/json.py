"""Findings for other programs; ``docs/json.md`` and the schema are the contract."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic
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
        "summary": dataclasses.asdict(count(result, context)),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _diagnostic(found: Diagnostic, context: ReportContext) -> dict[str, Any]:
    handler, fix = found.handler, found.fix
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
        "handler": handler
        and {
            "framework": handler.framework,
            "method": handler.method,
            "route": handler.route,
            "function": handler.function,
        },
        "fix": fix
        and {
            "strategy": fix.strategy,
            "applicability": fix.applicability.value,
            "title": fix.title,
        },
        "why_not": found.why_not,
    }
