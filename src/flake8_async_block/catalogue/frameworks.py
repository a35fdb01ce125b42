"""Questions to the framework data: what injects, what registers, what runs where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

from flake8_async_block.catalogue.callable_schema import (
    BodyEntry,
    CallerEntry,
    ConsumerEntry,
    CoroutineEntry,
    OffloaderEntry,
    ProcessWideEntry,
    SharedEntry,
)
from flake8_async_block.catalogue.framework_handing import Handing, handing_of
from flake8_async_block.catalogue.framework_schema import (
    AssignmentEntry,
    ConventionEntry,
    FrameworkTables,
    HandlerEntry,
    InjectorEntry,
    ModelEntry,
    MountEntry,
    RegistrationEntry,
    ViewEntry,
)
from flake8_async_block.catalogue.framework_words import (
    COMMON_METHODS,
    CallEntry,
    Words,
    calls_of,
    full_names,
    is_keyword_of_object,
    last_part,
    pattern_of_calling,
    words_of,
)
from flake8_async_block.catalogue.load import DATA_DIRECTORY, load_tables


class Frameworks:
    """All framework files by the names they speak of."""

    def __init__(self, tables: Iterable[FrameworkTables]) -> None:
        self.tables: Final = tuple(tables)
        self._memoisers = {
            name for table in self.tables for entry in table.memoiser for name in entry.names
        }
        self._injectors: dict[str, InjectorEntry] = {}
        self._offloaders: dict[str, OffloaderEntry] = {}
        self._handlers: dict[str, tuple[str, HandlerEntry]] = {}
        self._calls: dict[str, tuple[tuple[str, CallEntry], ...]] = {}
        for table in self.tables:
            for injector in table.injector:
                for name in injector.names:
                    self._injectors[name] = injector
            for offloader in table.offloader:
                for name in offloader.names:
                    self._offloaders[name] = offloader
            for handler in table.handler:
                for name in full_names(handler.receivers, handler.decorators):
                    self._handlers[name] = (table.name, handler)
            for name, entry in calls_of(table):
                self._calls[name] = (*self._calls.get(name, ()), (table.name, entry))

    def shared(self, type_name: str) -> SharedEntry | None:
        """The entry of a type on whose instances values are left for others."""
        return self._shared.get(type_name)

    def is_typed_key(self, name: str) -> bool:
        """Whether ``name`` is a class of keys that say what type the item has."""
        return name in self._typed_keys

    def is_memoiser(self, name: str) -> bool:
        """Whether the decorator ``name``, such as ``functools.cache``, keeps results."""
        return name in self._memoisers

    def process_wide(self, name: str) -> ProcessWideEntry | None:
        """The entry of a callable that changes what all threads share, such as ``os.chdir``."""
        return self._process_wide.get(name)

    @cached_property
    def _process_wide(self) -> dict[str, ProcessWideEntry]:
        return {
            name: entry
            for table in self.tables
            for entry in table.process_wide
            for name in entry.names
        }

    def coroutine(self, name: str) -> CoroutineEntry | None:
        """The entry of the ``async`` function ``name``, such as ``asyncio.sleep``."""
        return self._coroutines.get(name)

    def body(self, name: str) -> BodyEntry | None:
        """The entry of a method that sends what it is handed."""
        return self._bodies.get(name)

    @cached_property
    def _bodies(self) -> dict[str, BodyEntry]:
        return {
            name: entry for table in self.tables for entry in table.body for name in entry.names
        }

    @cached_property
    def body_words(self) -> frozenset[str]:
        """The last parts of all names that :meth:`body` knows."""
        return frozenset(map(last_part, self._bodies))

    def injector(self, name: str) -> InjectorEntry | None:
        """The entry of the marker ``name``, such as ``fastapi.Depends``."""
        return self._injectors.get(name)

    def offloader(self, name: str) -> OffloaderEntry | None:
        """The entry of the callable ``name``, such as ``asyncio.to_thread``."""
        return self._offloaders.get(name)

    def caller(self, name: str) -> CallerEntry | None:
        """The entry of a callable that calls what it is handed, such as ``functools.reduce``."""
        return self._callers.get(name)

    def consumer(self, name: str) -> ConsumerEntry | None:
        """The entry of a callable that iterates over an argument, such as ``builtins.sum``."""
        return self._consumers.get(name)

    @cached_property
    def acting(self) -> frozenset[str]:
        """The names that :meth:`caller`, :meth:`consumer` and :meth:`callback` know."""
        return frozenset((*self._callers, *self._consumers, *self._callbacks))

    @cached_property
    def _callers(self) -> dict[str, CallerEntry]:
        return {
            name: entry for table in self.tables for entry in table.caller for name in entry.names
        }

    @cached_property
    def _consumers(self) -> dict[str, ConsumerEntry]:
        return {
            name: entry for table in self.tables for entry in table.consumer for name in entry.names
        }

    def callback(self, name: str) -> OffloaderEntry | None:
        """The entry of what hands a function to the loop, such as ``call_soon`` of one."""
        return self._callbacks.get(name)

    @cached_property
    def _callbacks(self) -> dict[str, OffloaderEntry]:
        return {
            name: entry for table in self.tables for entry in table.callback for name in entry.names
        }

    @cached_property
    def offloader_words(self) -> frozenset[str]:
        """The last parts of all names that :meth:`offloader` and :meth:`callback` know."""
        return frozenset(last_part(name) for name in (*self._offloaders, *self._callbacks))

    def handler(self, name: str) -> tuple[str, HandlerEntry] | None:
        """The framework's name and the entry of a decorator, such as ``fastapi.FastAPI.get``."""
        return self._handlers.get(name)

    def calls(self, name: str) -> tuple[tuple[str, CallEntry], ...]:
        """The framework's name with each thing that calling ``name`` means for it."""
        return self._calls.get(name, ())

    def assignment(self, name: str) -> tuple[str, AssignmentEntry] | None:
        """The framework's name and the entry of an attribute, by its full name."""
        return self._assignments.get(name)

    @cached_property
    def _assignments(self) -> dict[str, tuple[str, AssignmentEntry]]:
        return {
            name: (table.name, entry)
            for table in self.tables
            for entry in table.assignment
            for name in full_names(entry.receivers, entry.attributes)
        }

    @cached_property
    def assigned_attributes(self) -> frozenset[str]:
        """The names of the attributes that :meth:`assignment` knows."""
        return frozenset(map(last_part, self._assignments))

    def views(self, base: str) -> tuple[tuple[str, ViewEntry], ...]:
        """What is known of the methods of classes that inherit from ``base``."""
        return self._views.get(base, ())

    def model(self, base: str) -> ModelEntry | None:
        """What is known of data classes that inherit from ``base``."""
        return self._models.get(base)

    def keeps_trailing_slash(self, framework: str) -> bool:
        return framework not in self._without_slash

    @cached_property
    def of_loop(self) -> tuple[str, ...]:
        """How the names begin of what belongs to the event loop, such as ``asyncio.``."""
        return tuple(f"{name}." for table in self.tables for name in table.loop_packages)

    @cached_property
    def property_decorators(self) -> frozenset[str]:
        """The decorators by which reading an attribute runs a method."""
        return self._decorators("property")

    @cached_property
    def class_method_decorators(self) -> frozenset[str]:
        """The decorators whose functions are handed the class."""
        return self._decorators("class-method")

    @cached_property
    def manager_decorators(self) -> frozenset[str]:
        """The decorators that make a context manager of a generator function."""
        return self._decorators("manager")

    def _decorators(self, makes: str) -> frozenset[str]:
        return frozenset(
            name
            for table in self.tables
            for entry in table.decorator
            if entry.makes == makes
            for name in entry.names
        )

    @cached_property
    def _coroutines(self) -> dict[str, CoroutineEntry]:
        return {
            name: entry
            for table in self.tables
            for entry in table.coroutine
            for name in entry.names
        }

    @cached_property
    def coroutine_words(self) -> frozenset[str]:
        """The last parts of all names that :meth:`coroutine` knows."""
        return frozenset(last_part(name) for name in self._coroutines)

    @cached_property
    def injectors_by_name(self) -> tuple[InjectorEntry, ...]:
        """The markers that name their parameters in dictionaries."""
        return tuple(entry for table in self.tables for entry in table.injector if entry.by_name)

    @cached_property
    def _shared(self) -> dict[str, SharedEntry]:
        return {
            name: entry for table in self.tables for entry in table.shared for name in entry.types
        }

    @cached_property
    def _typed_keys(self) -> frozenset[str]:
        return frozenset(
            name for table in self.tables for entry in table.shared for name in entry.keys
        )

    @cached_property
    def conventions(self) -> tuple[tuple[str, ConventionEntry], ...]:
        return tuple((table.name, entry) for table in self.tables for entry in table.convention)

    @cached_property
    def injector_words(self) -> frozenset[str]:
        """The last parts of the names of all injectors."""
        return frozenset(last_part(name) for name in self._injectors)

    @cached_property
    def call_words(self) -> frozenset[str]:
        """The last parts of the names of all calls that mean something for routes."""
        return frozenset(last_part(name) for name in self._calls)

    @cached_property
    def handing(self) -> Handing:
        """What betrays that a framework hands something to a function."""
        return handing_of(self.tables)

    @cached_property
    def call_keywords(self) -> frozenset[str]:
        """The keywords that register what they take, whatever the class that is made is called."""
        return frozenset(
            entry.function
            for entries in self._calls.values()
            for _, entry in entries
            if is_keyword_of_object(entry)
        )

    @cached_property
    def call_attributes(self) -> frozenset[str]:
        """The attributes whose :data:`COMMON_METHODS` mean something."""
        return frozenset(
            last_part(stem)
            for stem, _, last in (name.rpartition(".") for name in self._calls)
            if last in COMMON_METHODS
        )

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """Which words betray that a file registers something, for each framework."""
        return tuple(map(words_of, self.tables))

    @cached_property
    def function_words(self) -> frozenset[str]:
        """Those of :attr:`call_words` that are names of functions only, never of methods."""
        methods = {
            last_part(name)
            for name, entries in self._calls.items()
            for _, entry in entries
            if isinstance(entry, (RegistrationEntry, MountEntry)) and entry.receivers
        }
        return self.call_words - methods

    def may_call(self, text: bytes) -> bool:
        """Whether a framework, or the loop, may call a plain ``def`` of a text.

        Neither a decorator nor a class needs the framework's own name near it: an application is
        imported from where it is made, a view inherits from the project's own base class.
        """
        if self._calling.search(text) is not None:
            return True
        return any(
            words.package in text and any(call in text for call in words.registers_here)
            for words in self.words
        )

    @cached_property
    def _calling(self) -> re.Pattern[bytes]:
        return pattern_of_calling(self.tables)

    @cached_property
    def _views(self) -> dict[str, tuple[tuple[str, ViewEntry], ...]]:
        found: dict[str, tuple[tuple[str, ViewEntry], ...]] = {}
        for table in self.tables:
            for view in table.view:
                for base in view.bases:
                    found[base] = (*found.get(base, ()), (table.name, view))
        return found

    @cached_property
    def _models(self) -> dict[str, ModelEntry]:
        return {
            base: entry for table in self.tables for entry in table.model for base in entry.bases
        }

    @cached_property
    def _without_slash(self) -> frozenset[str]:
        return frozenset(table.name for table in self.tables if not table.trailing_slash)


@lru_cache(maxsize=1)
def load_frameworks() -> Frameworks:
    """The shipped framework files."""
    return Frameworks(load_tables(DATA_DIRECTORY / "frameworks", FrameworkTables))
