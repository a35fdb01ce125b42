"""Findings as failed tests in JUnit's XML, which every CI server shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError
from flake8_async_block.reporters.context import ReportContext

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: CheckResult, context: ReportContext) -> str:
    """Write one suite a file: findings fail, notes are skipped, unreadable files are errors.

    Without any of them there is one suite with one test that passed, as an empty report is taken
    for a broken one.
    """
    from xml.etree.ElementTree import Element, indent, tostring

    suites: dict[str, Element] = {}
    for path, case in _cases(result, context):
        if path not in suites:
            suites[path] = Element("testsuite", name=_clean(path))
        suites[path].append(case)
    if not suites:
        suites[""] = Element("testsuite", name="async-block")
        suites[""].append(Element("testcase", name="no findings", classname="async-block"))
    root = Element("testsuites", name="async-block")
    for _, suite in sorted(suites.items()):
        _count(suite)
        root.append(suite)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _cases(result: CheckResult, context: ReportContext) -> Iterator[tuple[str, Element]]:
    for found in result.diagnostics:
        yield context.shown(found.path), _case(found, "failure", context)
    for note in result.notes:
        yield context.shown(note.path), _case(note, "skipped", context)
    for error in result.errors:
        yield context.shown(error.path), _error(error, context)


def _case(found: Diagnostic, outcome: str, context: ReportContext) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    path, span = context.shown(found.path), found.span
    name = f"{found.code} {found.name} at {span.line}:{span.col + 1}"
    case = Element("testcase", name=name, classname=_clean(path))
    told = [f"{path}:{span.line}:{span.col + 1} {found.code} {found.message}"]
    if len(found.trace) > 1:
        told += [
            f"  {context.shown(hop.path)}:{hop.line} in {hop.function}: {hop.text}"
            for hop in found.trace
        ]
    if found.remedy:
        told.append(f"help: {found.remedy}")
    outcome_of = SubElement(case, outcome, type=found.code, message=_clean(found.message))
    outcome_of.text = _clean("\n".join(told))
    return case


def _error(error: FileError, context: ReportContext) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    case = Element("testcase", name="can be checked", classname=_clean(context.shown(error.path)))
    place = f"{context.shown(error.path)}:{error.line}" if error.line else context.shown(error.path)
    SubElement(case, "error", message=_clean(error.message)).text = _clean(place)
    return case


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    for name, outcome in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{outcome}"))))


def _clean(text: str) -> str:
    """Spell out what XML cannot hold."""
    return _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
