"""From findings to fixes, file by file; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flake8_async_block.config import Config
from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError
from flake8_async_block.model.fix import FileFix


@dataclass(frozen=True, slots=True)
class FixOptions:
    """Which fixes to apply.

    Args:
        unsafe: also those that may change what the program computes.
        select: code prefixes; nothing means all.
        strategies: the ways to fix that may be used, the preferred one first; nothing means those
            of the settings, or else the one that suits each finding best.
        chosen: which findings to fix; None means all.
    """

    unsafe: bool = False
    select: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    chosen: Callable[[Diagnostic], bool] | None = None


@dataclass(frozen=True, slots=True)
class FixResult:
    """What fixing came to; nothing is written yet.

    Args:
        files: the files with findings, sorted by path.
        errors: the files that could not be read or parsed.
    """

    files: tuple[FileFix, ...]
    errors: tuple[FileError, ...]


def work_out_fixes(
    result: CheckResult,
    options: FixOptions,
    config: Config,
    read: Callable[[str], bytes | None],
    check_again: Callable[[Path, bytes], Sequence[Diagnostic]],
) -> FixResult:
    """The fixes for what a check has found.

    Args:
        result: what it found.
        options: which fixes to apply.
        config: the settings.
        read: gives the text of a file, by its absolute path.
        check_again: gives the findings of a file if it had another text.
    """
    from flake8_async_block.fixers import fix_file

    def is_meant(diagnostic: Diagnostic) -> bool:
        return not options.select or diagnostic.code.startswith(options.select)

    def again(path: Path, text: bytes) -> Sequence[Diagnostic]:
        return [*filter(is_meant, check_again(path, text))]

    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in filter(is_meant, result.diagnostics):
        by_file.setdefault(diagnostic.path, []).append(diagnostic)
    fixed = []
    for shown, diagnostics in sorted(by_file.items()):
        path = config.root / shown
        source = read(str(path))
        assert source is not None
        fixed.append(
            fix_file(
                shown,
                source,
                diagnostics,
                allow_unsafe=options.unsafe,
                recheck=partial(again, path),
                strategies=options.strategies or config.strategy,
                wanted=options.chosen,
            )
        )
    return FixResult(tuple(fixed), result.errors)
