"""From the arguments to the settings and the engine that ``check`` and ``fix`` share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

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
    inputs.add_existence(str(directory / "__init__.py") for directory in directories)
