"""What a newcomer's first command says about ``examples/``: where it blocks, and how it gets there.

Direct findings, those behind helpers and plain endless loops are compared exactly; so the correct
handlers beside them are silent.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.scenarios import EXAMPLES

EXPECTED = {
    "proxy": [
        ("ASB102", "urllib.request.urlopen(question)"),
        ("ASB102", "answer.read()"),
    ],
    "helper": [("ASB201", "work(SECONDS)")],
    "one_worker": [
        ("ASB101", "time.sleep(SECONDS)"),
        ("ASB101", "time.sleep(SECONDS)"),
        ("ASB112", 'hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 600_000)'),
    ],
    "endless": [("ASB301", "while True:")],
}


def check(name: str) -> list[dict[str, Any]]:
    command = (sys.executable, "-m", "flake8_async_block", "check", "--output-format", "json")
    run = subprocess.run(
        (*command, f"{name}/app.py"),
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    findings: list[dict[str, Any]] = json.loads(run.stdout)["diagnostics"]
    return [
        finding
        for finding in findings
        if finding["code"].startswith(("ASB1", "ASB2")) or finding["code"] == "ASB301"
    ]


def source_lines(name: str) -> list[str]:
    return (EXAMPLES / name / "app.py").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_findings_of_an_example(name: str) -> None:
    lines = source_lines(name)
    found = [
        (finding["code"], lines[finding["line"] - 1][finding["col"] - 1 :])
        for finding in check(name)
    ]
    expected = EXPECTED[name]
    assert [code for code, _ in found] == [code for code, _ in expected]
    for (_, rest_of_line), (_, text) in zip(found, expected, strict=True):
        assert rest_of_line.startswith(text)


def test_the_chain_through_the_helper_ends_where_it_sleeps() -> None:
    (finding,) = check("helper")
    lines = source_lines("helper")

    assert [(hop["function"], hop["text"]) for hop in finding["trace"]] == [
        ("report", "work(SECONDS)"),
        ("work", "time.sleep(seconds)"),
    ]
    for hop in finding["trace"]:
        assert hop["path"] == "helper/app.py"
        assert hop["text"] in lines[hop["line"] - 1]


def test_a_finding_in_a_handler_names_its_route() -> None:
    (finding,) = check("helper")

    assert finding["handler"] == {
        "framework": "FastAPI",
        "method": "GET",
        "route": "/report",
        "function": "report",
        "path": "helper/app.py",
        "line": 30,
    }
