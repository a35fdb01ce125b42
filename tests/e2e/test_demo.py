"""``python examples/demo.py`` shows what it promises, and notices when it cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.scenarios import BLOCK_SECONDS, EXAMPLES

pytestmark = pytest.mark.slow


def demonstrate(examples: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, str(examples / "demo.py")),
        env={**os.environ, "BLOCK_SECONDS": str(BLOCK_SECONDS)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def waits(output: str, server: str) -> list[str]:
    """The two cells of the table that say how long the ping waited."""
    row = re.search(rf"^ +{server} .*", output, flags=re.MULTILINE)
    assert row is not None, output
    return re.findall(r"[\d.]+ m?s$|[\d.]+ m?s(?= )", row[0])


def test_the_demonstration_finds_fixes_and_compares() -> None:
    run = demonstrate(EXAMPLES)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert "ASB102" in run.stdout
    assert "+++ " in run.stdout
    for server in ("proxy", "one_worker"):
        before, after = waits(run.stdout, server)
        assert before.endswith(" s")
        assert after.endswith(" ms")


def test_the_demonstration_fails_when_the_fix_does_not_help(tmp_path: Path) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(EXAMPLES, examples, ignore=shutil.ignore_patterns("__pycache__"))
    for application in examples.glob("*/app.py"):
        text = application.read_text(encoding="utf-8")
        application.write_text(f"# flake8: noqa\n{text}", encoding="utf-8")

    run = demonstrate(examples)

    assert run.returncode == 1, run.stdout + run.stderr
    assert "still had to wait" in run.stdout
