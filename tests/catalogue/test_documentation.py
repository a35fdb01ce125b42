"""``docs/catalogue.md`` names every key of the schema, and its examples fit the schema."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from flake8_async_block.catalogue.blocking import WHAT_NUMBERS
from flake8_async_block.catalogue.schema import (
    AliasEntry,
    CatalogueTables,
    ClassEntry,
    Condition,
    Cost,
    FunctionEntry,
    MethodOverride,
    ThreadSafety,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "entry", [AliasEntry, ClassEntry, Condition, FunctionEntry, MethodOverride], ids=str
)
def test_every_key_is_explained(entry: type[msgspec.Struct]) -> None:
    keys = {field.encode_name for field in msgspec.structs.fields(entry)}
    assert keys <= set(re.findall(r"`([a-z-]+)`", PAGE))


def test_every_value_is_explained() -> None:
    named = set(re.findall(r"`([a-z-]+)`", PAGE))
    assert {*WHAT_NUMBERS, *get_args(Cost), *get_args(ThreadSafety)} <= named
    for what, number in WHAT_NUMBERS.items():
        assert f"`{what}` | {number:02}" in PAGE


def test_the_example_fits_the_schema() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    tables = tomllib.loads(example)["tool"]["async-block"]["catalogue"]
    loaded = msgspec.convert(tables, CatalogueTables)
    assert len(loaded.function) == len(loaded.class_) == len(loaded.alias) == 1
