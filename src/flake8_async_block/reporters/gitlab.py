"""Findings as a Code Quality report, which GitLab shows in a merge request."""

from __future__ import annotations

from typing import Any

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError
from flake8_async_block.reporters.blockers import freezing
from flake8_async_block.reporters.context import ReportContext
from flake8_async_block.reporters.places import fingerprints


def render(result: CheckResult, context: ReportContext) -> str:
    """Write one JSON array; notes and advice are of the severity ``info``."""
    import msgspec

    issues = [
        _issue(found, fingerprint, context)
        for found, fingerprint in zip(
            (*result.diagnostics, *result.notes), fingerprints(result), strict=True
        )
    ]
    issues += [_error(error, context) for error in result.errors]
    return msgspec.json.format(msgspec.json.encode(issues), indent=2).decode() + "\n"


def _issue(found: Diagnostic, fingerprint: str, context: ReportContext) -> dict[str, Any]:
    return {
        "description": f"{found.code} {found.message}",
        "check_name": found.name,
        "fingerprint": fingerprint,
        "severity": _severity(found),
        "location": {
            "path": context.shown(found.path),
            "lines": {"begin": found.span.line, "end": found.span.end_line},
        },
    }


def _severity(found: Diagnostic) -> str:
    if found.once or not freezing([found]):
        return "info"
    return "minor" if found.cost in ("bounded", "brief") else "major"


def _error(error: FileError, context: ReportContext) -> dict[str, Any]:
    from hashlib import sha256

    path = context.shown(error.path)
    text = f"{path}\0{error.message}"
    return {
        "description": error.message,
        "check_name": "unreadable-file",
        "fingerprint": sha256(text.encode()).hexdigest(),
        "severity": "blocker",
        "location": {"path": path, "lines": {"begin": max(error.line, 1)}},
    }
