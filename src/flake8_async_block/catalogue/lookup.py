"""Questions to the catalogue: does this name block, what does it give, what does it inherit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final, Literal, get_args

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.catalogue.schema import (
    CatalogueTables,
    ClassEntry,
    Condition,
    Cost,
    FunctionEntry,
    Holds,
)

ImplicitCall = Literal["iterate", "enter", "exit", "call"]
_NAME: Final = re.compile(r"[\w.]+")


class Catalogue:
    """All entries by every name they have; where two name the same thing the earlier one wins.

    Args:
        tables: the entries.
        user: the user's tables alone, which are in ``tables`` too; None where there are none.
    """

    def __init__(self, tables: Iterable[CatalogueTables], user: Catalogue | None = None) -> None:
        self.user: Final = user
        self._functions: dict[str, FunctionEntry] = {}
        self._classes: dict[str, ClassEntry | None] = {}
        self._patterns: list[ClassEntry] = []
        self._aliases: dict[str, list[tuple[str, str]]] = {}
        self._lineages: dict[str, tuple[ClassEntry, ...]] = {}
        for table in tables:
            for function in table.function:
                for name in function.names:
                    self._functions.setdefault(name, function)
            for entry in table.class_:
                for name in entry.names:
                    self._classes.setdefault(name, entry)
                if entry.patterns:
                    self._patterns.append(entry)
            for alias in table.alias:
                top = alias.name.partition(".")[0]
                self._aliases.setdefault(top, []).append((alias.name, alias.target))

        patterns = [pattern for entry in self._patterns for pattern in entry.patterns]
        self._beginnings = tuple({pattern.partition("*")[0] for pattern in patterns})

    def canonical(self, name: str) -> str:
        """``name`` with aliases applied: ``httpx2.get`` → ``httpx.get``."""
        for alias, target in self._aliases.get(name.partition(".")[0], ()):
            if name == alias or name.startswith(f"{alias}."):
                return self.canonical(target + name[len(alias) :])
        return name

    def function(self, name: str) -> FunctionEntry | None:
        return self._functions.get(name)

    def class_entry(self, name: str) -> ClassEntry | None:
        if name in self._classes:
            return self._classes[name]
        found = None
        may_match = name.startswith(self._beginnings)
        for entry in self._patterns if may_match else ():
            if _matches(name, entry.patterns) and not _matches(name, entry.patterns_except):
                found = entry
                break
        self._classes[name] = found
        return found

    def lineage(self, name: str) -> tuple[ClassEntry, ...]:
        """The class entry of ``name`` and those of its bases, nearest first."""
        known = self._lineages.get(name)
        if known is None:
            entries = {id(entry): entry for entry in self._walk_bases(name, ())}
            known = self._lineages[name] = tuple(entries.values())
        return known

    def _walk_bases(self, name: str, seen: tuple[str, ...]) -> Iterator[ClassEntry]:
        entry = self.class_entry(name)
        if entry is None or name in seen:
            return
        yield entry
        for base in entry.bases:
            yield from self._walk_bases(base, (*seen, name))

    def is_class(self, name: str) -> bool:
        return self.class_entry(name) is not None

    def may_be_another(self, type_name: str) -> bool:
        """Whether some arguments make what is of this type something of another nature.

        ``sqlite3.connect(":memory:")`` gives a connection that waits for nothing.
        """
        return type_name in self._made_by_arguments

    def is_another(self, made: str) -> bool:
        """Whether ``made``, a call as ``name()``, has no type because of its arguments."""
        name = made.removesuffix("()")
        entry = self.function(name) or self.class_entry(name)
        return made != name and entry is not None and bool(entry.untyped_if)

    @cached_property
    def _made_by_arguments(self) -> frozenset[str]:
        found: set[str] = set()
        for name, entry in self._classes.items():
            if entry is not None and entry.untyped_if:
                found.add(name)
        for function in self._functions.values():
            if function.untyped_if:
                for returned in _NAME.findall(function.returns):
                    cls = self.class_entry(returned)
                    found.update((returned, *(() if cls is None else cls.names)))
        return frozenset(found)

    # what blocks

    def call_api(self, name: str) -> BlockingApi | None:
        """Calling the function, or creating an instance of the class, ``name``."""
        function = self._functions.get(name)
        if function is not None and function.blocks is not None:
            return BlockingApi(
                name=_preferred(function.names, name),
                kind="call",
                what=function.blocks,
                cost=function.cost,
                instead=function.instead,
                instead_import=function.instead_import,
                exact=function.exact,
                thread=function.thread,
                holds_gil=function.holds_gil,
                remembers=function.remembers,
                unless=function.unless,
                only_if=function.only_if,
                note=function.note,
                evidence=function.evidence,
            )
        if function is not None:
            return None
        for entry in self.lineage(name):
            if entry.construct:
                return self._of_class(
                    entry,
                    "construct",
                    _display(entry, name),
                    _cost(entry.construct, entry.cost),
                    entry.construct_unless,
                    entry.construct_only_if,
                )
        return None

    def method_api(self, type_name: str, method: str) -> BlockingApi | None:
        """Calling ``method`` (for a deep class: a chain such as ``chat.create``)."""
        first, _, rest = method.partition(".")
        last = method.rpartition(".")[2]
        for entry in self.lineage(type_name):
            verdict = _method_verdict(entry, first, last, deep=bool(rest))
            if verdict is None:
                continue
            if verdict is False:
                return None
            override = entry.method.get(last)
            what = entry.blocks
            if override is not None and override.blocks is not None:
                if override.blocks is False:
                    return None
                what = override.blocks
            if what is None:
                return None
            return BlockingApi(
                name=f"{_display(entry, type_name)}.{method}",
                kind="call",
                what=what,
                cost=override.cost if override and override.cost else entry.cost,
                instead=(override.instead if override else "") or entry.instead,
                instead_import=entry.instead_import,
                thread=entry.thread,
                holds_gil=entry.holds_gil,
                holds=entry.holds,
                unless=override.unless if override else (),
                only_if=override.only_if if override else (),
                unblocked_by=(
                    *entry.unblocked_by.items(),
                    *(override.unblocked_by.items() if override else ()),
                ),
                note=(override.note if override else "") or entry.note,
                evidence=entry.evidence,
            )
        return None

    def property_api(self, type_name: str, attribute: str) -> BlockingApi | None:
        """Reading ``attribute``."""
        for entry in self.lineage(type_name):
            if attribute in entry.properties:
                override = entry.method.get(attribute)
                cost = override.cost if override and override.cost else entry.cost
                name = f"{_display(entry, type_name)}.{attribute}"
                return self._of_class(entry, "read", name, cost)
        return None

    def implicit_api(self, type_name: str, how: ImplicitCall) -> BlockingApi | None:
        """Iterating over, entering, leaving or calling an instance."""
        for entry in self.lineage(type_name):
            value: bool | Cost = getattr(entry, how)
            if value:
                cost = _cost(value, entry.cost)
                return self._of_class(entry, how, _display(entry, type_name), cost)
        return None

    def _of_class(
        self,
        entry: ClassEntry,
        kind: str,
        name: str,
        cost: Cost,
        unless: tuple[Condition, ...] = (),
        only_if: tuple[Condition, ...] = (),
    ) -> BlockingApi | None:
        if entry.blocks is None:
            return None
        return BlockingApi(
            name=name,
            kind=kind,
            what=entry.blocks,
            cost=cost,
            instead=entry.instead,
            instead_import=entry.instead_import,
            thread=entry.thread,
            holds_gil=entry.holds_gil,
            holds=entry.holds,
            unless=unless,
            only_if=only_if,
            note=entry.note,
            evidence=entry.evidence,
        )

    def holds(self, type_name: str) -> Holds:
        """What ``with`` on an instance holds, or nothing of interest."""
        return next((entry.holds for entry in self.lineage(type_name) if entry.holds), "")

    # what it gives

    def method_returns(self, type_name: str, method: str) -> str:
        """The type expression of what ``method`` returns, or empty."""
        return self._first(type_name, "returns", method)

    def attribute_type(self, type_name: str, attribute: str) -> str:
        """The type expression of ``attribute``, or empty."""
        found = self._first(type_name, "attributes", attribute)
        if found or attribute.startswith("_"):
            return found
        for entry in self.lineage(type_name):
            if entry.any_attribute and not self.names_method(type_name, attribute):
                return entry.any_attribute
        return ""

    def names_method(self, type_name: str, name: str) -> bool:
        """Whether an entry says anything about a method of that name."""
        return any(
            name in entry.methods
            or name in (entry.methods_except or ())
            or name in entry.method
            or name in entry.returns
            or name in entry.properties
            for entry in self.lineage(type_name)
        )

    def functions_called(self, own_name: str) -> tuple[str, ...]:
        """The dotted names of functions that end in ``own_name``."""
        return self._ending.get(("function", own_name), ())

    def classes_called(self, own_name: str) -> tuple[str, ...]:
        """The dotted names of classes that end in ``own_name``."""
        return self._ending.get(("class", own_name), ())

    @cached_property
    def _ending(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for kind, names in (("function", self._functions), ("class", self._classes)):
            for name in names:
                key = (kind, name.rpartition(".")[2])
                found[key] = (*found.get(key, ()), name)
        return found

    def decides_on_method(self, type_name: str, name: str) -> bool:
        """Whether the entries say of a method that it blocks, or that it does not."""
        return self.names_method(type_name, name) or any(
            entry.methods_except is not None for entry in self.lineage(type_name)
        )

    def is_deep(self, type_name: str, attribute: str) -> bool:
        """Whether calls on the chain that begins with ``attribute`` belong to the instance."""
        return any(
            entry.deep and not _matches(attribute, entry.deep_except)
            for entry in self.lineage(type_name)
        )

    def deep_call_continues(self, type_name: str, method: str) -> bool:
        """Whether what calling the chain ``method`` gives is still part of the chain."""
        last = method.rpartition(".")[2]
        return any(
            entry.deep and entry.deep_methods and not _matches(last, entry.deep_methods)
            for entry in self.lineage(type_name)
        )

    def type_field(self, type_name: str, name: Literal["enters", "yields", "item"]) -> str:
        """The type expression of what ``with``, iteration or a subscript gives, or empty."""
        for entry in self.lineage(type_name):
            value: str = getattr(entry, name)
            if value:
                return value
        return ""

    def _first(self, type_name: str, table: Literal["returns", "attributes"], key: str) -> str:
        for entry in self.lineage(type_name):
            values: dict[str, str] = getattr(entry, table)
            if key in values:
                return values[key]
        return ""


def _method_verdict(entry: ClassEntry, first: str, last: str, *, deep: bool) -> bool | None:
    """True: blocks; False: is known not to; None: the entry does not say."""
    if entry.deep:
        if _matches(first, entry.deep_except) or _matches(last, entry.deep_except):
            return False
        if entry.deep_methods:
            return True if _matches(last, entry.deep_methods) else None
        return not last.startswith("_")
    if deep:
        return None
    if first in entry.methods:
        return True
    override = entry.method.get(first)
    if override is not None and override.blocks:
        return True
    if entry.methods_except is not None:
        if first.startswith("_") or _matches(first, entry.methods_except):
            return False
        return first not in entry.attributes
    return None


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(
        name == pattern if "*" not in pattern else _expression(pattern).fullmatch(name) is not None
        for pattern in patterns
    )


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(_as_regex(pattern))


def _as_regex(pattern: str) -> str:
    """A pattern in which ``*`` stands for any characters but a dot."""
    return "[^.]*".join(re.escape(part) for part in pattern.split("*"))


def _preferred(names: tuple[str, ...], used: str) -> str:
    """The first of an entry's names that ends as the used one: an entry may group functions."""
    last = used.rpartition(".")[2]
    return next((name for name in names if name.rpartition(".")[2] == last), used)


def _display(entry: ClassEntry, name: str) -> str:
    return _preferred(entry.names, name)


def _cost(value: bool | Cost, inherited: Cost) -> Cost:
    return value if isinstance(value, str) else inherited


assert set(get_args(ImplicitCall)) <= set(ClassEntry.__struct_fields__)
