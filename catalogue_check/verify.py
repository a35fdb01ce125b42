"""Compare the catalogue with the packages that are installed here; writes JSON to the output.

    python verify.py DATA_DIRECTORY SAMPLES.toml

The result is a table of facts: each is ``ok``, ``missing`` (another version may have it) or
``wrong``. Runs inside the environments that the check makes, so it uses the standard library only
(Python 3.11 or newer).
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import json
import re
import sys
import types
import typing
import warnings
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import tomllib
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
_SAY_NOTHING = (typing.Any, type, types.UnionType, type(None))


class Verification:
    """Collects facts.

    Args:
        samples: a pattern of the catalogue → names of classes that it means.
        dynamic: patterns of classes whose members are made at run time.
    """

    def __init__(self, samples: dict[str, list[str]], dynamic: list[str]) -> None:
        self._samples = samples
        self._dynamic = dynamic
        self.facts: dict[str, tuple[str, str]] = {}
        self.packages: set[str] = set()

    def note(self, fact: str, state: str, detail: str = "") -> None:
        """Remember a fact; a bad one is not overwritten by a good one."""
        if self.facts.get(fact, ("ok",))[0] == "ok":
            self.facts[fact] = (state, detail)

    def load(self, name: str, kind: str, wanted: typing.Callable[[object], bool]) -> object | None:
        """The object, or None after noting why there is none."""
        try:
            found = load(name, wanted)
        except Missing as error:
            self.note(f"{kind} {name}", "missing", str(error))
            return None
        self.packages.add(name.partition(".")[0])
        self.note(f"{kind} {name}", "ok")
        return found

    # functions

    def function(self, entry: Entry) -> None:
        for name in entry["names"]:
            found = self.load(name, "function", callable)
            if found is None:
                continue
            if not callable(found):
                self.note(f"function {name}", "wrong", "it cannot be called")
            elif is_coroutine(found) and "blocks" in entry:
                self.note(f"function {name}", "wrong", "it is a coroutine function")
            self.result(name, found, entry.get("returns", ""))
        self.replacement(entry)

    # classes

    def class_(self, entry: Entry) -> None:
        names = entry.get("names", [])
        if names and names[0].endswith(RESULT_SUFFIX):
            self.result_class(names[0])
        else:
            self.named_classes(entry, [*names, *self.of_patterns(entry)])
        self.replacement(entry)

    def of_patterns(self, entry: Entry) -> Iterator[str]:
        for pattern in entry.get("patterns", []):
            if "*" not in pattern:
                yield pattern
            yield from self._samples.get(pattern, [])

    def result_class(self, name: str) -> None:
        """A class without a public name stands for what a method returns."""
        origin = name.removesuffix(RESULT_SUFFIX)
        owner = origin.rpartition(".")[0]
        try:
            load(origin)
        except Missing:
            known = self.is_dynamic(owner) and self.load(owner, "class", inspect.isclass)
            self.note(f"origin {origin}", "ok" if known else "missing", "it does not exist")
        else:
            self.note(f"origin {origin}", "ok")

    def named_classes(self, entry: Entry, names: list[str]) -> None:
        classes: list[tuple[str, type]] = []
        for name in names:
            found = self.load(name, "class", inspect.isclass)
            if entry.get("singleton") and found is not None:
                found = type(found)
            if isinstance(found, type):
                classes.append((name, found))
            elif found is not None and not inspect.isroutine(found):
                # A function stands for what it returns.
                self.note(f"class {name}", "wrong", "it is not a class")
        if classes:
            self.members(entry, names[0], classes)

    def is_dynamic(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._dynamic)

    def members(self, entry: Entry, label: str, classes: list[tuple[str, type]]) -> None:
        dynamic = any(self.is_dynamic(name) for name, _ in classes)
        for method in entry.get("methods", []):
            self.method(label, [cls for _, cls in classes], method, dynamic=dynamic)
        for table in ("methods-except", "returns", "attributes", "properties", "method"):
            if table == "method" and entry.get("deep"):
                continue
            for key in entry.get(table, ()):
                if "*" in key or "." in key or key.startswith("_"):
                    continue
                known = dynamic or any(has_attribute(cls, key) for _, cls in classes)
                self.note(f"member {label}.{key}", "ok" if known else "missing", f"in `{table}`")
        for key, special in _PROTOCOL.items():
            if entry.get(key):
                known = any(_supports(cls, special) for _, cls in classes)
                self.note(f"member {label}.{special}", "ok" if known else "missing", f"`{key}`")
        for method, returns in entry.get("returns", {}).items():
            for name, cls in classes:
                member = static_member(cls, method)
                if callable(member) or isinstance(member, (classmethod, staticmethod)):
                    self.result(f"{name}.{method}", member, returns, receiver=cls)

    def method(self, label: str, classes: list[type], method: str, *, dynamic: bool) -> None:
        fact = f"method {label}.{method}"
        found = [member for cls in classes if (member := static_member(cls, method)) is not None]
        if found and all(is_coroutine(member) for member in found):
            self.note(fact, "wrong", "it is a coroutine function")
        elif found or dynamic or any(has_attribute(cls, method) for cls in classes):
            self.note(fact, "ok")
        else:
            self.note(fact, "missing", "no class of the entry has it")

    # types

    def result(
        self, name: str, function: object, returns: str, receiver: type | None = None
    ) -> None:
        """The annotated result and the catalogue's must be the same class or relatives."""
        if not returns or returns.endswith(RESULT_SUFFIX) or "[" in returns or "|" in returns:
            return
        if isinstance(function, (classmethod, staticmethod)):
            function = function.__func__
        annotated = _annotated_result(function)
        try:
            promised = receiver if returns == "self" else load(returns, inspect.isclass)
        except Missing:
            return
        if annotated is None or not isinstance(promised, type):
            return
        agrees = issubclass(annotated, promised) or issubclass(promised, annotated)
        self.note(
            f"result {name}()",
            "ok" if agrees else "wrong",
            f"annotated as {annotated.__module__}.{annotated.__qualname__}, "
            f"the catalogue says {returns}",
        )

    # replacements

    def replacement(self, entry: Entry) -> None:
        module = entry.get("instead-import", "")
        if module:
            self.load(module, "import", inspect.ismodule)
        match = _DOTTED.match(entry.get("instead", "").removeprefix("await "))
        if not match or not module or match[0].split(".")[0] != module.split(".")[0]:
            return
        try:
            found, name = _follow(match[0])
        except Missing as error:
            self.note(f"replacement {match[0].replace('()', '')}", "missing", str(error))
            return
        state = "ok" if is_asynchronous(found) else "wrong"
        self.note(f"replacement {name}", state, "it does not look asynchronous")


