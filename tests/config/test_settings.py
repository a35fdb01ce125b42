"""What settings mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flake8.defaults import IGNORE
from flake8.style_guide import Decision, DecisionEngine
from hypothesis import given
from hypothesis import strategies as st

from flake8_async_block.config import Config, is_reported

ROOT = Path("/project")


def config(**settings: Any) -> Config:
    return Config(root=ROOT, **settings)


@pytest.mark.parametrize(
    ("settings", "code", "selected"),
    [
        ({}, "ASB102", True),
        ({"select": ("ASB",)}, "ASB102", True),
        ({"select": ()}, "ASB102", False),
        ({"select": ("ASB2",)}, "ASB102", False),
        ({"select": ("ASB2",), "extend_select": ("ASB1",)}, "ASB102", True),
        ({"ignore": ("ASB1",)}, "ASB102", False),
        ({"ignore": ("ASB1",)}, "ASB202", True),
        ({"extend_ignore": ("ASB102",)}, "ASB102", False),
        ({"select": ("ASB102",), "ignore": ("ASB1",)}, "ASB102", True),
        ({"select": ("ASB102",), "ignore": ("ASB1",)}, "ASB103", False),
        ({"select": ("ASB1",), "ignore": ("ASB102",)}, "ASB102", False),
        ({"select": ("ASB1",), "ignore": ("ASB1",)}, "ASB102", False),
        ({"ignore": ("ASB1",), "extend_select": ("ASB102",)}, "ASB102", True),
        ({"ignore": ("ASB",)}, "ASB102", False),
    ],
)
def test_longest_prefix_decides(settings: dict[str, Any], code: str, selected: bool) -> None:
    assert config(**settings).is_selected(code, "a.py") is selected


@pytest.mark.parametrize(
    ("settings", "selected"),
    [
        ({}, False),
        ({"select": ("ASB",)}, False),
        ({"select": ("ASB5",)}, True),
        ({"extend_select": ("ASB501",)}, True),
        ({"extend_select": ("ASB501",), "ignore": ("ASB5",)}, True),
        ({"extend_select": ("ASB5",), "ignore": ("ASB501",)}, False),
    ],
)
def test_rule_that_is_off_by_default(settings: dict[str, Any], selected: bool) -> None:
    assert config(**settings).is_selected("ASB501", "a.py", default=False) is selected


PREFIXES = st.lists(
    st.sampled_from(["ASB", "ASB1", "ASB10", "ASB102", "ASB2", "ASB202"]), max_size=3
).map(tuple)


@given(st.none() | PREFIXES, PREFIXES, PREFIXES, PREFIXES)
def test_agrees_with_flake8(
    select: tuple[str, ...] | None,
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    extend_ignore: tuple[str, ...],
) -> None:
    from argparse import Namespace

    ours = config(
        select=select, ignore=ignore, extend_select=extend_select, extend_ignore=extend_ignore
    )
    options = Namespace(
        # flake8 takes its list of plugins as selected when nobody selects anything.
        select=["ASB"] if select is None else list(select),
        ignore=[*ignore, *IGNORE],
        extend_select=list(extend_select),
        extend_ignore=list(extend_ignore),
        extended_default_select=["ASB"],
        extended_default_ignore=[],
    )
    engine = DecisionEngine(options)
    for code in ("ASB101", "ASB102", "ASB202"):
        theirs = engine.decision_for(code) is Decision.Selected
        assert ours.is_selected(code, "a.py") is theirs


@pytest.mark.parametrize(
    ("pattern", "path", "off"),
    [
        ("tests/*", "tests/test_a.py", True),
        ("tests/*", "tests/unit/test_a.py", True),
        ("tests/", "tests/unit/test_a.py", True),
        ("tests", "lib/tests/test_a.py", True),
        ("/tests", "lib/tests/test_a.py", False),
        ("./tests", "lib/tests/test_a.py", False),
        ("tests/*", "src/tests.py", False),
        ("*_test.py", "src/deep/a_test.py", True),
        ("src/a.py", "src/a.py", True),
        ("src/a.py", "src/b.py", False),
        ("**/a.py", "x/y/a.py", True),
    ],
)
def test_per_file_ignores(pattern: str, path: str, off: bool) -> None:
    settings = config(select=("ASB102", "ASB2"), per_file_ignores=((pattern, ("ASB1",)),))
    assert settings.is_selected("ASB102", path) is not off
    assert settings.is_selected("ASB201", path)
    assert settings.is_enabled("ASB102")


@pytest.mark.parametrize(
    ("least", "reported"),
    [
        ("unbounded", {"unbounded", ""}),
        ("bounded", {"unbounded", "bounded", "cpu", ""}),
        ("brief", {"unbounded", "bounded", "cpu", "brief", ""}),
    ],
)
def test_cost(least: str, reported: set[str]) -> None:
    costs = ("unbounded", "bounded", "cpu", "brief", "")
    assert {cost for cost in costs if is_reported(cost, least)} == reported


@pytest.mark.parametrize(
    ("path", "cost"),
    [
        ("app/a.py", "brief"),
        ("tests/a.py", "unbounded"),
        ("tests/unit/a.py", "unbounded"),
        ("tests/speed/a.py", "bounded"),
        ("app/tests.py", "brief"),
    ],
)
def test_cost_of_single_files(path: str, cost: str) -> None:
    patterns = (("tests/*", "unbounded"), ("tests/speed/*", "bounded"))
    assert config(cost="brief", per_file_cost=patterns).cost_in(path) == cost
