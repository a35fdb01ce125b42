"""Output survives the streams that there are."""

from __future__ import annotations

import io
import sys

import pytest

from flake8_async_block.cli.console import (
    progress_bar,
    wants_colours,
    write_bytes,
    write_text,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "a → é …\n".encode()),
        ("ascii", b"a -> \\xe9 ...\n"),
        ("latin-1", b"a -> \xe9 ...\n"),
        ("cp1252", b"a -> \xe9 ...\n"),
    ],
)
def test_characters_that_a_stream_cannot_hold(encoding: str, written: bytes) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write_text("a → é …\n", stream)
    assert raw.getvalue() == written


def test_lone_surrogates() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    write_text("caf\udce9", stream)
    assert raw.getvalue() == b"caf\\udce9"


def test_bytes_come_after_the_text_before_them() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    stream.write("first ")
    write_bytes("é\r\n".encode(), stream)
    assert raw.getvalue() == b"first \xc3\xa9\r\n"


def test_colours_on_a_terminal_only() -> None:
    assert wants_colours(Terminal())
    assert not wants_colours(io.StringIO())


def test_environment_about_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_colours(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colours(Terminal())
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.delenv("FORCE_COLOR")
    assert wants_colours(Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colours(Terminal())


class TestProgress:
    def test_nobody_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        with progress_bar(quiet=False) as advance:
            assert advance is None

    def test_quiet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stderr", Terminal())
        with progress_bar(quiet=True) as advance:
            assert advance is None

    def test_only_when_it_takes_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress_bar(quiet=False) as advance:
            assert advance is not None
            advance(1, 3)
        assert terminal.getvalue() == ""
        monkeypatch.setattr("flake8_async_block.cli.console._SECONDS_BEFORE_PROGRESS", 0.0)
        with progress_bar(quiet=False) as advance:
            assert advance is not None
            advance(2, 3)
        assert "2/3" in terminal.getvalue()
