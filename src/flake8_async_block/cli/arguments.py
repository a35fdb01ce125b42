"""The command line: which options there are, and one clear line about those there are not."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from flake8_async_block import __version__
from flake8_async_block.model.errors import UsageError
from flake8_async_block.model.fix import STRATEGIES

_COMMANDS: Final = ("check", "fix", "explain", "rules", "cache")
_SETTINGS: Final = (
    *("select", "ignore", "extend_select", "extend_ignore"),
    *("exclude", "extend_exclude", "respect_gitignore", "force_exclude", "cost"),
    *("backend", "strategy"),
)
_FORMATS: Final = ("text", "json", "github", "gitlab", "sarif", "junit")
_EXIT_STATUS: Final = {
    "check": "exit status: 0 no findings, 1 findings, 2 something could not be checked",
    "fix": (
        "exit status: 0 nothing to change and no findings left, 1 files were changed (with --diff:"
        " would be) or findings are left, 2 something could not be checked or written"
    ),
}


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing its usage and ending the process."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Understand the command line.

    Args:
        argv: the arguments without the program's name.

    Returns:
        The options; ``command`` is the subcommand.

    Raises:
        UsageError: something in it makes no sense.
        SystemExit: help or the version was asked for and printed; status 0.
    """
    parser, commands = _build()
    if not argv:
        parser.print_help()
        parser.exit()
    if not argv[0].startswith("-") and argv[0] not in _COMMANDS:
        raise UsageError(_unknown_command(argv[0]))
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        raise UsageError(_unknown_option(unknown[0], commands[arguments.command]))
    return arguments


def config_overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives, by the field names of ``Config``."""
    given = {name: getattr(arguments, name, None) for name in _SETTINGS}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if value is not None
    }


def _build() -> tuple[_Parser, Mapping[str, argparse.ArgumentParser]]:
    parser = _Parser(
        prog="async-block",
        description="Find blocking calls that freeze the asyncio event loop, and fix them.",
    )
    parser.add_argument("--version", action="version", version=f"async-block {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check",
        help="report blocking calls that the event loop runs into",
        epilog=_EXIT_STATUS["check"],
    )
    _add_paths(check, "files and directories; - reads standard input (default: .)")
    _add_output(check)
    check.add_argument(
        "--group-by",
        choices=("file", "blocker"),
        default="file",
        help="what the text is arranged by: the file of a finding, or the line that blocks in the"
        " end, with every call that reaches it (default: file)",
    )
    check.add_argument(
        "--stdin-filename",
        type=Path,
        metavar="PATH",
        help="the name that standard input goes by, and whose place in the project it takes",
    )
    check.add_argument(
        "--exit-zero", action="store_true", help="exit with 0 even if there are findings"
    )
    _add_work(check)
    _add_settings(check)
    fix = commands.add_parser(
        "fix", help="rewrite blocking calls where that is safe", epilog=_EXIT_STATUS["fix"]
    )
    _add_paths(fix, "files and directories (default: .)")
    fix.add_argument(
        "--diff", action="store_true", help="show what would change, and change nothing"
    )
    fix.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="also make changes that may alter what the program does",
    )
    fix.add_argument(
        "--backend",
        choices=("auto", "anyio", "asyncio", "starlette", "trio", "executor"),
        help="what hands work to a thread (default: auto, what the project uses)",
    )
    fix.add_argument(
        "--strategy",
        action="extend",
        type=_comma_separated,
        metavar="NAMES",
        help="the only ways to fix, the preferred one first: " + ", ".join(STRATEGIES),
    )
    fix.add_argument(
        "--line", metavar="PATH:LINE", help="fix only what is found in this line of this file"
    )
    fix.add_argument(
        "--ask", action="store_true", help="show every change and ask before it is made"
    )
    fix.add_argument(
        "--require-clean",
        action="store_true",
        help="change nothing if a file to be changed has changes that git knows no commit of",
    )
    _add_settings(fix)
    explain = commands.add_parser(
        "explain", help="say what a rule means, or why the calls on a line are findings or none"
    )
    explain.add_argument(
        "subject",
        metavar="CODE|PATH:LINE",
        help="a rule's code or name, or a line of a file such as app/views.py:12",
    )
    _add_settings(explain)
    rules = commands.add_parser("rules", help="list the rules")
    rules.add_argument("--output-format", choices=("text", "json"), default="text")
    cache = commands.add_parser("cache", help="manage what is kept between runs")
    cache.add_argument("action", choices=("clear",), help="clear: delete the project's cache")
    cache.add_argument(
        "--config", type=Path, metavar="FILE", help="the settings of the project that is meant"
    )
    return parser, commands.choices


def _add_paths(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help=text)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output-format",
        choices=_FORMATS,
        default="text",
        help="text for people, json in a stable schema; annotations of GitHub Actions, GitLab's"
        " Code Quality, SARIF 2.1.0, JUnit's XML (default: text)",
    )
    parser.add_argument(
        "--output-file", type=Path, metavar="FILE", help="write the report there, not to the screen"
    )


def _add_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        "-j",
        type=_jobs,
        default=0,
        metavar="N",
        help="how many processes may work (default: one per processor, where that pays)",
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        default=(1, 1),
        metavar="I/N",
        help="check the I-th of N parts of the files; all parts together find what one run finds",
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="neither read nor write what is kept between runs"
    )


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, write 1 or more")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part, write 1/3, 2/3 or 3/3")
    return int(number), int(of)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="leave out explanations and counts"
    )
    group = parser.add_argument_group(
        "settings", "instead of [tool.async-block]; CODES and PATTERNS are separated by commas"
    )
    for option, metavar, text in (
        ("--select", "CODES", "the only rules to run; prefixes such as ASB1 will do"),
        ("--ignore", "CODES", "rules not to run"),
        ("--extend-select", "CODES", "more rules to run"),
        ("--extend-ignore", "CODES", "more rules not to run"),
        ("--exclude", "PATTERNS", "what not to check, as in .gitignore"),
        ("--extend-exclude", "PATTERNS", "more of what not to check"),
    ):
        group.add_argument(
            option, action="extend", type=_comma_separated, metavar=metavar, help=text
        )
    group.add_argument(
        "--force-exclude",
        action="store_true",
        default=None,
        help="exclude files even if they are named one by one",
    )
    group.add_argument(
        "--no-gitignore",
        action="store_false",
        default=None,
        dest="respect_gitignore",
        help="check what .gitignore excludes, too",
    )
    group.add_argument(
        "--cost",
        choices=("unbounded", "bounded", "brief"),
        help="the least cost to report (default: bounded)",
    )
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="read the settings from this TOML file"
    )


def _comma_separated(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _unknown_command(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, _COMMANDS, n=1)
    if near:
        return f"there is no command {word!r}, did you mean {near[0]!r}?"
    if os.path.lexists(word):
        return f"{word!r} is no command, did you mean `async-block check {word}`?"
    return f"there is no command {word!r}, choose from {', '.join(_COMMANDS)}"


def _unknown_option(option: str, parser: argparse.ArgumentParser) -> str:
    from difflib import get_close_matches

    name = option.partition("=")[0]
    known = [
        spelling
        for action in parser._actions  # noqa: SLF001 - argparse offers no public list
        for spelling in action.option_strings
    ]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"see `{parser.prog} --help`"
    return f"{parser.prog} does not know {name!r}, {hint}"
