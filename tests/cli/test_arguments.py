"""The command line says in one line what it does not understand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flake8_async_block import __version__
from flake8_async_block.cli import main
from flake8_async_block.cli.arguments import config_overrides, parse_arguments


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["chek"], "there is no command 'chek', did you mean 'check'?"),
        (["zzz"], "there is no command 'zzz', choose from check, fix, explain, rules"),
        (["here.py"], "'here.py' is no command, did you mean `async-block check here.py`?"),
        (
            ["check", "--slect", "x"],
            "async-block check does not know '--slect', did you mean '--select'",
        ),
        (["check", "--slect=x"], "does not know '--slect', did you mean '--select'?"),
        (["check", "--sel", "ASB1"], "async-block check does not know '--sel'"),
        (["check", "--zzzzz"], "does not know '--zzzzz', see `async-block check --help`"),
        (["fix", "--output-format", "json"], "async-block fix does not know '--output-format'"),
        (["--verison"], "async-block"),
        (["check", "--output-format", "yaml"], "invalid choice: 'yaml'"),
        (["check", "--select"], "--select: expected one argument"),
        (["explain"], "the following arguments are required: CODE"),
        (["check", "--stdin-filename", "x.py", "."], "--stdin-filename needs - as the path"),
        (["check", "-", "x.py"], "- stands alone"),
        (["fix", "-"], "fix rewrites files, it cannot rewrite standard input"),
    ],
)
def test_mistakes(
    argv: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "here.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("async-block: error: ")
    assert message in output.err
    assert output.err.count("\n") == 1


def test_alone_it_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert re.search(r"^\s+check\s+report", capsys.readouterr().out, re.MULTILINE)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"async-block {__version__}\n"


@pytest.mark.parametrize("command", ["check", "fix"])
def test_help_states_the_exit_status(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    help_text = capsys.readouterr().out
    assert "exit status: 0 " in help_text
    assert "--select CODES" in help_text


def test_overrides() -> None:
    argv = ["check", "--select", "ASB1, ASB2,", "--select=ASB3", "--exclude", "a,b", "x.py", "y.py"]
    arguments = parse_arguments([*argv, "--no-gitignore", "--cost", "brief"])
    assert arguments.paths == ["x.py", "y.py"]
    assert config_overrides(arguments) == {
        "select": ("ASB1", "ASB2", "ASB3"),
        "exclude": ("a", "b"),
        "respect_gitignore": False,
        "cost": "brief",
    }


def test_nothing_is_overridden_without_options() -> None:
    assert config_overrides(parse_arguments(["check"])) == {}
    assert config_overrides(parse_arguments(["fix", "x.py"])) == {}
