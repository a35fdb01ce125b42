from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_async_block


def test_importing_the_package_costs_nothing() -> None:
    program = (
        "import json, sys; before = set(sys.modules); import flake8_async_block;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )
    loaded = [name for name in json.loads(printed.stdout) if "." in name or "_" not in name[:1]]
    heavy = [name for name in loaded if name.startswith(("flake8_async_block.", "libcst", "rich"))]
    assert "flake8_async_block" in loaded
    assert heavy == []


@pytest.mark.parametrize("name", flake8_async_block.__all__)
def test_every_public_name_is_there(name: str) -> None:
    value = getattr(flake8_async_block, name)
    assert value is getattr(flake8_async_block, name)
    assert name in dir(flake8_async_block)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        flake8_async_block.no_such_name  # noqa: B018 - the access is what is tested


def test_check_paths_finds_what_the_command_finds(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.async-block]\n")
    (tmp_path / "app.py").write_text("import time\n\n\nasync def f():\n    time.sleep(1)\n")
    (tmp_path / "other.py").write_text("import time\n\n\nasync def f():\n    time.sleep(1)\n")
    result = flake8_async_block.check_paths([tmp_path / "app.py"])
    assert [(found.code, found.path, found.span.line) for found in result.diagnostics] == [
        ("ASB101", "app.py", 5)
    ]
