"""Compare the catalogue with the packages that are installed here; writes JSON to the output.

    python verify.py DATA_DIRECTORY EXPECTED.toml

Runs inside the environments that the check makes, so it uses the standard library only (Python
3.11 or newer).
"""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import re
import sys
import tomllib
import typing
import warnings
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from resolve import (
    RESULT_SUFFIX,
    Missing,
    has_attribute,
    is_asynchronous,
    is_coroutine,
    load,
    static_member,
)

Entry = dict[str, Any]
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\(\))?(?:\.\w+(?:\(\))?)+")
_PROTOCOL = {"iterate": "__iter__", "enter": "__enter__", "exit": "__exit__", "call": "__call__"}


class Expected:
    """What the installed versions cannot show; see ``expected.toml``."""

    def __init__(self, path: Path) -> None:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        self.elsewhere = {name for table in tables["elsewhere"] for name in table["names"]}
        self.dynamic = {name for table in tables["dynamic"] for name in table["names"]}
        self.samples: dict[str, list[str]] = tables["samples"]

    def covers(self, name: str) -> bool:
        """Whether the name belongs to another version or platform."""
        return name in self.elsewhere

    def is_dynamic(self, class_name: str) -> bool:
        """Whether the members of the class are made at run time."""
        return any(fnmatchcase(class_name, pattern) for pattern in self.dynamic)


class Verification:
    """Collects what was found; an entry is *seen* when at least one of its names was."""

    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        self.problems: list[str] = []
        self.seen: set[str] = set()
        self.absent: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def load(self, name: str) -> object | None:
        """The object, or None after noting why there is none."""
        try:
            found = load(name)
        except Missing as error:
            if not self.expected.covers(name):
                self.absent[name] = str(error)
            return None
        self.seen.add(name)
        self.count("names")
        return found

    # functions

    def function(self, entry: Entry) -> None:
        for name in entry["names"]:
            found = self.load(name)
            if found is None:
                continue
            if not callable(found):
                self.problems.append(f"{name} cannot be called")
            elif is_coroutine(found) and "blocks" in entry:
                self.problems.append(f"{name} is a coroutine function")
            else:
                self.count("functions")
                self.agree(name, found, entry.get("returns", ""))
        self.replacement(entry)

    # classes

    def class_(self, entry: Entry) -> None:
        names = entry.get("names", [])
        if names and names[0].endswith(RESULT_SUFFIX):
            self.pseudo_class(names[0])
            return
        classes = []
        for name in [*names, *self.of_patterns(entry)]:
            found = self.load(name)
            if found is None:
                continue
            if entry.get("singleton"):
                found = type(found)
            if not inspect.isclass(found):
                found = self.made_by(found)
            if found is None:
                self.problems.append(f"{name} is not a class")
                continue
            classes.append((name, found))
            self.count("classes")
        if classes:
            self.members(entry, classes)
        self.replacement(entry)

    def made_by(self, factory: object) -> type | None:
        """The class that a factory function returns by its annotation."""
        try:
            answer = typing.get_type_hints(factory).get("return")
        except Exception:  # noqa: BLE001 - annotations of strangers raise anything
            return None
        answer = typing.get_origin(answer) or answer
        return answer if inspect.isclass(answer) else None

    def of_patterns(self, entry: Entry) -> Iterator[str]:
        for pattern in entry.get("patterns", []):
            if "*" not in pattern:
                yield pattern
            yield from self.expected.samples.get(pattern, [])

    def pseudo_class(self, name: str) -> None:
        origin = name.removesuffix(RESULT_SUFFIX)
        found = self.load(origin)
        if found is None:
            owner, _, attribute = origin.rpartition(".")
            cls = self.load(owner)
            if inspect.isclass(cls) and has_attribute(cls, attribute):
                self.absent.pop(origin, None)
                self.seen.add(origin)
        if origin in self.seen:
            self.seen.add(name)

    def members(self, entry: Entry, classes: list[tuple[str, type]]) -> None:
        dynamic = all(self.expected.is_dynamic(name) for name, _ in classes)
        first = classes[0][0]
        for method in entry.get("methods", []):
            self.method(first, classes, method, dynamic=dynamic)
        for table in ("methods-except", "returns", "attributes", "properties", "method"):
            for key in entry.get(table, ()):
                if "*" in key or "." in key or key.startswith("_"):
                    continue
                if dynamic or any(has_attribute(cls, key) for _, cls in classes):
                    self.count("members")
                elif not self.expected.covers(f"{first}.{key}"):
                    self.problems.append(f"{first}: no class of the entry has `{key}` ({table})")
        for key, special in _PROTOCOL.items():
            if entry.get(key) and not any(self.supports(cls, special) for _, cls in classes):
                self.problems.append(f"{first} has no {special} ({key})")
        for method, returns in entry.get("returns", {}).items():
            for name, cls in classes:
                member = static_member(cls, method)
                if callable(member):
                    self.agree(f"{name}.{method}", member, returns, receiver=cls)

    def method(
        self, first: str, classes: list[tuple[str, type]], method: str, *, dynamic: bool
    ) -> None:
        found = [
            member
            for _, cls in classes
            if (member := static_member(cls, method)) is not None
        ]
        if not found:
            if dynamic or any(has_attribute(cls, method) for _, cls in classes):
                self.count("methods made at run time")
            elif not self.expected.covers(f"{first}.{method}"):
                self.problems.append(f"{first}: no class of the entry has the method `{method}`")
        elif all(is_coroutine(member) for member in found):
            self.problems.append(f"{first}.{method} is a coroutine function")
        else:
            self.count("methods")

    def supports(self, cls: type, special: str) -> bool:
        if special == "__call__":
            return any("__call__" in base.__dict__ for base in cls.__mro__)
        old_style = special == "__iter__" and hasattr(cls, "__getitem__")
        return hasattr(cls, special) or old_style or hasattr(cls, "__getattr__")

    # types

    def agree(
        self, name: str, function: object, returns: str, receiver: type | None = None
    ) -> None:
        """The annotated result and the catalogue's must be the same class or relatives."""
        if not returns or returns.endswith(RESULT_SUFFIX) or "[" in returns or "|" in returns:
            return
        annotated = self.made_by(
            function.__func__ if isinstance(function, (classmethod, staticmethod)) else function
        )
        if annotated is None:
            self.count("results without an annotation that says more")
            return
        try:
            promised = receiver if returns == "self" else load(returns)
        except Missing:
            return
        if not inspect.isclass(promised):
            promised = self.made_by(promised)
        if promised is None:
            return
        if self.related(annotated, promised):
            self.count("results that agree with their annotation")
        elif not self.expected.covers(f"{name}()"):
            self.problems.append(
                f"{name}() is annotated as {annotated.__module__}.{annotated.__qualname__}, "
                f"and the catalogue says {returns}"
            )

    def related(self, one: type, other: type) -> bool:
        try:
            return issubclass(one, other) or issubclass(other, one)
        except TypeError:
            return True

    # replacements

    def replacement(self, entry: Entry) -> None:
        module = entry.get("instead-import", "")
        if module and self.load(module) is not None:
            self.count("modules of replacements")
        instead = entry.get("instead", "")
        match = _DOTTED.match(instead.removeprefix("await "))
        if not match or not module or match[0].split(".")[0] != module.split(".")[0]:
            return
        try:
            found, name = self.follow(match[0])
        except Missing as error:
            if not self.expected.covers(match[0]):
                self.absent[match[0]] = f"{error} (replacement)"
            return
        self.seen.add(match[0])
        if is_asynchronous(found):
            self.count("replacements that are asynchronous")
        elif not self.expected.covers(f"{match[0]} is asynchronous"):
            self.problems.append(f"the replacement {name} is not asynchronous")

    def follow(self, text: str) -> tuple[object, str]:
        """The object that ``a.B().c`` means; a called class stands for its instance."""
        parts = text.split(".")
        name = parts[0].removesuffix("()")
        found = load(name)
        for part in parts[1:]:
            bare = part.removesuffix("()")
            name = f"{name}.{bare}"
            if inspect.isclass(found):
                cls = found
                if not has_attribute(cls, bare):
                    raise Missing(f"{name} does not exist")
                found = static_member(cls, bare)
                if found is None or not (callable(found) or isinstance(found, classmethod)):
                    # An attribute of an instance: only its existence can be shown.
                    return sys.modules[cls.__module__], name
            else:
                found = load(name)
        return found, name


