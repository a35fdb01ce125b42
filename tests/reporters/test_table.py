"""The table of formats is complete."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import flake8_async_block.reporters
from flake8_async_block.cli.arguments import parse_arguments
from flake8_async_block.reporters import REPORTERS


def test_every_format_on_disk_is_in_the_table() -> None:
    package = flake8_async_block.reporters
    directory = Path(package.__file__).parent
    modules = {path.stem for path in directory.glob("*.py")} - {"__init__"}
    formats = {
        name for name in modules if hasattr(import_module(f"{package.__name__}.{name}"), "render")
    }
    assert set(REPORTERS) == formats


def test_the_command_line_offers_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["check", "--help"])
    choices = re.search(r"--output-format \{(.*?)\}", capsys.readouterr().out)
    assert choices is not None
    assert choices[1].split(",") == list(REPORTERS)
