"""The JSON report is what its schema and its documentation say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from flake8_async_block.model.diagnostic import (
    Applicability,
    CheckResult,
    Diagnostic,
    FileError,
    FixPlan,
    Handler,
    Hop,
    Span,
)
from flake8_async_block.reporters import REPORTERS, ReportContext
from flake8_async_block.reporters.json import SCHEMA
from tests.reporters.results import EXPORT, FULL, GROUPED, READ_ITEM

GOLDEN = Path(__file__).parent / "golden" / "full.json"


def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def report(result: CheckResult, root: Path = Path("/p"), cwd: Path = Path("/p")) -> Any:
    return json.loads(REPORTERS["json"](result, ReportContext(root=root, cwd=cwd, version="1.2.3")))


def test_golden() -> None:
    text = REPORTERS["json"](FULL, ReportContext(Path("/p"), Path("/p"), "1.2.3"))
    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("result", [FULL, GROUPED, CheckResult()])
def test_valid(result: CheckResult) -> None:
    validator().validate(report(result))


def test_paths_are_relative_to_the_working_directory() -> None:
    document = report(FULL, root=Path("/p"), cwd=Path("/p/app"))
    assert document["diagnostics"][0]["path"] == "main.py"
    assert document["diagnostics"][1]["trace"][1]["path"] == "../lib/wörk.py"
    assert document["errors"][0]["path"] == "broken.py"
    assert list(document["summary"]["by_file"]) == ["main.py", "../lib/wörk.py"]


def test_findings_by_the_line_that_blocks() -> None:
    document = report(GROUPED)
    shared = document["blockers"][0]
    assert (shared["path"], shared["line"], shared["apis"]) == ("lib/wörk.py", 2, ["time.sleep"])
    assert [document["diagnostics"][place]["line"] for place in shared["findings"]] == [
        *(7, 17, 18, 19, 20, 21, 22, 23)
    ]
    assert [handler["route"] for handler in shared["handlers"]] == ["/export", "/items/{id}"]


def test_summary_by_cause_and_by_handler() -> None:
    summary = report(GROUPED)["summary"]
    assert (summary["findings"], summary["freezing"], summary["blocking_lines"]) == (11, 10, 3)
    assert [(entry["route"], entry["findings"]) for entry in summary["by_handler"]] == [
        (EXPORT.route, 7),
        (READ_ITEM.route, 2),
    ]


def test_notes_are_marked_and_counted_apart() -> None:
    document = report(GROUPED)
    assert [note["once"] for note in document["notes"]] == [True]
    assert not any(found["once"] for found in document["diagnostics"])
    assert document["summary"]["notes"] == 1


def test_file_name_that_is_no_unicode() -> None:
    odd = FileError("caf\udce9.py", 0, "cannot read the file")
    document = report(CheckResult(errors=(odd,)))
    assert document["errors"][0]["path"] == "caf\\xe9.py"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["diagnostics"][0].pop("why_not"), "'why_not' is a required property"),
        (lambda d: d["diagnostics"][0].update(col=0), "0 is less than the minimum"),
        (lambda d: d["diagnostics"][0].update(code="E501"), "does not match"),
        (lambda d: d["diagnostics"][0]["fix"].update(applicability="maybe"), "is not valid"),
        (lambda d: d["errors"][0].update(line="1"), "is not of type 'integer'"),
        (lambda d: d.pop("summary"), "'summary' is a required property"),
    ],
)
def test_schema_refuses(change: Any, message: str) -> None:
    document = report(FULL)
    change(document)
    with pytest.raises(ValidationError, match=re.escape(message)):
        validator().validate(document)


def test_schema_names_every_key() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = report(FULL)
    definitions = schema["$defs"]
    finding = document["diagnostics"][0]
    for value, definition in (
        (document, schema),
        (finding, definitions["diagnostic"]),
        (finding["trace"][0], definitions["hop"]),
        (finding["handler"], definitions["handler"]),
        (document["blockers"][0], definitions["blocker"]),
        (finding["fix"], definitions["fix"]),
        (document["errors"][0], definitions["error"]),
        (document["summary"], definitions["summary"]),
    ):
        assert list(value) == list(definition["properties"]) == definition["required"]


def test_documentation_names_every_key(repository: Path) -> None:
    page = (repository / "docs" / "json.md").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    keys = set(schema["properties"])
    for definition in schema["$defs"].values():
        keys |= set(definition.get("properties", ()))
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    assert documented == keys


TEXT = st.text(max_size=8)
NAMES = st.text(alphabet="abc/.é\udcff", min_size=1, max_size=8)
NUMBERS = st.integers(1, 9)
SPANS = st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
DIAGNOSTICS = st.builds(
    Diagnostic,
    code=st.sampled_from(["ASB101", "ASB202"]),
    name=st.just("a-rule"),
    path=NAMES,
    span=SPANS,
    message=st.text(min_size=1, max_size=8),
    api=TEXT,
    cost=st.sampled_from(["unbounded", "bounded", "cpu", "brief", ""]),
    trace=st.lists(st.builds(Hop, NAMES, NUMBERS, TEXT, TEXT), max_size=2).map(tuple),
    handler=st.none() | st.builds(Handler, TEXT, TEXT, TEXT, TEXT),
    fix=st.none() | st.builds(FixPlan, st.just("x"), st.sampled_from(Applicability), st.just("t")),
    why_not=st.none() | TEXT,
    remedy=TEXT,
    once=st.booleans(),
    handlers=st.lists(st.builds(Handler, TEXT, TEXT, TEXT, TEXT, NAMES, NUMBERS), max_size=2).map(
        tuple
    ),
)


@given(st.lists(DIAGNOSTICS, max_size=4).map(tuple), st.integers(0, 5))
def test_any_result_is_valid(diagnostics: tuple[Diagnostic, ...], files: int) -> None:
    document = report(CheckResult(diagnostics, files=files), cwd=Path("/p/a"))
    validator().validate(document)
    assert [found["message"] for found in document["diagnostics"]] == [
        found.message for found in diagnostics
    ]
    assert document["summary"]["findings"] == sum(document["summary"]["by_rule"].values())
    grouped = [place for blocker in document["blockers"] for place in blocker["findings"]]
    assert sorted(grouped) == list(range(len(diagnostics)))


def test_the_documented_example_is_valid(repository: Path) -> None:
    page = (repository / "docs" / "json.md").read_text(encoding="utf-8")
    example = re.search(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert example is not None
    validator().validate(json.loads(example[1]))
