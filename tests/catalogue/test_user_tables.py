"""A user's tables: what is wrong with them, and what they say about the project itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import pytest

from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.config import Config
from flake8_async_block.engine import Engine
from flake8_async_block.model.errors import UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"function": [{"names": ["a.b"], "blocks": "htp"}]},
            "function[0].blocks: unknown value 'htp', did you mean 'http'? choose from sleep,",
        ),
        (
            {"function": [{"names": ["a.b"], "cost": "dear"}]},
            "function[0].cost: unknown value 'dear', choose from unbounded, bounded, cpu, brief",
        ),
        (
            {"class": [{"names": ["a.B"], "construct": "always"}]},
            "class[0].construct: unknown value 'always', choose from true, unbounded,",
        ),
        (
            {"class": [{"names": ["a.B"], "method": {"m": {"blocks": "htp"}}}]},
            "class[0].method[...].blocks: unknown value 'htp', did you mean 'http'?",
        ),
        (
            {"class": [{"names": ["a.B"], "thread": "no"}]},
            "class[0].thread: unknown value 'no', choose from safe, sequential, affine, never",
        ),
        (
            {"function": [{"names": ["a.b"], "block": "http"}]},
            "function[0]: unknown key 'block', did you mean 'blocks'? choose from blocks, cost,",
        ),
        (
            {"class": [{"names": ["a.B"], "method": {"m": {"unless": [{"argumnt": "x"}]}}}]},
            "unless[0]: unknown key 'argumnt', did you mean 'argument'? choose from argument,",
        ),
        ({"functions": []}, "catalogue: unknown key 'functions', did you mean 'function'?"),
        ({"function": [{"names": ["a b"]}]}, "function[0].names[0]: not a dotted name such as"),
        ({"function": [{"blocks": "http"}]}, "function[0]: Object missing required field `names`"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_right(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        load_catalogue(tables, "some.toml")
    assert str(raised.value).startswith("some.toml: [tool.async-block.catalogue] ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


TABLES: Final = """
[[function]]
names = ["app.legacy.slow"]
blocks = "cpu"
cost = "cpu"
unless = [{ argument = "dry", equals = true }]

[[function]]
names = ["app.legacy.cached", "app.legacy.Repo.ok", "elsewhere.other"]

[[class]]
names = ["app.Repo"]
blocks = "sql"
methods = ["load"]
properties = ["rows"]
construct = true
method.cheap.blocks = false
"""
LEGACY: Final = """
import time

def slow(dry=False): return 1
def cached(): time.sleep(1)
def other(): time.sleep(1)

class Repo:
    def load(self): pass
    def cheap(self): time.sleep(1)
    def dear(self): time.sleep(1)
    def ok(self): time.sleep(1)
    @property
    def rows(self): return 1

class Special(Repo): pass

class Elsewhere:
    def load(self): pass
"""
USE: Final = """
from app.legacy import Elsewhere, Repo, Special, cached, other, slow
from .legacy import slow as quick

def helper(): slow()

async def use(repo: Repo, special: Special, elsewhere: Elsewhere):
    slow()  # ASB112
    quick()  # ASB112
    slow(dry=True)
    cached()
    other()  # ASB201
    helper()  # ASB212
    repo.load()  # ASB104
    repo.cheap()
    repo.dear()  # ASB201
    repo.ok()
    repo.rows  # ASB104
    special.load()  # ASB104
    special.rows  # ASB104
    elsewhere.load()
    Repo()  # ASB104
    Special()  # ASB104
    Elsewhere()
    slow
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "app"
    package.mkdir()
    (package / "__init__.py").write_text("from app.legacy import Repo\n", encoding="utf-8")
    (package / "legacy.py").write_text(LEGACY, encoding="utf-8")
    (package / "use.py").write_text(USE, encoding="utf-8")
    return tmp_path


def test_the_tables_speak_of_the_project_itself(project: Path) -> None:
    config = Config(project, catalogue=tomllib.loads(TABLES))
    found = {(item.span.line, item.code) for item in Engine(config).check([project]).diagnostics}
    assert found == {
        (number, line.partition("  # ")[2])
        for number, line in enumerate(USE.splitlines(), 1)
        if "  # " in line
    }


def test_without_tables_the_bodies_decide(project: Path) -> None:
    found = Engine(Config(project)).check([project]).diagnostics
    lines = USE.splitlines()
    assert [lines[item.span.line - 1].split("  #")[0].strip() for item in found] == [
        "cached()",
        "other()",
        "repo.cheap()",
        "repo.dear()",
        "repo.ok()",
    ]
    assert {item.code for item in found} == {"ASB201"}
