"""What a rule is: a code, a name and a page of documentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        code: such as ``ASB102``.
        name: reads after "allow": names the pattern, never the cure.
        summary: one line, without a full stop.
        page: the documentation, Markdown, as ``async-block explain CODE`` prints it.
        default: whether the rule is on without any configuration.
        freezes: whether what it finds stops the event loop, and with it every other task.
    """

    code: str
    name: str
    summary: str
    page: str
    default: bool = True
    freezes: bool = True
