"""How the outcome of a check is written down, one module a format.

To add a format, write one module with a ``render`` function and name it in :data:`REPORTERS`. A
module is imported when its format is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

from flake8_async_block.model.diagnostic import CheckResult
from flake8_async_block.reporters.context import ReportContext

__all__ = ["REPORTERS", "ReportContext", "Reporter"]

Reporter = Callable[[CheckResult, ReportContext], str]


def _render(name: str, result: CheckResult, context: ReportContext) -> str:
    render: Reporter = import_module(f"{__name__}.{name}").render
    return render(result, context)


REPORTERS: Final[dict[str, Reporter]] = {
    name: partial(_render, name) for name in ("text", "json", "github", "gitlab", "sarif", "junit")
}
