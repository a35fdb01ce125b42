"""The pages below ``docs`` into which measurements are written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from flake8_async_block import __version__


def write_between(page: Path, start: str, end: str, lines: Sequence[str]) -> None:
    """Put lines, and when and with what they were measured, between two marks of a page.

    Args:
        page: a file that has both marks.
        start: the first mark, a line without its line feed.
        end: the second one.
        lines: Markdown.

    Raises:
        SystemExit: the page has no such marks.
    """
    head, found_start, rest = page.read_text(encoding="utf-8").partition(f"{start}\n")
    _, found_end, tail = rest.partition(f"{end}\n")
    if not found_start or not found_end:
        raise SystemExit(f"{page} has no `{start}` and `{end}`")
    day = datetime.now(tz=timezone.utc).date()
    python = ".".join(map(str, sys.version_info[:3]))
    whole = [f"{day}, Python {python}, async-block {__version__}.", "", *lines, ""]
    page.write_text("\n".join([head + found_start, *whole, found_end + tail]), encoding="utf-8")
