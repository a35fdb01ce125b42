"""Codes, names, kinds, catalogue and the list of all rules name the same set."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from typing import get_args

from flake8_async_block import rules
from flake8_async_block.catalogue.schema import What
from flake8_async_block.model.rule import Rule
from flake8_async_block.rules import ALL_RULES, RULES_BY_CODE
from flake8_async_block.rules.kind import Kind
from flake8_async_block.rules.kinds import KIND_BY_WHAT, KINDS


def rules_on_disk() -> set[Rule]:
    """The rules that any module of the package makes, whether or not a list names them."""
    made: set[Rule] = set()
    for found in pkgutil.iter_modules(rules.__path__):
        module = importlib.import_module(f"{rules.__name__}.{found.name}")
        for value in vars(module).values():
            if isinstance(value, Rule):
                made.add(value)
            elif isinstance(value, Kind):
                made.update(value.rules())
    return made


def test_no_rule_is_left_out() -> None:
    assert rules_on_disk() == set(ALL_RULES)


def test_codes_are_unique_and_sorted() -> None:
    codes = [rule.code for rule in ALL_RULES]
    assert codes == sorted(set(codes))
    assert list(RULES_BY_CODE) == codes
    assert [code for code in codes if not re.fullmatch(r"ASB[1-9]\d\d", code)] == []


def test_names_are_unique_and_readable() -> None:
    names = Counter(rule.name for rule in ALL_RULES)
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name)] == []


def test_summaries_are_one_short_line_each() -> None:
    summaries = Counter(rule.summary for rule in ALL_RULES)
    assert max(summaries.values()) == 1
    assert [text for text in summaries if len(text) > 80 or text.endswith(".")] == []


def test_the_kinds_are_those_of_the_catalogue() -> None:
    """The position in the schema is the number in the code."""
    assert tuple(kind.what for kind in KINDS) == get_args(What)
    assert [kind.number for kind in KINDS] == list(range(1, len(KINDS) + 1))
    assert list(KIND_BY_WHAT) == [kind.what for kind in KINDS]


def test_a_kind_has_a_direct_rule_and_one_behind_helpers() -> None:
    for kind in KINDS:
        direct, behind = kind.rules()
        assert (direct.code, behind.code) == (kind.direct_code, kind.behind_code)
        assert behind.name == f"{direct.name}-in-helper"
        assert direct.page is behind.page is kind.page
