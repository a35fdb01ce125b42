"""Each file has its own line for what a finding must cost, also for what helpers reach."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from flake8_async_block.config import Config
from flake8_async_block.engine import Engine

HELPERS: Final = """
import time

def read(path):
    return open(path).read()

def read_slowly(path):
    text = open(path).read()
    return wait(text)

def wait(text):
    time.sleep(1)
    return text
"""
CALLS: Final = """
import os
from helpers import read, read_slowly

async def handler(path):
    os.path.exists(path)
    read(path)
    read_slowly(path)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "helpers.py").write_text(HELPERS, encoding="utf-8")
    for directory in ("app", "tests", "scripts"):
        (tmp_path / directory).mkdir()
        (tmp_path / directory / "calls.py").write_text(CALLS, encoding="utf-8")
    return tmp_path


def found(config: Config) -> dict[str, list[tuple[int, str, str]]]:
    by_file: dict[str, list[tuple[int, str, str]]] = {}
    for item in Engine(config).check([config.root]).diagnostics:
        directory = item.path.partition("/")[0]
        by_file.setdefault(directory, []).append((item.span.line, item.code, item.api))
    return by_file


def test_a_milder_line_still_sees_what_lies_behind_a_cheaper_call(project: Path) -> None:
    milder = (("tests/*", "unbounded"), ("scripts/*", "brief"))
    assert found(Config(project, per_file_cost=milder)) == {
        "app": [(7, "ASB208", "builtins.open"), (8, "ASB208", "builtins.open")],
        "scripts": [
            (6, "ASB108", "os.path.exists"),
            (7, "ASB208", "builtins.open"),
            (8, "ASB208", "builtins.open"),
        ],
        "tests": [(8, "ASB201", "time.sleep")],
    }


def test_without_the_setting_all_files_have_one_line(project: Path) -> None:
    files = found(Config(project, cost="unbounded"))
    assert set(files) == {"app", "scripts", "tests"}
    assert all(findings == [(8, "ASB201", "time.sleep")] for findings in files.values())


def test_one_file_is_judged_as_among_others(project: Path) -> None:
    config = Config(project, per_file_cost=(("tests/*", "unbounded"),))
    (finding,) = Engine(config).check([project / "tests" / "calls.py"]).diagnostics
    assert finding.code == "ASB201"
