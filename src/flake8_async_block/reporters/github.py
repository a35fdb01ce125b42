"""Findings as annotations of a pull request, by workflow commands of GitHub Actions."""

from __future__ import annotations

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError
from flake8_async_block.reporters.context import ReportContext
from flake8_async_block.reporters.places import region


def render(result: CheckResult, context: ReportContext) -> str:
    """Write one command a line: errors for findings, notices for notes."""
    lines = [_annotation("error", found, context) for found in result.diagnostics]
    lines += [_annotation("notice", found, context) for found in result.notes]
    lines += [_error(error, context) for error in result.errors]
    return "".join(f"{line}\n" for line in lines)


def _annotation(level: str, found: Diagnostic, context: ReportContext) -> str:
    line, col, end_line, end_col = region(found.path, found.span, context)
    properties = {"file": context.shown(found.path), "line": str(line), "endLine": str(end_line)}
    if line == end_line:
        # GitHub rejects columns of a place that spans lines.
        properties |= {"col": str(col), "endColumn": str(end_col)}
    properties["title"] = f"{found.code} {found.name}"
    text = f"{found.message}\n{found.remedy}" if found.remedy else found.message
    return _command(level, properties, text)


def _error(error: FileError, context: ReportContext) -> str:
    properties = {"file": context.shown(error.path)}
    if error.line:
        properties["line"] = str(error.line)
    return _command("error", properties, error.message)


def _command(level: str, properties: dict[str, str], text: str) -> str:
    told = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    return f"::{level} {told}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
