"""Which file a module name means, for a file that imports it.

Python asks ``sys.path``, which a static look does not have. The answer here follows how projects
are started: from a configured source root, from their own directory, or as a script. Directories
are listed once, on demand, so a lookup costs a few set tests and the whole project is seen
however few files a run checks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_LOADED_BEFORE_ANY_PROJECT_FILE: Final = frozenset(
    "abc atexit builtins codecs errno gc genericpath io itertools marshal os posix posixpath site"
    " stat sys time zipimport".split()
)
"""Standard library modules that no project file can shadow: built in or imported at start-up."""

_INIT: Final = "__init__"
_NAMESPACE_DEPTH: Final = 4


class _Listing(NamedTuple):
    directories: frozenset[str]
    modules: frozenset[str]
    """The names of ``.py`` files, without the suffix."""


class _Root(NamedTuple):
    directory: str
    configured: bool


_NOTHING: Final = _Listing(frozenset(), frozenset())


class SourceTree:
    """Module names to files, for one project.

    Args:
        files: files that count as there even if the disk does not have them (unsaved buffers).
        root: the project's root, absolute; nothing above it is looked at.
        src: the source roots, relative to ``root``, asked first and in this order.
        on_input: told about the directories on which answers depend, before they are listed.
    """

    def __init__(
        self,
        files: Iterable[Path],
        root: Path,
        src: Sequence[str],
        on_input: Callable[[str], None] | None = None,
    ) -> None:
        self._on_input = on_input
        self._root = os.path.abspath(root)
        self._configured = tuple(
            dict.fromkeys(
                os.path.normpath(os.path.join(self._root, directory)) for directory in src
            )
        )
        self._virtual: dict[str, set[str]] = {}
        for file in files:
            absolute = os.path.abspath(file)
            if absolute.endswith(".py") and not os.path.exists(absolute):
                self._add_virtual(absolute)
        self._listings: dict[str, _Listing] = {}
        self._roots: dict[str, tuple[_Root, ...]] = {}
        root_name = os.path.basename(self._root)
        self._own_package = root_name if self._init_of(self._root) is not None else ""
        """The name of the root, if it is itself a package, as where only a package is checked."""
        self._found: dict[tuple[str, str], str | None] = {}
        self._paths: dict[str, Path] = {}
        self._below: dict[tuple[str, str], str | None] = {}
        """Root and dotted name → the file: what is the same for all importers below the root."""

    def find(self, name: str, importer: Path) -> Path | None:
        """Find the file that ``import name`` reads.

        Roots are asked in order: the configured ones, then every directory above the importer
        that is not a package, nearest first, up to the project's root. A package wins over a
        module, a module over a directory without ``__init__.py``, as in Python.

        A name of the standard library means the project only where a project file really
        shadows it: at a configured root, or beside a script. A file does not find itself as a
        top-level module of a directory that is merely guessed to be a root: ``import redis`` in
        ``cache/redis.py`` means the installed package.

        Args:
            name: an absolute dotted name.
            importer: the absolute path of the importing file.

        Returns:
            The module's file or the package's ``__init__.py``; None for a name that no project
            file has, and for a namespace package, which has no file.
        """
        importing = str(importer)
        directory = os.path.dirname(importing)
        key = (directory, name)
        if key in self._found:
            found = self._found[key]
        else:
            found = self._found[key] = self._search(name, directory, skip="")
        if found == importing and "." not in name:
            found = self._search(name, directory, skip=importing)
        return self._path(found)

    def find_relative(self, name: str, importer: Path) -> Path | None:
        """Find the file of a relative import.

        Args:
            name: the level in dots and the name, such as ``..pkg.mod``; ``.`` alone is the
                importer's own package.
            importer: the absolute path of the importing file.

        Returns:
            As :meth:`find`; None also where the dots lead out of the project.
        """
        rest = name.lstrip(".")
        base = self._relative_base(len(name) - len(rest), importer)
        if base is None:
            return None
        if rest:
            return self._path(self._descend(base, rest.split(".")))
        return self._path(self._init_of(base))

    def is_namespace(self, name: str, importer: Path) -> bool:
        """Whether a name is a package without ``__init__.py``: a directory that holds modules.

        Args:
            name: an absolute dotted name, or a relative one as for :meth:`find_relative`.
            importer: the absolute path of the importing file.
        """
        rest = name.lstrip(".")
        level = len(name) - len(rest)
        if level:
            base = self._relative_base(level, importer)
            starts = [base] if base is not None else []
            parts = rest.split(".") if rest else []
            if self.find_relative(name, importer) is not None:
                return False
        else:
            parts = name.split(".")
            if parts[0] in sys.stdlib_module_names or self.find(name, importer) is not None:
                return False
            starts = [root.directory for root in self._roots_for(os.path.dirname(str(importer)))]
            if parts[0] == self._own_package:
                starts, parts = [self._root], parts[1:]
        return any(self._is_namespace_directory(start, parts) for start in starts)

    def _search(self, name: str, directory: str, skip: str) -> str | None:
        parts = name.split(".")
        standard = parts[0] in sys.stdlib_module_names
        if parts[0] in _LOADED_BEFORE_ANY_PROJECT_FILE:
            return None
        if parts[0] == self._own_package and not standard:
            found = self._descend(self._root, parts[1:]) if parts[1:] else self._init_of(self._root)
            if found is not None:
                return found
        for root in self._roots_for(directory):
            if standard and self._own_package and root.directory == self._root:
                # The inside of a package is no place from which Python imports modules.
                continue
            if standard:
                if not (root.configured or root.directory == directory):
                    continue
                listing = self._list(root.directory)
                if parts[0] not in listing.modules and not (
                    parts[0] in listing.directories
                    and _INIT in self._list(os.path.join(root.directory, parts[0])).modules
                ):
                    continue
            found = self._below_root(root.directory, name, parts)
            if found is not None and (root.configured or found != skip):
                return found
        return None

    def _below_root(self, root: str, name: str, parts: Sequence[str]) -> str | None:
        key = (root, name)
        if key not in self._below:
            self._below[key] = self._descend(root, parts)
        return self._below[key]

    def _descend(self, directory: str, parts: Sequence[str]) -> str | None:
        for position, part in enumerate(parts):
            listing = self._list(directory)
            inner = os.path.join(directory, part)
            is_last = position == len(parts) - 1
            if part in listing.directories:
                init = self._init_of(inner)
                if init is not None and is_last:
                    return init
                if init is not None or part not in listing.modules:
                    directory = inner
                    continue
            if part in listing.modules and part != _INIT and is_last:
                return f"{inner}.py"
            return None
        return None

    def _is_namespace_directory(self, directory: str, parts: Sequence[str]) -> bool:
        for part in parts:
            listing = self._list(directory)
            if part not in listing.directories or part in listing.modules:
                return False
            directory = os.path.join(directory, part)
        return self._init_of(directory) is None and self._holds_modules(directory, 0)

    def _holds_modules(self, directory: str, depth: int) -> bool:
        listing = self._list(directory)
        if listing.modules:
            return True
        return depth < _NAMESPACE_DEPTH and any(
            self._holds_modules(os.path.join(directory, inner), depth + 1)
            for inner in sorted(listing.directories)
            if inner.isidentifier() and inner not in ("node_modules", "__pycache__")
        )

    def _relative_base(self, level: int, importer: Path) -> str | None:
        directory = os.path.dirname(str(importer))
        inside = self._is_inside(directory)
        for _ in range(level - 1):
            directory = os.path.dirname(directory)
        return directory if not inside or self._is_inside(directory) else None

    def _roots_for(self, directory: str) -> tuple[_Root, ...]:
        known = self._roots.get(directory)
        if known is not None:
            return known
        roots = [_Root(configured, True) for configured in self._configured]
        inside = self._is_inside(directory)
        current = directory
        while True:
            if self._init_of(current) is None and current not in self._configured:
                roots.append(_Root(current, False))
                if not inside:
                    # A file outside the project: its own directory, not everything up to "/".
                    break
            parent = os.path.dirname(current)
            if current in (self._root, parent):
                break
            current = parent
        self._roots[directory] = result = tuple(roots)
        return result

    def _is_inside(self, directory: str) -> bool:
        return directory == self._root or directory.startswith(os.path.join(self._root, ""))

    def _init_of(self, directory: str) -> str | None:
        if _INIT in self._list(directory).modules:
            return os.path.join(directory, f"{_INIT}.py")
        return None

    def _list(self, directory: str) -> _Listing:
        known = self._listings.get(directory)
        if known is None:
            known = self._listings[directory] = self._scan(directory)
        return known

    def _scan(self, directory: str) -> _Listing:
        directories: set[str] = set()
        modules: set[str] = set()
        if self._on_input is not None:
            self._on_input(directory)
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(".py"):
                        if entry.is_file():
                            modules.add(name[:-3])
                    elif "." not in name and entry.is_dir():
                        directories.add(name)
        except OSError:
            # Not there, or not readable: either way it offers no modules.
            pass
        for name in self._virtual.get(directory, ()):
            if name.endswith(".py"):
                modules.add(name[:-3])
            else:
                directories.add(name)
        if not directories and not modules:
            return _NOTHING
        return _Listing(frozenset(directories), frozenset(modules))

    def _add_virtual(self, absolute: str) -> None:
        while True:
            directory, name = os.path.split(absolute)
            self._virtual.setdefault(directory, set()).add(name)
            if directory == absolute or os.path.isdir(directory):
                return
            absolute = directory

    def _path(self, found: str | None) -> Path | None:
        if found is None:
            return None
        path = self._paths.get(found)
        if path is None:
            path = self._paths[found] = Path(found)
        return path
