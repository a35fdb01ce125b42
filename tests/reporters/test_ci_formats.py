"""The formats that CI servers read, each held to the definition of the format itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError, Span
from flake8_async_block.reporters import REPORTERS, ReportContext
from tests.reporters.results import DIRECT, FULL, GROUPED, LOOP, write_sources
from tests.reporters.test_json import DIAGNOSTICS

HERE = Path(__file__).parent
EVIL = replace(
    LOOP,
    path="a,b:c d%\x1b.py",
    message="100% x\r\ny::z \x00\ufffe<&>",
    remedy="do\nthis",
)
RESULTS = [FULL, GROUPED, CheckResult(), CheckResult((EVIL,), (FileError(EVIL.path, 0, "no"),))]
ANY_RESULT = st.builds(
    CheckResult,
    st.lists(DIAGNOSTICS, max_size=3).map(tuple),
    st.lists(
        st.builds(FileError, st.just("a\udcff.py"), st.integers(0, 2), st.text(min_size=1)),
        max_size=1,
    ),
    notes=st.lists(DIAGNOSTICS, max_size=2).map(tuple),
)
SARIF = Draft4Validator(
    json.loads((HERE / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
)
JUNIT = xmlschema.XMLSchema(str(HERE / "schemas" / "junit-10.xsd"))
CODE_QUALITY = Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "minLength": 1},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
)
"""As "Code Quality report format" in GitLab's documentation describes it."""


def render(name: str, result: CheckResult, root: Path = Path("/p")) -> str:
    return REPORTERS[name](result, ReportContext(root=root, cwd=root, version="1.2.3"))


@pytest.mark.parametrize("name", ["github.txt", "gitlab.json", "sarif.json", "junit.xml"])
def test_golden(name: str, tmp_path: Path) -> None:
    write_sources(tmp_path)
    expected = (HERE / "golden" / name).read_text(encoding="utf-8")
    # The pages of the rules are tested where they are written.
    assert without_pages(render(name.partition(".")[0], GROUPED, tmp_path)) == expected


def without_pages(report: str) -> str:
    return re.sub(r'("markdown": )".*"', r'\1"…"', report)


@pytest.mark.parametrize("result", RESULTS)
def test_valid(result: CheckResult) -> None:
    SARIF.validate(json.loads(render("sarif", result)))
    JUNIT.validate(render("junit", result))
    CODE_QUALITY.validate(json.loads(render("gitlab", result)))


@settings(max_examples=20, deadline=None)  # the schema of SARIF is large
@given(ANY_RESULT)
def test_any_result_is_valid(result: CheckResult) -> None:
    SARIF.validate(json.loads(render("sarif", result)))
    JUNIT.validate(render("junit", result))
    issues = json.loads(render("gitlab", result))
    CODE_QUALITY.validate(issues)
    own = [issue["fingerprint"] for issue in issues[: len(issues) - len(result.errors)]]
    assert len(set(own)) == len(own) == len(result.diagnostics) + len(result.notes)


@pytest.mark.parametrize(
    ("spoil", "validator"),
    [
        (lambda log: log["runs"][0]["results"][0].update(level="bad"), SARIF),
        (lambda log: log["runs"][0]["results"][0].pop("message"), SARIF),
    ],
)
def test_the_validator_refuses(spoil: Any, validator: Draft4Validator) -> None:
    log = json.loads(render("sarif", FULL))
    spoil(log)
    assert not validator.is_valid(log)
    assert not JUNIT.is_valid(render("junit", FULL).replace(' name="app', ' nam="app'))


class TestGitHub:
    def commands(self, result: CheckResult) -> list[tuple[str, dict[str, str], str]]:
        """Read the commands as the runner of GitHub Actions does."""
        return [self.parsed(line) for line in render("github", result).splitlines()]

    def parsed(self, line: str) -> tuple[str, dict[str, str], str]:
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert match is not None
        properties = {}
        for pair in match[2].split(","):
            name, _, value = pair.partition("=")
            properties[name] = unquote(value)
        return match[1], properties, unquote(match[3])

    def test_what_breaks_a_line_or_a_property_is_escaped(self) -> None:
        ((level, properties, text),) = self.commands(CheckResult((EVIL,)))
        assert level == "error"
        assert properties == {
            "file": EVIL.path,
            "line": "1",
            "endLine": "1",
            "col": "1",
            "endColumn": "13",
            "title": "ASB301 endless-loop",
        }
        assert text == f"{EVIL.message}\n{EVIL.remedy}"

    def test_levels(self) -> None:
        levels = [level for level, _, _ in self.commands(GROUPED)]
        assert levels == ["error"] * len(GROUPED.diagnostics) + ["notice"]

    def test_no_columns_over_several_lines(self) -> None:
        ((_, properties, _),) = self.commands(
            CheckResult((replace(DIRECT, span=Span(1, 2, 3, 4)),))
        )
        assert "col" not in properties
        assert properties["endLine"] == "3"


def test_columns_count_characters(tmp_path: Path) -> None:
    write_sources(tmp_path)
    found = Diagnostic("ASB301", "endless-loop", "lib/wörk.py", Span(4, 14, 4, 23), "m")
    # `x = '日本'; handler()`: two characters of three bytes each stand before the call.
    log = json.loads(render("sarif", CheckResult((found,)), tmp_path))
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["region"] == {
        "startLine": 4, "startColumn": 11, "endLine": 4, "endColumn": 20
    }  # fmt: skip
    assert location["artifactLocation"]["uri"] == "lib/w%C3%B6rk.py"
    assert "col=11,endColumn=20," in render("github", CheckResult((found,)), tmp_path)


def test_fingerprints_survive_lines_added_above() -> None:
    def fingerprints(result: CheckResult) -> list[str]:
        return [issue["fingerprint"] for issue in json.loads(render("gitlab", result))]

    lower = replace(DIRECT, span=Span(30, 11, 30, 29))
    assert fingerprints(CheckResult((DIRECT,))) == fingerprints(CheckResult((lower,)))
    assert len(set(fingerprints(CheckResult((DIRECT, lower))))) == 2


def test_severity_follows_the_cost() -> None:
    def severities(*found: Diagnostic) -> list[str]:
        return [issue["severity"] for issue in json.loads(render("gitlab", CheckResult(found)))]

    thread = replace(LOOP, code="ASB304")
    assert severities(
        DIRECT, replace(DIRECT, cost="bounded"), LOOP, thread, replace(DIRECT, once=True)
    ) == ["major", "minor", "major", "info", "info"]


def test_every_finding_is_a_failed_test() -> None:
    root = ET.fromstring(render("junit", FULL))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "4", "2")
    assert [suite.get("name") for suite in root] == [
        *("app/broken.py", "app/main.py", "app/secret.py", "lib/wörk.py")
    ]
    passed = ET.fromstring(render("junit", CheckResult()))
    assert (passed.get("tests"), passed.get("failures")) == ("1", "0")
