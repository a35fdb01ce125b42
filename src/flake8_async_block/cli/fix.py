"""``async-block fix``: rewrite files, or show as a diff what would be rewritten."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from flake8_async_block.cli.choices import Choice, ask, in_line, parse_line
from flake8_async_block.cli.clean import require_clean
from flake8_async_block.cli.console import wants_colours, write_text
from flake8_async_block.cli.diff import write_diff
from flake8_async_block.cli.project import read_config
from flake8_async_block.engine import Engine, FixOptions
from flake8_async_block.model.diagnostic import Diagnostic, FileError
from flake8_async_block.model.errors import UsageError
from flake8_async_block.model.fix import NOT_CHOSEN, FileFix
from flake8_async_block.reporters.lines import printable
from flake8_async_block.sources import display_path, read_source, write_atomically

_MANY: Final = 10
"""So many findings left are told once more, by reason."""
_NAMED: Final = re.compile(r"`[^`]*`")


def run(arguments: argparse.Namespace) -> int:
    """Fix files and say what was done and what was left, and why.

    Returns:
        0 if nothing changed and no finding is left, 1 if files were changed (with ``--diff``:
        would be) or findings are left, 2 if a file could not be checked or written.

    Raises:
        UsageError: a path does not exist, or settings or options make no sense.
    """
    if "-" in arguments.paths:
        raise UsageError("fix rewrites files, it cannot rewrite standard input")
    cwd = Path.cwd()
    paths = [Path(path) for path in arguments.paths or ["."]]
    config = read_config(arguments, paths, cwd)
    selected = config.select if arguments.select else None
    options = FixOptions(
        unsafe=arguments.unsafe_fixes,
        select=selected or (),
        strategies=config.strategy,
    )
    if arguments.line is not None:
        file, line = parse_line(arguments.line, cwd)
        paths = paths if arguments.paths else [file]
        options = replace(options, chosen=in_line(file, line, config.root))
    engine = Engine(config)
    if arguments.ask:
        asked = ask(engine, paths, options, config.root, cwd)
        options = replace(options, chosen=_both(options.chosen, asked))
    result = engine.fix(paths, options)
    files = [_without_others(file) for file in result.files]
    files = [file for file in files if file.changed or file.refused]
    errors = list(result.errors)
    if arguments.diff:
        write_diff(
            [(file, display_path(config.root / file.path, cwd)) for file in files],
            sys.stdout,
            colours=wants_colours(sys.stdout),
        )
    else:
        if arguments.require_clean:
            changed = [config.root / file.path for file in files if file.changed]
            require_clean(changed, config.root)
        written = [_write(file, config.root) for file in files]
        errors += [outcome for outcome in written if outcome is not None]
        failed = {error.path for error in errors}
        files = [file for file in files if file.path not in failed]
    # A diff is for other programs, too; what people want to know goes beside it.
    stream = sys.stderr if arguments.diff else sys.stdout
    write_text(_report(files, errors, arguments, config.root, cwd), stream)
    if errors:
        return 2
    return 1 if files else 0


def _both(one: Choice | None, other: Choice) -> Choice:
    return other if one is None else lambda found: one(found) and other(found)


def _without_others(file: FileFix) -> FileFix:
    """Leave out the findings that nobody asked about."""
    return replace(file, refused=tuple(left for left in file.refused if left.reason != NOT_CHOSEN))


def _write(file: FileFix, root: Path) -> FileError | None:
    if not file.changed:
        return None
    path = root / file.path
    now = read_source(path, file.path)
    if isinstance(now, FileError):
        return now
    if now != file.before:
        return FileError(file.path, 0, "not written: the file was changed meanwhile, run again")
    try:
        write_atomically(path, file.after, root=root)
    except OSError as error:
        return FileError(file.path, 0, f"not written: {error.strerror or error}")
    return None


def _report(
    files: Sequence[FileFix],
    errors: Sequence[FileError],
    arguments: argparse.Namespace,
    root: Path,
    cwd: Path,
) -> str:
    done = "would be fixed" if arguments.diff else "fixed"
    lines: list[str] = []
    for file in files:
        shown = printable(display_path(root / file.path, cwd))
        lines.append(f"{shown}: {_outcome(len(file.fixed), len(file.refused), done)}")
        if not arguments.quiet:
            entries = [(fixed, done, _title(fixed)) for fixed in file.fixed]
            entries += [(left.diagnostic, "left", left.reason) for left in file.refused]
            entries.sort(key=lambda entry: entry[0].sort_key)
            lines += [_line(shown, *entry) for entry in entries]
    if not arguments.quiet:
        lines += _reasons(files)
    for error in errors:
        place = printable(display_path(root / error.path, cwd))
        line = f":{error.line}" if error.line else ""
        lines.append(f"{place}{line}: error: {printable(error.message)}")
    if not arguments.quiet:
        fixed = sum(len(file.fixed) for file in files)
        left = sum(len(file.refused) for file in files)
        changed = sum(file.changed for file in files)
        noun = "file" if changed == 1 else "files"
        lines.append(f"{_outcome(fixed, left, done)}; {changed} {noun} {_verb(arguments.diff)}")
    return "".join(f"{line}\n" for line in lines)


def _reasons(files: Sequence[FileFix]) -> list[str]:
    """Why findings were left, the most frequent reason first, where there are many."""
    reasons = Counter(_NAMED.sub("`…`", left.reason) for file in files for left in file.refused)
    if reasons.total() < _MANY:
        return []
    lines = [f"    {count:4} {reason}" for reason, count in reasons.most_common()]
    return ["left, by reason:", *lines]


def _line(shown: str, found: Diagnostic, label: str, text: str) -> str:
    place = f"{shown}:{found.span.line}:{found.span.col + 1}"
    return f"    {place} {found.code} {found.name}: {label}: {text}"


def _title(found: Diagnostic) -> str:
    return found.fix.title if found.fix is not None else found.message


def _outcome(fixed: int, left: int, done: str) -> str:
    return f"{fixed} {done}, {left} left"


def _verb(diff: bool) -> str:
    return "would change" if diff else "changed"
