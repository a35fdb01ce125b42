"""``async-block check``: report, and end with a status that a pipeline can act on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from flake8_async_block import __version__
from flake8_async_block.cache.directory import open_cache_directory
from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cache.store import SummaryStore
from flake8_async_block.cli.console import (
    is_terminal,
    progress_bar,
    read_standard_input,
    wants_colours,
    write_bytes,
    write_text,
)
from flake8_async_block.cli.project import note_settings, read_config
from flake8_async_block.cli.replay import can_replay, keep
from flake8_async_block.engine import Engine
from flake8_async_block.model.diagnostic import CheckResult
from flake8_async_block.model.errors import UsageError
from flake8_async_block.reporters import REPORTERS, ReportContext


def run(arguments: argparse.Namespace, argv: Sequence[str] = ()) -> int:
    """Check and report.

    Args:
        arguments: what was understood of the command line.
        argv: the command line itself, under which the report may be kept.

    Returns:
        0 without findings, 1 with findings (0 with ``--exit-zero``), 2 if a file could not be
        checked.

    Raises:
        UsageError: a path does not exist, or settings or options make no sense.
    """
    cwd = Path.cwd()
    paths, overlays = _targets(arguments, cwd)
    config = read_config(arguments, paths, cwd)
    cache = None if arguments.no_cache else open_cache_directory(str(config.root), str(cwd))
    inputs = Inputs() if cache is not None and can_replay(argv) else None
    if inputs is not None:
        note_settings(inputs, arguments, paths, cwd)
    store = None if cache is None else SummaryStore(cache)
    engine = Engine(config, overlays, store=store, inputs=inputs)
    with progress_bar(arguments.quiet) as progress:
        result = engine.check(paths, progress=progress, jobs=arguments.jobs, shard=arguments.shard)
    engine.keep()
    if not result.files and not result.errors:
        named = ", ".join(str(path) for path in paths)
        write_text(f"async-block: warning: no Python files to check in {named}\n", sys.stderr)
    screen = arguments.output_file is None and arguments.output_format == "text"
    context = ReportContext(
        root=config.root,
        cwd=cwd,
        version=__version__,
        terminal=screen and is_terminal(sys.stdout),
        colours=screen and wants_colours(sys.stdout),
        quiet=arguments.quiet,
        overlays=overlays,
        group_by=arguments.group_by,
    )
    report = REPORTERS[arguments.output_format](result, context)
    _write(report, arguments)
    status = _status(result, exit_zero=arguments.exit_zero)
    if cache is not None and inputs is not None and result.files:
        keep(argv, cache, inputs, report, status, text=arguments.output_format == "text")
    return status


def _targets(arguments: argparse.Namespace, cwd: Path) -> tuple[list[Path], dict[Path, bytes]]:
    if "-" not in arguments.paths:
        if arguments.stdin_filename is not None:
            raise UsageError("--stdin-filename needs - as the path: `async-block check -`")
        return [Path(path) for path in arguments.paths or ["."]], {}
    if len(arguments.paths) > 1:
        raise UsageError("- stands alone: standard input cannot be checked along with files")
    path = cwd / (arguments.stdin_filename or "stdin.py")
    return [path], {path: read_standard_input()}


def _write(report: str, arguments: argparse.Namespace) -> None:
    if arguments.output_file is not None:
        try:
            arguments.output_file.write_bytes(report.encode())
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(
                f"{arguments.output_file}: cannot write the report: {reason}"
            ) from error
    elif arguments.output_format == "text":
        write_text(report, sys.stdout)
    else:
        write_bytes(report.encode(), sys.stdout)


def _status(result: CheckResult, *, exit_zero: bool) -> int:
    if result.errors:
        return 2
    return 1 if result.diagnostics and not exit_zero else 0
