"""Which files a run checks: walking directories, without what the project excludes.

A directory that is excluded is never entered, so a virtual environment beside the code costs
nothing. Patterns have the meaning they have in a ``.gitignore`` file. Most of them are plain
names, answered by a set; the pattern library is imported only for the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.model.diagnostic import FileError
from flake8_async_block.model.errors import UsageError
from flake8_async_block.sources.files import display_path

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_GITIGNORE: Final = ".gitignore"
_SPECIAL: Final = frozenset("*?[]!#\\/ ")


def find_sources(
    paths: Sequence[Path],
    *,
    root: Path,
    exclude: Sequence[str],
    respect_gitignore: bool,
    force_exclude: bool = False,
    present: Collection[Path] = (),
    on_error: Callable[[FileError], None] | None = None,
    on_input: Callable[[str], None] | None = None,
) -> tuple[Path, ...]:
    """List the files to check.

    A file that is named is taken whatever its suffix and whether or not a pattern excludes it; a
    directory that is named is searched for ``.py`` files in the same way. Links to directories
    are not followed.

    Args:
        paths: files and directories.
        root: the project's root, absolute, to which patterns with a slash are relative.
        exclude: patterns in the language of ``.gitignore``.
        respect_gitignore: also leave out what ``.gitignore`` files exclude.
        force_exclude: leave out named files and directories that are excluded, too.
        present: absolute paths of files that count as there although the disk may not have them
            (unsaved buffers, standard input); they are taken only if they are named.
        on_error: told about directories that cannot be read.
        on_input: told about the files and directories on which the list depends, there or not,
            before they are looked at.

    Returns:
        Absolute paths, sorted, each once.

    Raises:
        UsageError: a path does not exist.
    """
    configured = _Excludes(root, exclude)
    note = on_input or _disregard
    found: set[str] = set()
    for path in paths:
        absolute = os.path.abspath(path)
        note(absolute)
        if Path(absolute) not in present and not os.path.lexists(absolute):
            raise UsageError(f"{path}: no such file or directory")
        rules = configured
        specs = _inherited_gitignores(absolute, root, note) if respect_gitignore else ()
        is_directory = os.path.isdir(absolute)
        # What is asked for by name is searched; a rule that hides it would hide all that is in it.
        if configured.matches_ancestry(absolute, is_directory):
            if force_exclude:
                continue
            rules = configured.only_names()
        if _ignored_with_ancestry(absolute, is_directory, specs):
            if force_exclude:
                continue
            specs = ()
        if is_directory:
            _walk(absolute, root, rules, specs, respect_gitignore, on_error, note, found)
        else:
            found.add(absolute)
    return tuple(Path(path) for path in sorted(found))


def _disregard(_: str) -> None:
    """Nobody wants to know what the list depends on."""


class _Scoped(NamedTuple):
    """The patterns of one ``.gitignore`` file; ``directory`` is where it lies, with a separator."""

    directory: str
    spec: GitIgnoreSpec


class _Excludes:
    """The configured patterns, sorted by how cheaply they are answered."""

    def __init__(self, root: Path, patterns: Sequence[str]) -> None:
        self._prefix = os.path.join(str(root), "")
        self._names: set[str] = set()
        suffixes: list[str] = []
        others: list[str] = []
        for pattern in patterns:
            if not _SPECIAL.intersection(pattern):
                self._names.add(pattern)
            elif pattern[0] == "*" and not _SPECIAL.intersection(pattern[1:]):
                suffixes.append(pattern[1:])
            else:
                others.append(pattern[1:] if pattern.startswith("./") else pattern)
        self._suffixes = tuple(suffixes)
        self._spec = _compile(others) if others else None

    def only_names(self) -> _Excludes:
        """The same without the patterns that look at the whole path."""
        copy = _Excludes(Path(self._prefix), ())
        copy._names = self._names
        copy._suffixes = self._suffixes
        return copy

    def matches(self, name: str, absolute: str, is_directory: bool) -> bool:
        if name in self._names or (self._suffixes and name.endswith(self._suffixes)):
            return True
        if self._spec is None or not absolute.startswith(self._prefix):
            return False
        return _verdict(self._spec, absolute[len(self._prefix) :], is_directory) is True

    def matches_ancestry(self, absolute: str, is_directory: bool) -> bool:
        """Whether the path or one of its directories below the root is excluded."""
        return any(
            self.matches(os.path.basename(step), step, is_directory or step != absolute)
            for step in _steps_below(self._prefix, absolute)
        )


def _walk(
    top: str,
    root: Path,
    rules: _Excludes,
    specs: tuple[_Scoped, ...],
    respect_gitignore: bool,
    on_error: Callable[[FileError], None] | None,
    note: Callable[[str], None],
    found: set[str],
) -> None:
    # An explicit stack: a deep tree must not meet the recursion limit.
    pending = [(top, specs)]
    while pending:
        directory, active = pending.pop()
        note(directory)
        try:
            with os.scandir(directory) as entries:
                listing = list(entries)
        except OSError as error:
            if on_error is not None:
                shown = display_path(Path(directory), root)
                reason = error.strerror or str(error)
                on_error(FileError(shown, 0, f"cannot read the directory: {reason}"))
            continue
        if respect_gitignore and any(entry.name == _GITIGNORE for entry in listing):
            own = _load_gitignore(directory, note)
            active = (*active, own) if own is not None else active
        for entry in listing:
            name = entry.name
            is_directory = entry.is_dir(follow_symlinks=False)
            if not is_directory and not (name.endswith(".py") and entry.is_file()):
                continue
            if rules.matches(name, entry.path, is_directory):
                continue
            if active and _ignored(entry.path, is_directory, active):
                continue
            if is_directory:
                pending.append((entry.path, active))
            else:
                found.add(entry.path)


def _load_gitignore(directory: str, note: Callable[[str], None]) -> _Scoped | None:
    path = os.path.join(directory, _GITIGNORE)
    note(path)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line for line in file.read().splitlines() if line.strip()]
    except OSError:
        return None
    patterns = [line for line in lines if not line.startswith("#")]
    return _Scoped(os.path.join(directory, ""), _compile(patterns)) if patterns else None


def _inherited_gitignores(
    absolute: str, root: Path, note: Callable[[str], None]
) -> tuple[_Scoped, ...]:
    """The files above ``absolute`` that apply: from the repository's top, or the root, down."""
    chain: list[str] = []
    directory = absolute
    while not os.path.lexists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            # No repository: what lies above the project has no say in it.
            chain = chain[: chain.index(str(root)) + 1] if str(root) in chain else []
            break
        directory = parent
        chain.append(directory)
    scoped = (_load_gitignore(directory, note) for directory in reversed(chain))
    return tuple(spec for spec in scoped if spec is not None)


