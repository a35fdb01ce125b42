"""How many of the calls in coroutines the resolver can follow, and why not the others.

    python bench/resolution.py DIRECTORY [DIRECTORY ...]

For each directory: the share of the calls inside ``async def`` that resolve to a function or class
of the project, to something outside that is known by name, to what something outside gave, and the
share that stays unknown; then the most frequent reasons for unknown over all of them.
"""

from __future__ import annotations

import gc
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.extract import extract_summary
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import (
    Opaque,
    ProjectClass,
    ProjectFunction,
    Unknown,
    Values,
    is_known,
)
from flake8_async_block.model.summary import ModuleSummary, SiteKind
from flake8_async_block.sources import SourceTree

_REASONS = 10


def callees(directory: Path) -> Iterator[Values]:
    """What each call in a coroutine below ``directory`` calls."""

    def load(path: str) -> ModuleSummary | None:
        try:
            return extract_summary(Path(path).read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            return None

    project = Project(SourceTree((), directory.parent, (".", "src")), load)
    resolver = Resolver(project, load_catalogue({}), load_frameworks())
    for file in sorted(directory.rglob("*.py")):
        module = str(file)
        summary = project.summary(module)
        for facts in summary.functions.values() if summary is not None else ():
            for site in facts.sites if facts.is_async else ():
                if summary is not None and site.kind == SiteKind.CALL:
                    yield resolver.evaluate(module, summary.nodes[site.path].operands[0])


def outcome(values: Values) -> tuple[str, str]:
    """What a call came to, and for an unknown one the reason, without the names in it."""
    known = [value for value in values if is_known(value)]
    if any(isinstance(value, (ProjectFunction, ProjectClass)) for value in known):
        return "project", ""
    if known:
        return "outside, by name", ""
    if any(isinstance(value, Opaque) for value in values):
        return "given by something outside", ""
    reasons = [value.reason for value in values if isinstance(value, Unknown)]
    return "unknown", re.sub(r"`[^`]*`", "`…`", reasons[0] if reasons else "it is None")


def main(directories: list[str]) -> None:
    gc.disable()
    reasons: Counter[str] = Counter()
    for name in directories:
        counts: Counter[str] = Counter()
        for values in callees(Path(name).resolve()):
            kind, reason = outcome(values)
            counts[kind] += 1
            if reason:
                reasons[reason] += 1
        total = sum(counts.values()) or 1
        shares = ", ".join(f"{kind} {100 * n / total:.1f} %" for kind, n in counts.most_common())
        print(f"{name}: {total} calls: {shares}")
    for reason, times in reasons.most_common(_REASONS):
        print(f"{times:>7}  {reason}")


if __name__ == "__main__":
    main(sys.argv[1:])
