"""``async-block cache clear``: delete what earlier runs have kept."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from flake8_async_block.cache.directory import cache_directory, clear_cache_directory
from flake8_async_block.cli.console import write_text
from flake8_async_block.cli.project import read_config
from flake8_async_block.model.errors import UsageError


def run(arguments: argparse.Namespace) -> int:
    """Delete the cache of the project around the working directory.

    Returns:
        0, whether or not there was one.

    Raises:
        UsageError: the settings make no sense, or something cannot be deleted.
    """
    cwd = Path.cwd()
    directory = cache_directory(str(read_config(arguments, [], cwd).root))
    try:
        freed = clear_cache_directory(directory)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot delete the cache: {error.strerror or error}"
        ) from error
    write_text(f"{directory}: freed {freed / 1_000_000:.1f} MB\n", sys.stdout)
    return 0
