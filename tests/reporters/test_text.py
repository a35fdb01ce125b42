"""The text report: the same words for a pipe and for a terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from flake8_async_block.model.diagnostic import CheckResult, Diagnostic, FileError, Span
from flake8_async_block.reporters import REPORTERS, ReportContext
from tests.reporters.results import DIRECT, EXPORT, FULL, GROUPED, LOOP, READ_ITEM, write_sources

GOLDEN = Path(__file__).parent / "golden"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def render(result: CheckResult, root: Path = Path("/p"), **circumstances: Any) -> str:
    context = ReportContext(root=root, cwd=root, version="1.2.3", **circumstances)
    return REPORTERS["text"](result, context)


def test_golden_in_a_pipe() -> None:
    assert render(FULL) == (GOLDEN / "full.txt").read_text(encoding="utf-8")


def test_golden_on_a_terminal(tmp_path: Path) -> None:
    write_sources(tmp_path)
    expected = (GOLDEN / "terminal.txt").read_text(encoding="utf-8")
    assert render(FULL, tmp_path, terminal=True) == expected


def test_colours_change_no_word(tmp_path: Path) -> None:
    write_sources(tmp_path)
    coloured = render(FULL, tmp_path, terminal=True, colours=True)
    assert "\x1b[1;31mASB102" in coloured
    assert ANSI.sub("", coloured) == render(FULL, tmp_path, terminal=True)


def test_colours_without_excerpts() -> None:
    assert ANSI.sub("", render(FULL, colours=True)) == render(FULL)


def test_one_line_a_finding_when_quiet() -> None:
    lines = render(FULL, quiet=True, terminal=True).splitlines()
    assert len(lines) == len(FULL.diagnostics) + len(FULL.errors)
    assert lines[0] == (
        "app/main.py:3:12 ASB102 blocking-http-call:"
        " `requests.get(url)` waits for the network on the event loop"
    )


def test_nothing_found() -> None:
    assert render(CheckResult(files=3)) == "no findings in 3 files\n"
    assert render(CheckResult(files=1, suppressed=1)) == "no findings in 1 file (1 suppressed)\n"
    assert render(CheckResult(files=3), quiet=True) == ""


def test_counts_of_many_files() -> None:
    found = [replace(LOOP, path=f"f{number}.py") for number in range(8)]
    found += [replace(DIRECT, path="f7.py"), replace(DIRECT, path="f6.py")]
    last = render(CheckResult(tuple(found), files=9)).splitlines()[-1]
    assert last == (
        "10 findings in 8 of 9 files; 9 blocking lines; by rule: ASB301 8, ASB102 2;"
        " by file: f6.py 2, f7.py 2, f0.py 1, f1.py 1, f2.py 1, and 3 more"
    )


class TestByBlocker:
    def test_golden(self) -> None:
        expected = (GOLDEN / "by_blocker.txt").read_text(encoding="utf-8")
        assert render(GROUPED, group_by="blocker") == expected

    def test_one_line_a_blocker_when_quiet(self) -> None:
        lines = render(GROUPED, group_by="blocker", quiet=True).splitlines()
        assert [line.split()[0] for line in lines] == [
            *("lib/wörk.py:2", "app/main.py:3", "lib/wörk.py:1", "lib/wörk.py:4")
        ]

    def test_the_numbers_are_those_of_the_other_arrangement(self) -> None:
        assert (
            render(GROUPED, group_by="blocker").splitlines()[-2:]
            == render(GROUPED).splitlines()[-2:]
        )

    def test_errors_and_colours(self) -> None:
        coloured = render(FULL, group_by="blocker", colours=True)
        assert ANSI.sub("", coloured) == render(FULL, group_by="blocker")
        assert "app/broken.py:12: error: invalid syntax" in ANSI.sub("", coloured)


class TestHandlersThatFreeze:
    def line(self, *found: Diagnostic) -> str:
        return render(CheckResult(found, files=1)).splitlines()[-2]

    def test_the_worst(self) -> None:
        lines = render(GROUPED).splitlines()
        assert lines[-2] == "2 handlers can freeze the server; the worst is GET /export, 7 ways"
        assert lines[-1].startswith(
            "11 findings in 2 of 14 files (1 note on what blocks only once, 2 suppressed);"
            " 3 blocking lines; by rule: "
        )

    def test_one(self) -> None:
        again = replace(DIRECT, span=Span(4, 0, 4, 1), trace=())
        assert self.line(DIRECT) == "GET /items/{id} can freeze the server"
        assert self.line(DIRECT, again) == "GET /items/{id} can freeze the server, 2 ways"

    def test_each_in_one_way(self) -> None:
        both = replace(DIRECT, handlers=(READ_ITEM, EXPORT))
        expected = "2 handlers can freeze the server: GET /export, GET /items/{id}"
        assert self.line(both) == expected

    def test_none_is_known(self) -> None:
        assert "can freeze" not in render(CheckResult((LOOP,), files=1))

    def test_handlers_of_the_same_name_in_two_files(self) -> None:
        other = replace(READ_ITEM, path="app/other.py")
        assert self.line(replace(DIRECT, handlers=(READ_ITEM, other))).startswith("2 handlers")

    def test_notes_do_not_count(self) -> None:
        note = replace(DIRECT, once=True)
        assert "can freeze" not in render(CheckResult((), files=1, notes=(note,)))


def test_control_characters_are_spelt_out() -> None:
    evil = replace(LOOP, path="a\x1b[2Jb.py", message="x\ny\x07", why_not="\r\x9b")
    text = render(CheckResult((evil,), (FileError("c\n.py", 1, "\x1b]0;t\x07"),), files=1))
    assert not set(text) & {chr(code) for code in (7, 13, 27, 0x9B)}
    assert text.splitlines()[0] == "a\\x1b[2Jb.py:1:1 ASB301 endless-loop: x\\x0ay\\x07"
    assert "c\\x0a.py:1: error: \\x1b]0;t\\x07" in text


def test_markup_is_text() -> None:
    found = replace(LOOP, message="`x[red]` and [/] :smile:")
    assert "`x[red]` and [/] :smile:" in ANSI.sub("", render(CheckResult((found,)), colours=True))


def excerpt(source: bytes, span: Span, tmp_path: Path) -> list[str]:
    found = Diagnostic("ASB301", "endless-loop", "new.py", span, "m")
    overlays = {tmp_path / "new.py": source}
    return render(CheckResult((found,)), tmp_path, terminal=True, overlays=overlays).splitlines()[
        1:3
    ]


class TestExcerpt:
    def test_text_that_is_on_no_disk(self, tmp_path: Path) -> None:
        lines = excerpt(b"a = b(\n  c)\n", Span(2, 2, 2, 3), tmp_path)
        assert lines == ["     2 |   c)", "       |   ^"]

    def test_call_over_several_lines(self, tmp_path: Path) -> None:
        lines = excerpt(b"a = b(\n  c)\n", Span(1, 4, 2, 4), tmp_path)
        assert lines == ["     1 | a = b(", "       |     ^^"]

    def test_wide_characters_and_tabs(self, tmp_path: Path) -> None:
        source = "\t'日本' + f()\n".encode()
        lines = excerpt(source, Span(1, 12, 1, 15), tmp_path)
        assert lines == ["     1 |     '日本' + f()", "       |              ^^^"]

    def test_columns_of_other_encodings(self, tmp_path: Path) -> None:
        # The parser counts columns in UTF-8, whatever the file is written in.
        source = "# coding: latin-1\n'é' + f()\n".encode("latin-1")
        lines = excerpt(source, Span(2, 7, 2, 10), tmp_path)
        assert lines == ["     2 | 'é' + f()", "       |       ^^^"]

    def test_byte_order_mark_and_carriage_returns(self, tmp_path: Path) -> None:
        lines = excerpt(b"\xef\xbb\xbff()\r\nx\r\n", Span(1, 0, 1, 3), tmp_path)
        assert lines == ["     1 | f()", "       | ^^^"]

    def test_long_line(self, tmp_path: Path) -> None:
        source = b"x = '" + b"a" * 300 + b"' + f()\n"
        lines = excerpt(source, Span(1, 309, 1, 312), tmp_path)
        assert len(lines[0]) == 169
        assert "^" not in lines[1]

    def test_file_that_is_gone_or_shorter(self, tmp_path: Path) -> None:
        last_line = "1 finding in 1 of 0 files; by rule: ASB301 1; by file: new.py 1"
        assert excerpt(b"", Span(5, 0, 5, 1), tmp_path) == ["", last_line]
        found = Diagnostic("ASB301", "endless-loop", "gone.py", Span(1, 0, 1, 1), "m")
        assert "|" not in render(CheckResult((found,)), tmp_path, terminal=True)


def test_a_plain_report_loads_no_terminal_library() -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from flake8_async_block.reporters import *\n"
        "from flake8_async_block.model.diagnostic import *\n"
        "found = Diagnostic('ASB301', 'x', 'a.py', Span(1, 0, 1, 1), 'm')\n"
        "REPORTERS['text'](CheckResult((found,)), ReportContext(Path('/'), Path('/'), '1'))\n"
        "heavy = {'rich', 'msgspec', 'pathspec', 'pygments', 'hashlib', 'xml'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