def _supports(cls: type, special: str) -> bool:
    if special == "__call__":
        return any("__call__" in base.__dict__ for base in cls.__mro__)
    by_items = special == "__iter__" and hasattr(cls, "__getitem__")
    return hasattr(cls, special) or by_items or hasattr(cls, "__getattr__")


def _annotated_result(function: object) -> type | None:
    """The class that a function returns by its annotation, if that says which."""
    try:
        answer = typing.get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001 - annotations of strangers raise anything
        return None
    members = [member for member in typing.get_args(answer) if member is not type(None)]
    if typing.get_origin(answer) in (types.UnionType, typing.Union) and len(members) == 1:
        answer = members[0]
    answer = typing.get_origin(answer) or answer
    return answer if inspect.isclass(answer) and answer not in _SAY_NOTHING else None


def _follow(text: str) -> tuple[object, str]:
    """The object that ``a.B().c`` means; a called class stands for its instance."""
    parts = [part.removesuffix("()") for part in text.split(".")]
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        try:
            found = load(name, callable)
        except Missing:
            if length == 1:
                raise
            continue
        rest = parts[length:]
        if rest and not inspect.isclass(found) and not inspect.ismodule(found):
            continue
        if rest and not (inspect.isclass(found) and has_attribute(found, rest[0])):
            raise Missing(f"{name}.{rest[0]} does not exist")
        # An attribute of an instance: only its existence can be shown.
        return found, ".".join(parts)
    raise Missing(text)


def _entries(directory: Path) -> Iterator[tuple[str, Entry]]:
    for path in sorted(directory.glob("*.toml")):
        # The standard library has a test of its own, on every interpreter.
        if path.stem.startswith("stdlib_"):
            continue
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind in ("function", "class"):
            for entry in tables.get(kind, []):
                yield kind, entry


def _configure_django() -> None:
    """Models can only be imported in a configured project."""
    try:
        settings: Any = importlib.import_module("django.conf").settings
    except ImportError:
        return
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    importlib.import_module("django").setup()


def main(directory: str, samples: str) -> None:
    """Verify everything and write the result as JSON."""
    warnings.simplefilter("ignore")
    _configure_django()
    tables = tomllib.loads(Path(samples).read_text(encoding="utf-8"))
    verification = Verification(tables["samples"], tables["dynamic"])
    for kind, entry in _entries(Path(directory)):
        if kind == "function":
            verification.function(entry)
        else:
            verification.class_(entry)
    installed = importlib.metadata.packages_distributions()
    used = {
        distribution
        for package in verification.packages
        for distribution in installed.get(package, [])
    }
    json.dump(
        {
            "python": sys.version.split()[0],
            "facts": verification.facts,
            "versions": {name: importlib.metadata.version(name) for name in sorted(used)},
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
