"""flake8 and the command line say the same about every fixture, settings and comments included."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.cli import projects
from tests.laws.corpus import all_cases
from tests.plugin.test_plugin import REGISTRATION, is_installed


def test_flake8_says_what_the_command_line_says(tmp_path: Path) -> None:
    for case in all_cases():
        target = tmp_path / case.name.replace("/", "_").removesuffix(".py").replace(".", "_")
        target.mkdir()
        case.copy_to(target)
    projects.settings(tmp_path, "src = []")

    # What is found without the fixtures' own roots may differ from their marks, but not here.
    printed = projects.run(tmp_path, "check", "--output-format", "json").stdout
    expected = [
        f"{found['path']}:{found['line']}:{found['col']}: {found['code']} {found['message']}"
        for found in json.loads(printed)["diagnostics"]
    ]

    assert len(expected) > 500
    assert sorted(flake8(tmp_path)) == sorted(expected)


def flake8(root: Path) -> list[str]:
    config: list[str] = []
    if not is_installed():
        (root / ".flake8").write_text(REGISTRATION)
        config = ["--append-config", str(root / ".flake8")]
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *config, "--select", "ASB", "-j1"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=projects.environment(),
    )
    assert done.stderr == ""
    return [line.removeprefix("./") for line in done.stdout.splitlines()]
