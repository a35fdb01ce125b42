"""flake8 finds what the command line finds."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_async_block import __version__
from flake8_async_block.plugin import Plugin
from tests.cli import projects
from tests.cli.projects import BLOCKING, CLEAN, settings, write

REGISTRATION = """\
[flake8:local-plugins]
extension =
    ASB = flake8_async_block.plugin:Plugin
"""
BOTH = ["a.py:6:5: ASB101", "a.py:7:12: ASB102"]


def is_installed() -> bool:
    entry_points = importlib.metadata.entry_points(group="flake8.extension")
    return any(point.value.startswith("flake8_async_block.") for point in entry_points)


class Flake8:
    """flake8 as a process, with the plugin registered by its package or, failing that, by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if not is_installed():
            (root / ".flake8").write_text(REGISTRATION)

    def __call__(self, *arguments: str, stdin: str = "", cwd: str = ".") -> list[str]:
        config = [] if is_installed() else ["--append-config", str(self.root / ".flake8")]
        done = subprocess.run(
            [sys.executable, "-m", "flake8", *config, *arguments],
            cwd=self.root / cwd,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=projects.environment(),
        )
        self.status, self.err, self.out = done.returncode, done.stderr, done.stdout
        return [
            " ".join(line.split()[:2]).removeprefix("./")
            for line in done.stdout.splitlines()
            if " ASB" in line
        ]


@pytest.fixture
def flake8(tmp_path: Path) -> Flake8:
    return Flake8(tmp_path)


def test_on_by_default(flake8: Flake8, tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING, b=CLEAN)
    assert flake8() == BOTH
    assert flake8.status == 1
    assert flake8.err == ""


def test_same_as_the_command_line(flake8: Flake8, tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING, sub__b="import time\n" + BLOCKING, c=CLEAN)
    flake8("--select", "ASB")
    lines = sorted(line.removeprefix("./") for line in flake8.out.splitlines())
    report = json.loads(projects.run(tmp_path, "check", "--output-format", "json").stdout)
    assert lines == [
        f"{found['path']}:{found['line']}:{found['col']}: {found['code']} {found['message']}"
        for found in report["diagnostics"]
    ]
    assert len(lines) == 4


class TestFlake8Decides:
    def test_select_and_ignore(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING)
        assert flake8("--select", "ASB102") == BOTH[1:]
        assert flake8("--select", "ASB") == BOTH
        assert flake8("--select", "E,W,F") == []
        assert flake8("--extend-ignore", "ASB102") == BOTH[:1]
        assert flake8("--extend-ignore", "ASB") == []

    def test_comments(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING.replace("sleep(1)", "sleep(1)  # noqa: ASB101"))
        assert flake8() == BOTH[1:]
        assert flake8("--disable-noqa") == BOTH
        write(tmp_path, a=BLOCKING + "# flake8: noqa\n")
        assert flake8() == []

    def test_per_file_ignores(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING, b=BLOCKING)
        found = flake8("--per-file-ignores", "b.py:ASB")
        assert found == BOTH


class TestOwnSettings:
    def test_select_and_ignore(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING)
        settings(tmp_path, 'ignore = ["ASB101"]')
        assert flake8() == BOTH[1:]
        settings(tmp_path, 'per-file-ignores = {"a.py" = ["ASB102"]}')
        assert flake8() == BOTH[:1]

    def test_excluded_files(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, a=BLOCKING, old__a=BLOCKING, gen__a=BLOCKING)
        settings(tmp_path, 'extend-exclude = ["old"]')
        (tmp_path / ".gitignore").write_text("gen/\n")
        assert flake8("--select", "ASB") == BOTH
        assert flake8("--select", "ASB101", "old/a.py") == ["old/a.py:6:5: ASB101"]

    def test_project_of_the_named_files(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, app__a=BLOCKING)
        settings(tmp_path / "app", 'ignore = ["ASB101"]')
        assert flake8("--select", "ASB", "app/a.py") == ["app/a.py:7:12: ASB102"]
        assert flake8("--select", "ASB", cwd="app") == BOTH[1:]

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_mistakes(self, flake8: Flake8, tmp_path: Path, jobs: str) -> None:
        write(tmp_path, a=BLOCKING, b=BLOCKING)
        settings(tmp_path, "slect = []")
        assert flake8("-j", jobs) == []
        assert flake8.status == 1
        assert (
            "async-block: pyproject.toml: [tool.async-block] has no key 'slect', did you mean"
            " 'select'?\n"
        ) in flake8.out
        assert "Traceback" not in flake8.out + flake8.err


