"""Findings as SARIF 2.1.0, which code scanning and editors read; the chain is a code flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError, Hop
from flake8_async_block.reporters.blockers import freezing
from flake8_async_block.reporters.context import ReportContext
from flake8_async_block.reporters.places import fingerprints, region
from flake8_async_block.rules import RULES_BY_CODE

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(result: CheckResult, context: ReportContext) -> str:
    """Write one SARIF log with one run."""
    import msgspec

    found = (*result.diagnostics, *result.notes)
    codes = sorted({item.code for item in found})
    run = {
        "tool": {
            "driver": {
                "name": "async-block",
                "version": context.version,
                "rules": [_rule(code, found) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not result.errors,
                "toolExecutionNotifications": [_error(error, context) for error in result.errors],
            }
        ],
        "results": [
            _result(item, codes.index(item.code), fingerprint, context)
            for item, fingerprint in zip(found, fingerprints(result), strict=True)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _rule(code: str, found: Sequence[Diagnostic]) -> dict[str, Any]:
    name = next(item.name for item in found if item.code == code)
    rule = RULES_BY_CODE.get(code)
    if rule is None:
        return {"id": code, "name": name}
    summary = f"{rule.summary[:1].upper()}{rule.summary[1:]}."
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": summary},
        "help": {
            "text": f"{summary} More: async-block explain {code}",
            "markdown": rule.page.strip(),
        },
    }


def _result(
    found: Diagnostic, rule: int, fingerprint: str, context: ReportContext
) -> dict[str, Any]:
    level = "note" if found.once else "error" if freezing([found]) else "warning"
    line, col, end_line, end_col = region(found.path, found.span, context)
    place = {"startLine": line, "startColumn": col, "endLine": end_line, "endColumn": end_col}
    text = f"{found.message}. Help: {found.remedy}" if found.remedy else found.message
    written: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": _physical(found.path, context, place)}],
        "partialFingerprints": {"asyncBlock/v1": fingerprint},
    }
    if len(found.trace) > 1:
        flow = [{"location": _hop(hop, context)} for hop in found.trace]
        written["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if found.handlers:
        written["properties"] = {"handlers": [str(handler) for handler in found.handlers]}
    return written


def _hop(hop: Hop, context: ReportContext) -> dict[str, Any]:
    return {
        "physicalLocation": _physical(hop.path, context, {"startLine": hop.line}),
        "message": {"text": f"in {hop.function}: {hop.text}"},
    }


def _error(error: FileError, context: ReportContext) -> dict[str, Any]:
    place = {"startLine": error.line} if error.line else None
    return {
        "level": "error",
        "message": {"text": error.message},
        "locations": [{"physicalLocation": _physical(error.path, context, place)}],
    }


def _physical(path: str, context: ReportContext, place: dict[str, int] | None) -> dict[str, Any]:
    from urllib.parse import quote

    location: dict[str, Any] = {"artifactLocation": {"uri": quote(context.shown(path))}}
    if place is not None:
        location["region"] = place
    return location
