"""Rewriting what was found, the only part of async-block that edits and the only one with libcst.

libcst is slow to import and a plain check never edits, so it is loaded by the first call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flake8_async_block.model.diagnostic import Diagnostic
from flake8_async_block.model.fix import FileFix

__all__ = ["fix_file"]


def fix_file(
    path: str,
    source: bytes,
    diagnostics: Sequence[Diagnostic],
    *,
    allow_unsafe: bool,
    recheck: Callable[[bytes], Sequence[Diagnostic]],
    strategies: Sequence[str] = (),
    wanted: Callable[[Diagnostic], bool] | None = None,
) -> FileFix:
    """Apply the fix plans of one file's findings, as far as the result can be shown to be right.

    Nothing is written: the caller gets the bytes. An edit that spoils the file (it no longer
    compiles, a finding stays or a new one appears, a second run would edit again) is left out
    and its finding refused with the reason; the other edits are kept.

    Args:
        path: the file, relative to the project's root, with ``/``.
        source: the file's bytes.
        diagnostics: all findings of this file. Each span is that of the whole call expression,
            lines from 1, columns from 0 in UTF-8 bytes.
        allow_unsafe: also apply plans and edits that may change what the program computes.
        recheck: gives the findings of the file if it had the bytes passed in; it must report
            with the same settings as the check that gave ``diagnostics``.
        strategies: use only these, for each finding the first of them that it has a plan for;
            nothing means the plan that each finding prefers.
        wanted: which findings may be fixed, None for all; the others stay with the reason
            ``NOT_CHOSEN``, unless an edit for another one takes them along.

    Returns:
        The bytes after, the findings that are gone, and those that stay with a reason each.

    Raises:
        KeyError: a plan lacks a parameter of its strategy, or names an unknown backend.
    """
    from flake8_async_block.fixers.apply import apply_fixes

    return apply_fixes(
        path,
        source,
        diagnostics,
        allow_unsafe=allow_unsafe,
        recheck=recheck,
        strategies=strategies,
        wanted=wanted,
    )
