"""From the arguments to the settings and the engine that ``check`` and ``fix`` share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from flake8_async_block.cache.directory import cache_directory, make_cache_directory
from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cli.arguments import config_overrides
from flake8_async_block.config import Config, common_start, load_config
from flake8_async_block.rules import RULES_BY_CODE


def read_config(arguments: argparse.Namespace, paths: Sequence[Path], cwd: Path) -> Config:
    """The settings for the named paths.

    Raises:
        UsageError: the settings, or the options that override them, make no sense.
    """
    return load_config(
        common_start(paths, cwd),
        config_file=arguments.config,
        known_codes=tuple(RULES_BY_CODE),
        overrides=config_overrides(arguments),
    )


def find_cache(arguments: argparse.Namespace, config: Config, cwd: Path) -> str | None:
    """The directory of the project's cache, created if need be; None where none is to be used.

    It lies at the project's root, or in the working directory where that is above: naming a
    directory elsewhere leaves no trace there.
    """
    if arguments.no_cache:
        return None
    if cwd.is_relative_to(config.root):
        directory = cache_directory(str(config.root))
    elif config.root.is_relative_to(cwd):
        directory = cache_directory(str(cwd))
    else:
        return None
    make_cache_directory(directory)
    return directory if Path(directory).is_dir() else None


def note_settings(
    inputs: Inputs, arguments: argparse.Namespace, paths: Sequence[Path], cwd: Path
) -> None:
    """Note all files that decide which settings hold; see :func:`read_config`."""
    if arguments.config is not None:
        inputs.add([str(cwd / arguments.config)])
    start = common_start(paths, cwd)
    directories = [start, *start.parents]
    inputs.add(str(directory / "pyproject.toml") for directory in directories)
    inputs.add_existence(str(directory / ".git") for directory in directories)
