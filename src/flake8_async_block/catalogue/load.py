"""Reading the catalogue: the package's TOML files and the user's tables, checked by the schema."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from flake8_async_block.catalogue.lookup import Catalogue
from flake8_async_block.catalogue.schema import CatalogueTables
from flake8_async_block.model.errors import UsageError

DATA_DIRECTORY: Final = Path(__file__).parent / "data"


def parse_toml(path: Path) -> dict[str, Any]:
    """One TOML file as plain data."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    with path.open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def _shipped_tables() -> tuple[CatalogueTables, ...]:
    return tuple(
        msgspec.convert(parse_toml(path), CatalogueTables)
        for path in sorted(DATA_DIRECTORY.glob("*.toml"))
    )


def load_catalogue(user_tables: Mapping[str, Any], where: str = "pyproject.toml") -> Catalogue:
    """The shipped catalogue with the user's tables before it, so that the user's word wins.

    Args:
        user_tables: the contents of ``[tool.async-block.catalogue]``.
        where: the file they are from, for messages.

    Raises:
        UsageError: the user's tables do not fit the schema.
    """
    tables: Iterable[CatalogueTables] = _shipped_tables()
    if user_tables:
        try:
            mine = msgspec.convert(user_tables, CatalogueTables)
        except msgspec.ValidationError as error:
            raise UsageError(f"{where}: [tool.async-block.catalogue]: {error}") from None
        tables = (mine, *tables)
    return Catalogue(tables)
