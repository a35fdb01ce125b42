"""Reading the catalogue: the package's TOML files and the user's tables, checked by the schema."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from flake8_async_block.catalogue.lookup import Catalogue
from flake8_async_block.catalogue.schema import CatalogueTables
from flake8_async_block.model.errors import UsageError

_Tables = TypeVar("_Tables")
DATA_DIRECTORY: Final = Path(__file__).parent / "data"
_SCHEMAS: Final = tuple(
    Path(__file__).with_name(name)
    for name in ("schema.py", "callable_schema.py", "framework_schema.py")
)


def parse_toml(path: Path) -> dict[str, Any]:
    """One TOML file as plain data."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    with path.open("rb") as file:
        return tomllib.load(file)


def load_tables(directory: Path, schema: type[_Tables]) -> tuple[_Tables, ...]:
    """All TOML files of a directory, in the order of their names.

    Parsing them takes longer than checking a small file, so the result is kept where Python keeps
    the compiled form of a module beside them, if it is allowed to. What is kept counts as long as
    none of the files has changed.

    Args:
        directory: where the files lie; they are the package's own, and right.
        schema: what one file is.
    """
    paths = sorted(directory.glob("*.toml"))
    state = repr((msgspec.__version__, [_state(path) for path in (*_SCHEMAS, *paths)])).encode()
    compiled = Path(cache_from_source(str(directory / "tables.py"))).with_suffix(".msgpack")
    decoder = msgspec.msgpack.Decoder(tuple[schema, ...])  # type: ignore[valid-type]
    try:
        known_state, checksum, content = compiled.read_bytes().split(b"\0", 2)
        if known_state == state and checksum == b"%08x" % zlib.crc32(content):
            return decoder.decode(content)
    except (OSError, ValueError):
        # Not there, or damaged: msgspec's errors are value errors.
        pass
    tables = tuple(msgspec.convert(parse_toml(path), schema) for path in paths)
    if not sys.dont_write_bytecode:
        content = msgspec.msgpack.encode(tables)
        _write(compiled, b"\0".join([state, b"%08x" % zlib.crc32(content), content]))
    return tables


def _state(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return path.name, status.st_size, status.st_mtime_ns


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)


@lru_cache(maxsize=1)
def _shipped_tables() -> tuple[CatalogueTables, ...]:
    return load_tables(DATA_DIRECTORY, CatalogueTables)


def shipped_tables() -> dict[str, CatalogueTables]:
    """The package's own entries: area, which is the name of the file without its end → tables."""
    areas = [path.stem for path in sorted(DATA_DIRECTORY.glob("*.toml"))]
    return dict(zip(areas, _shipped_tables(), strict=True))


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
            from flake8_async_block.catalogue.complaints import complaint

            reason = complaint(str(error))
            raise UsageError(f"{where}: [tool.async-block.catalogue] {reason}") from None
        return Catalogue((mine, *tables), Catalogue((mine,)))
    return Catalogue(tables)
