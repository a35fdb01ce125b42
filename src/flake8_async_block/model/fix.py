"""What fixing a file came to: the new bytes, what was fixed, and what was refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flake8_async_block.model.diagnostic import Diagnostic

STRATEGIES: Final = (
    *("native", "thread", "helper", "block", "sync-handler"),
    *("unwrap", "partial", "checkpoint"),
)
"""The ways to fix a finding, by name."""
NOT_CHOSEN: Final = "not chosen"
"""The reason for which a finding stays that nobody asked to have fixed."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A finding that stays, and the reason, in words that end no sentence."""

    diagnostic: Diagnostic
    reason: str


@dataclass(frozen=True, slots=True)
class FileFix:
    """The outcome for one file.

    Args:
        path: relative to the project's root, with ``/``.
        before: the file's bytes as they were read.
        after: the bytes to write; equal to ``before`` when nothing may change.
        fixed: the findings which the edit removes.
        refused: the findings which stay, each with its reason.
    """

    path: str
    before: bytes
    after: bytes
    fixed: tuple[Diagnostic, ...]
    refused: tuple[Refusal, ...]

    @property
    def changed(self) -> bool:
        return self.before != self.after
