"""async-block: finds blocking calls that are reached on the event loop, and moves them off it.

The names below are the Python API. They are loaded when they are first asked for, so that
importing the package costs nothing, neither in flake8 nor on the command line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from flake8_async_block.config import Config as Config
    from flake8_async_block.config import load_config as load_config
    from flake8_async_block.engine import Engine as Engine
    from flake8_async_block.engine import FixOptions as FixOptions
    from flake8_async_block.engine import FixResult as FixResult
    from flake8_async_block.model.diagnostic import Applicability as Applicability
    from flake8_async_block.model.diagnostic import CheckResult as CheckResult
    from flake8_async_block.model.diagnostic import Diagnostic as Diagnostic
    from flake8_async_block.model.diagnostic import FileError as FileError
    from flake8_async_block.model.diagnostic import FixPlan as FixPlan
    from flake8_async_block.model.diagnostic import Handler as Handler
    from flake8_async_block.model.diagnostic import Hop as Hop
    from flake8_async_block.model.diagnostic import Span as Span
    from flake8_async_block.model.errors import UsageError as UsageError
    from flake8_async_block.model.fix import FileFix as FileFix
    from flake8_async_block.model.fix import Refusal as Refusal
    from flake8_async_block.model.rule import Rule as Rule
    from flake8_async_block.rules import ALL_RULES as ALL_RULES

__version__ = "0.1.0"

_HOME_OF: Final = {
    "ALL_RULES": "rules",
    "Applicability": "model.diagnostic",
    "CheckResult": "model.diagnostic",
    "Config": "config",
    "Diagnostic": "model.diagnostic",
    "Engine": "engine",
    "FileError": "model.diagnostic",
    "FileFix": "model.fix",
    "FixOptions": "engine",
    "FixPlan": "model.diagnostic",
    "FixResult": "engine",
    "Handler": "model.diagnostic",
    "Hop": "model.diagnostic",
    "Refusal": "model.fix",
    "Rule": "model.rule",
    "Span": "model.diagnostic",
    "UsageError": "model.errors",
    "load_config": "config",
}

__all__ = ["__version__", "check_paths", *_HOME_OF]  # noqa: PLE0604 - mypy reads the imports above


def check_paths(
    paths: Iterable[str | os.PathLike[str]], *, config_file: str | os.PathLike[str] | None = None
) -> CheckResult:
    """Check files and directories, with the settings that the command would use.

    Args:
        paths: what to report on; what they import is read as well.
        config_file: a ``pyproject.toml`` to use instead of the nearest one.

    Raises:
        UsageError: a path does not exist, or a setting makes no sense.
    """
    from pathlib import Path

    from flake8_async_block.config import common_start, load_config
    from flake8_async_block.engine import Engine
    from flake8_async_block.rules import RULES_BY_CODE

    targets = [Path(path) for path in paths]
    config = load_config(
        common_start(targets, Path.cwd()),
        config_file=None if config_file is None else Path(config_file),
        known_codes=tuple(RULES_BY_CODE),
        overrides={},
    )
    return Engine(config).check(targets)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
