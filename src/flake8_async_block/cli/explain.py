"""``async-block explain`` and ``async-block rules``: the rules are their own documentation."""

from __future__ import annotations

import argparse
import sys

from flake8_async_block.cli.console import wants_colours, write_bytes, write_text
from flake8_async_block.model.errors import UsageError
from flake8_async_block.model.rule import Rule
from flake8_async_block.rules import ALL_RULES


def run(arguments: argparse.Namespace) -> int:
    """Print a rule's page, or the list of all rules.

    Returns:
        0.

    Raises:
        UsageError: there is no such rule.
    """
    if arguments.command == "explain":
        page = find_rule(arguments.rule).page.strip() + "\n"
        write_text(_formatted(page) if wants_colours(sys.stdout) else page, sys.stdout)
    elif arguments.output_format == "json":
        write_bytes(_as_json(), sys.stdout)
    else:
        write_text(_as_table(), sys.stdout)
    return 0


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
