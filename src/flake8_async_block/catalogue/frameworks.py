"""Questions to the framework data: which markers inject, which decorators register handlers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from flake8_async_block.catalogue.framework_schema import (
    FrameworkTables,
    HandlerEntry,
    InjectorEntry,
    OffloaderEntry,
)
from flake8_async_block.catalogue.load import DATA_DIRECTORY, parse_toml


class Frameworks:
    """All framework files by the names they speak of."""

    def __init__(self, tables: Iterable[FrameworkTables]) -> None:
        self._injectors: dict[str, InjectorEntry] = {}
        self._offloaders: dict[str, OffloaderEntry] = {}
        self._handlers: dict[str, tuple[str, HandlerEntry]] = {}
        for table in tables:
            for injector in table.injector:
                for name in injector.names:
                    self._injectors[name] = injector
            for offloader in table.offloader:
                for name in offloader.names:
                    self._offloaders[name] = offloader
            for handler in table.handler:
                for receiver in handler.receivers or ("",):
                    for decorator in handler.decorators:
                        full = f"{receiver}.{decorator}" if receiver else decorator
                        self._handlers[full] = (table.name, handler)

    def injector(self, name: str) -> InjectorEntry | None:
        """The entry of the marker ``name``, such as ``fastapi.Depends``."""
        return self._injectors.get(name)

    def offloader(self, name: str) -> OffloaderEntry | None:
        """The entry of the callable ``name``, such as ``asyncio.to_thread``."""
        return self._offloaders.get(name)

    def handler(self, name: str) -> tuple[str, HandlerEntry] | None:
        """The framework's name and the entry of a decorator, such as ``fastapi.FastAPI.get``."""
        return self._handlers.get(name)


@lru_cache(maxsize=1)
def load_frameworks() -> Frameworks:
    """The shipped framework files."""
    return Frameworks(
        msgspec.convert(parse_toml(path), FrameworkTables)
        for path in sorted((DATA_DIRECTORY / "frameworks").glob("*.toml"))
    )
