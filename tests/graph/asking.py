"""Asking what names are, in projects that exist only as text.

``reveal_type(expression)  # answer`` in a text asks about the expression and promises the answer:
several candidates are separated by `` | ``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Final

from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.extract import extract_summary
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.shown import describe
from flake8_async_block.graph.values import Unknown, Values
from flake8_async_block.model.path import render_path
from flake8_async_block.model.summary import ModuleSummary, SiteKind
from flake8_async_block.sources import SourceTree

ROOT: Final = Path("/nowhere/project")
_PROMISE: Final = re.compile(r"reveal_type\(.*\)  # (?P<answer>.+)$")


def summary_of(text: str) -> ModuleSummary:
    """The summary of an indented text."""
    return extract_summary(dedent(text).encode())


def resolver_of(files: Mapping[str, str]) -> Resolver:
    """A resolver for a project of the given files: relative path → text."""
    summaries = {str(ROOT / name): summary_of(text) for name, text in files.items()}
    tree = SourceTree(map(Path, summaries), ROOT, [".", "src"])
    return Resolver(Project(tree, summaries.get), load_catalogue({}), load_frameworks())


def path_of(name: str) -> str:
    """The absolute path of a file of such a project."""
    return str(ROOT / name)


def questions_in(summary: ModuleSummary) -> Iterator[tuple[int, int]]:
    """The line of each ``reveal_type`` and the path that it asks about."""
    for facts in summary.functions.values():
        for site in facts.sites:
            node = summary.nodes[site.path]
            if site.kind == SiteKind.CALL and _is_question(summary, node.operands[0]):
                yield site.span.line, node.operands[1]


def _is_question(summary: ModuleSummary, callee: int) -> bool:
    node = summary.nodes[callee]
    return node.name in ("builtins.reveal_type", "reveal_type")


def shown(values: Values) -> str:
    """Candidates for people; those that are not known begin with a question mark."""
    return " | ".join(
        f"?{value.reason}" if isinstance(value, Unknown) else describe(value) for value in values
    )


def check_paths(text: str) -> None:
    """Every path in ``text`` is written as its comment promises."""
    summary = summary_of(text)
    _check(text, summary, lambda path: render_path(summary.nodes, path))


def check_values(text: str, files: Mapping[str, str] | None = None) -> None:
    """Every value in ``text``, a file beside ``files``, is what its comment promises."""
    resolver = resolver_of({**(files or {}), "main.py": text})
    module = path_of("main.py")
    _check(text, resolver.summary(module), lambda path: shown(resolver.evaluate(module, path)))


def _check(text: str, summary: ModuleSummary, answer: Callable[[int], str]) -> None:
    promised = {
        number: match["answer"]
        for number, line in enumerate(dedent(text).splitlines(), 1)
        if (match := _PROMISE.search(line)) is not None
    }
    assert promised, "the text asks nothing"
    answers = {line: answer(path) for line, path in questions_in(summary)}
    wrong = [
        f"line {line}: {answers.get(line)}, not {promised.get(line)}"
        for line in sorted(answers.keys() | promised.keys())
        if answers.get(line) != promised.get(line)
    ]
    assert not wrong, "\n".join(wrong)