def _ignored(absolute: str, is_directory: bool, specs: tuple[_Scoped, ...]) -> bool:
    for directory, spec in reversed(specs):
        if absolute.startswith(directory):
            verdict = _verdict(spec, absolute[len(directory) :], is_directory)
            if verdict is not None:
                return verdict
    return False


def _ignored_with_ancestry(absolute: str, is_directory: bool, specs: tuple[_Scoped, ...]) -> bool:
    """As :func:`_ignored`, for a path to which no walk led."""
    if not specs:
        return False
    return any(
        _ignored(step, is_directory or step != absolute, specs)
        for step in _steps_below(specs[0].directory, absolute)
    )


def _steps_below(prefix: str, absolute: str) -> list[str]:
    """``prefix + 'a/b'`` gives ``prefix + 'a'`` and itself; a path elsewhere gives nothing."""
    if not absolute.startswith(prefix) or absolute == prefix:
        return []
    steps = [absolute]
    while len(parent := os.path.dirname(steps[-1])) >= len(prefix):
        steps.append(parent)
    return steps[::-1]


def _verdict(spec: GitIgnoreSpec, relative: str, is_directory: bool) -> bool | None:
    """True: excluded, False: re-included by ``!``, None: not mentioned."""
    if os.sep != "/":
        relative = relative.replace(os.sep, "/")
    return spec.check_file(relative + "/" if is_directory else relative).include


def _compile(patterns: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise UsageError(f"exclude: {error}") from error
