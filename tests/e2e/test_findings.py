"""What the newcomer's first command says about ``examples/``: every direct finding, no other."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.e2e.scenarios import EXAMPLES

DIRECT = {
    "proxy": [
        ("ASB102", "urllib.request.urlopen(question)"),
        ("ASB102", "answer.read()"),
    ],
    "helper": [],
    "one_worker": [
        ("ASB101", "time.sleep(SECONDS)"),
        ("ASB101", "time.sleep(SECONDS)"),
        ("ASB112", 'hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 600_000)'),
    ],
    "endless": [("ASB301", "while True:")],
}


@pytest.mark.parametrize("name", DIRECT)
def test_the_direct_findings_of_an_example(name: str) -> None:
    application = EXAMPLES / name / "app.py"
    command = (sys.executable, "-m", "flake8_async_block", "check", "--output-format", "json")
    run = subprocess.run(
        (*command, str(application)), capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode in {0, 1}, run.stderr

    lines = application.read_text(encoding="utf-8").splitlines()
    found = []
    for finding in json.loads(run.stdout)["diagnostics"]:
        code = finding["code"]
        if code.startswith("ASB1"):
            assert finding["line"] == finding["end_line"]
            text = lines[finding["line"] - 1][finding["col"] - 1 : finding["end_col"] - 1]
            found.append((code, text))
        elif code == "ASB301":
            found.append((code, lines[finding["line"] - 1].strip()))
    assert found == DIRECT[name]
