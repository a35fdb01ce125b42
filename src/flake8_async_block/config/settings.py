"""The settings as the rest of the program sees them: complete, checked, and with their meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

DEFAULT_EXCLUDE: Final = (
    ".async_block_cache",
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
    "*.egg-info",
)
"""Directories that hold no source of the project."""

TOOL_PREFIX: Final = "ASB"

_COST_RANK: Final = {"unbounded": 0, "bounded": 1, "cpu": 1, "brief": 2}


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with the value that holds when nobody sets it.

    Args:
        root: the project's root, absolute; paths and patterns below are relative to it.
        select: code prefixes that are on; None stands for every rule that is on by default.
        ignore: code prefixes that are off.
        extend_select: more prefixes that are on.
        extend_ignore: more prefixes that are off.
        per_file_ignores: pairs of a path pattern and the code prefixes that are off there.
        exclude: path patterns, in the language of ``.gitignore``, of what is not checked.
        extend_exclude: more of them.
        force_exclude: leave out excluded files even when they are named one by one.
        respect_gitignore: leave out what ``.gitignore`` files exclude.
        src: the directories from which the project's modules are imported.
        cost: the least cost that is reported: ``unbounded``, ``bounded`` (with ``cpu``) or
            ``brief``, each with the ones before it.
        per_file_cost: pairs of a path pattern and the least cost that is reported there.
        backend: how a fix hands work to a thread: ``auto``, or one of ``anyio``, ``asyncio``,
            ``starlette``, ``trio`` and ``executor``.
        catalogue: the user's own catalogue tables, as they were read.
        source: the file the settings come from, or None.
    """

    root: Path
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    src: tuple[str, ...] = (".", "src")
    cost: str = "bounded"
    per_file_cost: tuple[tuple[str, str], ...] = ()
    backend: str = "auto"
    catalogue: Mapping[str, Any] = field(default_factory=dict)
    source: Path | None = None

    @property
    def excluded(self) -> tuple[str, ...]:
        """All exclusion patterns."""
        return (*self.exclude, *self.extend_exclude)

    def is_selected(self, code: str, path: str, *, default: bool = True) -> bool:
        """Whether a code is reported for a file.

        The longest prefix that matches the code decides; between equally long ones it is off.
        What ``per_file_ignores`` names is off in those files whatever selects it.

        Args:
            code: such as ``ASB102``.
            path: relative to the root, with ``/``.
            default: whether the rule is on without any setting; one that is not must be selected
                by more than the tool's bare prefix, with ``ASB5`` or ``ASB501``.
        """
        return self.is_enabled(code, default=default) and not any(
            code.startswith(prefixes) and _pattern(pattern).match_file(path)
            for pattern, prefixes in self.per_file_ignores
        )

    def is_enabled(self, code: str, *, default: bool = True) -> bool:
        """As :meth:`is_selected`, for all files: false means that the rule need not run."""
        selectors = (*((TOOL_PREFIX,) if self.select is None else self.select), *self.extend_select)
        chosen = _longest(code, selectors)
        if not default and chosen <= len(TOOL_PREFIX):
            return False
        return chosen > _longest(code, (*self.ignore, *self.extend_ignore))

    def cost_in(self, path: str) -> str:
        """The least cost that is reported for a file; the last pattern that matches decides.

        Args:
            path: relative to the root, with ``/``.
        """
        for pattern, cost in reversed(self.per_file_cost):
            if _pattern(pattern).match_file(path):
                return cost
        return self.cost


def is_reported(cost: str, least: str) -> bool:
    """Whether a finding of this cost is reported where ``least`` is the least; ``""`` always is."""
    return _COST_RANK.get(cost, 0) <= _COST_RANK[least]


def _longest(code: str, prefixes: Sequence[str]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern[1:] if pattern.startswith("./") else pattern])