class TestStandardInput:
    def test_without_a_name(self, flake8: Flake8) -> None:
        assert flake8("-", stdin=BLOCKING) == ["stdin:6:5: ASB101", "stdin:7:12: ASB102"]

    def test_takes_the_place_of_a_file(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, app__a=CLEAN)
        settings(tmp_path / "app", 'ignore = ["ASB102"]')
        found = flake8("--stdin-display-name", "app/a.py", "-", stdin=BLOCKING)
        assert found == ["app/a.py:6:5: ASB101"]

    def test_excluded_file(self, flake8: Flake8, tmp_path: Path) -> None:
        write(tmp_path, a=CLEAN)
        settings(tmp_path, 'exclude = ["a.py"]')
        assert flake8("--stdin-display-name", "a.py", "-", stdin=BLOCKING) == BOTH


def test_several_processes(flake8: Flake8, tmp_path: Path) -> None:
    write(tmp_path, **{f"m{number}": BLOCKING for number in range(6)})
    serial = flake8("-j1", "--select", "ASB")
    assert len(serial) == 12
    assert flake8("-j2", "--select", "ASB") == serial
    assert flake8.err == ""


@pytest.mark.parametrize(
    "content",
    [
        BLOCKING.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + BLOCKING.encode(),
        b"# coding: latin-1\n" + BLOCKING.replace("(url)\n", "('\xe9')\n", 2).encode("latin-1"),
        BLOCKING.replace("return ", "'é日'; return ").encode(),
        BLOCKING.replace("\n\n\n", "\n\x0c\n\n").encode(),
    ],
    ids=["crlf", "bom", "latin", "wide", "form feed"],
)
def test_any_encoding(flake8: Flake8, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.py").write_bytes(content)
    report = json.loads(projects.run(tmp_path, "check", "--output-format", "json").stdout)
    expected = [f"a.py:{d['line']}:{d['col']}: {d['code']}" for d in report["diagnostics"]]
    assert flake8("--select", "ASB") == expected
    text = content.decode("latin-1" if b"latin" in content else "utf-8")
    if b"latin" not in content:
        assert (
            flake8("--select", "ASB", "-", "--stdin-display-name", "a.py", stdin=text) == expected
        )


def test_broken_syntax_is_left_to_flake8(flake8: Flake8, tmp_path: Path) -> None:
    write(tmp_path, a="def f(:\n")
    assert flake8() == []
    assert "E999 SyntaxError" in flake8.out
    assert flake8.err == ""


def test_used_directly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Plugin, "_session", None)
    plugin = Plugin(ast.parse(BLOCKING), "a.py", BLOCKING.splitlines(keepends=True))
    found = [(line, col, text.split()[0], kind) for line, col, text, kind in plugin.run()]
    assert found == [(6, 4, "ASB101", Plugin), (7, 11, "ASB102", Plugin)]
    assert (Plugin.name, Plugin.version) == ("flake8-async-block", __version__)


def test_files_on_disk_share_one_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flake8_async_block.engine import Engine

    write(tmp_path, a=BLOCKING, b=BLOCKING)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Plugin, "_session", None)
    engines = []
    create = Engine.__init__

    def record(engine: Engine, *arguments: object, **options: object) -> None:
        engines.append(engine)
        create(engine, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "__init__", record)
    Plugin.parse_options(None, None, ["."])  # type: ignore[arg-type]
    for name in ("a.py", "b.py"):
        assert len(list(Plugin(ast.parse(BLOCKING), name, BLOCKING.splitlines(True)).run())) == 2
    assert len(engines) == 1