def _tables(directory: Path) -> Iterator[tuple[str, Entry]]:
    for path in sorted(directory.glob("*.toml")):
        # The standard library has a test of its own, on every interpreter.
        if path.stem.startswith("stdlib_"):
            continue
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for entry in tables.get("function", []):
            yield "function", entry
        for entry in tables.get("class", []):
            yield "class", entry


def _entry_names(kind: str, entry: Entry) -> list[str]:
    return [*entry.get("names", []), *entry.get("patterns", [])]


def main(directory: str, expected: str) -> None:
    """Verify everything and write the result as JSON."""
    warnings.simplefilter("ignore")
    _configure_django()
    verification = Verification(Expected(Path(expected)))
    entries = list(_tables(Path(directory)))
    for kind, entry in entries:
        verification.function(entry) if kind == "function" else verification.class_(entry)
    installed = importlib.metadata.packages_distributions()
    used = {
        distribution
        for name in verification.seen
        for distribution in installed.get(name.split(".")[0], [])
        if importlib.metadata.distribution(distribution).files is not None
    }
    json.dump(
        {
            "python": sys.version.split()[0],
            "entries": [[kind, *_entry_names(kind, entry)] for kind, entry in entries],
            "seen": sorted(verification.seen),
            "absent": verification.absent,
            "problems": verification.problems,
            "counts": verification.counts,
            "versions": {name: importlib.metadata.version(name) for name in sorted(used)},
        },
        sys.stdout,
    )


def _configure_django() -> None:
    """Models can only be imported in a configured project."""
    try:
        import django
        from django.conf import settings
    except ImportError:
        return
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    django.setup()


if __name__ == "__main__":
    main(*sys.argv[1:])
