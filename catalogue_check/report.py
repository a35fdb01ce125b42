"""The result of the check → the page in the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

KINDS = {
    "function": "functions exist, can be called and are no coroutine functions",
    "class": "classes exist",
    "method": "methods exist and are no coroutine functions",
    "member": "further members (exceptions, attributes, properties, protocols) exist",
    "result": "results agree with their annotations",
    "origin": "methods that return a class without a public name exist",
    "replacement": "replacements exist and are asynchronous",
    "import": "modules of replacements can be imported",
}


@dataclass
class Environment:
    """One environment.

    Args:
        name: the name of its requirements file.
        facts: fact → state (``ok``, ``missing``, ``wrong``) and detail.
    """

    name: str
    python: str
    facts: Mapping[str, tuple[str, str]]
    versions: Mapping[str, str]


@dataclass
class Outcome:
    """All environments together.

    Args:
        proven: kind → how many facts at least one environment shows.
        left_out: fact → why nothing shows it.
        problems: fact → what is wrong with it.
        entries: entries of the catalogue, and how many of them at least one name was found.
    """

    proven: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    entries: tuple[int, int] = (0, 0)


def render(outcome: Outcome, environments: Sequence[Environment], date: str) -> str:
    """The page."""
    total, found = outcome.entries
    lines = [
        "# The catalogue, checked against the real packages",
        "",
        "`make catalogue-check` wrote this page. It installs the packages of",
        "`catalogue_check/requirements/` and compares what the catalogue says with what is there.",
        "The standard library has a test of its own.",
        "",
        f"- Date: {date}",
        f"- Python: {', '.join(sorted({each.python for each in environments}))}",
        f"- Entries: {total}, of which {found} were found in at least one environment",
        f"- Problems: {len(outcome.problems)}",
        f"- Facts that nothing here can show: {len(outcome.left_out)}",
        "",
        "| proven | how many |",
        "|---|---:|",
        *[f"| {text} | {outcome.proven.get(kind, 0):,} |" for kind, text in KINDS.items()],
        "",
    ]
    if outcome.problems:
        lines += ["## Problems", ""]
        lines += [f"- `{fact}`: {why}" for fact, why in sorted(outcome.problems.items())]
        lines += [""]
    lines += ["## Left out", "", "| why | what |", "|---|---|"]
    by_reason: dict[str, list[str]] = {}
    for fact, reason in sorted(outcome.left_out.items()):
        by_reason.setdefault(reason, []).append(f"`{fact.partition(' ')[2]}`")
    lines += [f"| {reason} | {', '.join(names)} |" for reason, names in by_reason.items()]
    lines += [""]
    for environment in environments:
        lines += [
            f"## Versions: {environment.name}",
            "",
            ", ".join(f"{name} {version}" for name, version in environment.versions.items()),
            "",
        ]
    return "\n".join(lines)
