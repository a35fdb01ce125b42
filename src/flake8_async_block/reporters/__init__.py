"""How the outcome of a check is written down, one function a format.

To add a format, write one module with a ``render`` function and name it in :data:`REPORTERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flake8_async_block.model.diagnostic import CheckResult
from flake8_async_block.reporters import github, gitlab, json, junit, sarif, text
from flake8_async_block.reporters.context import ReportContext

__all__ = ["REPORTERS", "ReportContext", "Reporter"]

Reporter = Callable[[CheckResult, ReportContext], str]

REPORTERS: Final[dict[str, Reporter]] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
