"""``async-block explain`` and ``async-block rules``: rules document themselves, lines are told."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from flake8_async_block.cli.console import wants_colours, write_bytes, write_text
from flake8_async_block.model.errors import UsageError
from flake8_async_block.model.rule import Rule
from flake8_async_block.rules import ALL_RULES

_PLACE: Final = re.compile(r"(?P<path>.+\.pyi?):(?P<line>\d+)(?::\d+)?")


def run(arguments: argparse.Namespace) -> int:
    """Print a rule's page, what is believed of a line, or the list of all rules.

    Returns:
        0.

    Raises:
        UsageError: there is no such rule, file or line.
    """
    place = _PLACE.fullmatch(arguments.subject) if arguments.command == "explain" else None
    if place is not None:
        write_text(_told(arguments, Path(place["path"]), int(place["line"])), sys.stdout)
    elif arguments.command == "explain":
        from flake8_async_block.rules.api_lists import documentation

        page = documentation(find_rule(arguments.subject))
        write_text(_formatted(page) if wants_colours(sys.stdout) else page, sys.stdout)
    elif arguments.output_format == "json":
        write_bytes(_as_json(), sys.stdout)
    else:
        write_text(_as_table(), sys.stdout)
    return 0


def _told(arguments: argparse.Namespace, path: Path, line: int) -> str:
    """What is believed of each call on a line; a block of lines for each."""
    from flake8_async_block.cli.explain_line import explained_lines
    from flake8_async_block.cli.project import read_config
    from flake8_async_block.engine import Engine
    from flake8_async_block.reporters.lines import coloured, plain

    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    cwd = Path.cwd()
    config = read_config(arguments, [path], cwd)
    explanation = Engine(config).explain(path, line)
    lines = explained_lines(path, line, explanation, root=config.root, cwd=cwd)
    return coloured(lines) if wants_colours(sys.stdout) else plain(lines)


def find_rule(wanted: str) -> Rule:
    """Look up a rule by code or name, in any case.

    Raises:
        UsageError: there is none; the message names the nearest one.
    """
    by_key = {key: rule for rule in ALL_RULES for key in (rule.code.lower(), rule.name.lower())}
    rule = by_key.get(wanted.strip().lower())
    if rule is None:
        from difflib import get_close_matches

        near = get_close_matches(wanted.strip().lower(), by_key, n=1)
        if near:
            found = by_key[near[0]]
            hint = f"did you mean {found.code} ({found.name})?"
        else:
            hint = "`async-block rules` lists them"
        raise UsageError(f"there is no rule {wanted!r}, {hint}")
    return rule


def _as_table() -> str:
    width = max(len(rule.name) for rule in ALL_RULES)
    lines = [
        f"{rule.code}  {rule.name:<{width}}  {'on ' if rule.default else 'off'}  {rule.summary}"
        for rule in ALL_RULES
    ]
    return "\n".join(lines) + "\n"


def _as_json() -> bytes:
    import msgspec

    rules = [
        {"code": rule.code, "name": rule.name, "summary": rule.summary, "default": rule.default}
        for rule in ALL_RULES
    ]
    return msgspec.json.format(msgspec.json.encode(rules), indent=2) + b"\n"


def _formatted(page: str) -> str:
    import io
    import shutil

    from rich.console import Console
    from rich.markdown import Markdown

    buffer = io.StringIO()
    width = min(100, shutil.get_terminal_size().columns)
    console = Console(file=buffer, force_terminal=True, color_system="standard", width=width)
    console.print(Markdown(page))
    return buffer.getvalue()
