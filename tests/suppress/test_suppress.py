"""Comments silence findings on the command line exactly where flake8 lets them."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from argparse import Namespace
from pathlib import Path

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given
from hypothesis import strategies as st

from flake8_async_block.model.diagnostic import Diagnostic, Span
from flake8_async_block.suppress import filter_suppressed

SNIPPETS = {
    "bare": "block()  # noqa\n",
    "code": "block()  # noqa: ASB102\n",
    "other_code": "block()  # noqa: E501\n",
    "several_codes": "block()  # noqa: E501, ASB102\nblock()  # noqa:E501,W1 ASB102\n",
    "prefix": "block()  # noqa: ASB1\nblock()  # noqa: A1\nblock()  # noqa: ASB2\n",
    "letters_only": "block()  # noqa: ASB\n",
    "longer": "block()  # noqa: ASB1023\n",
    "capital_word": "block()  # NOQA\nblock()  # NoQa:ASB102\n",
    "small_code": "block()  # noqa: asb102\n",
    "no_space": "block()  #noqa\nblock()  #noqa: ASB102\n",
    "two_spaces": "block()  #  noqa\n",
    "space_before_colon": "block()  # noqa : E501\n",
    "two_spaces_after_colon": "block()  # noqa:  E501\n",
    "reason": "block()  # noqa: ASB102 because it is short\n",
    "reason_without_code": "block()  # noqa because it is short\n",
    "second_comment": "block()  # type: ignore # noqa: ASB102\n",
    "first_comment_wins": "block()  # noqa: E501 # noqa: ASB102\n",
    "multi_line_call": "block(\n    1,\n    2,\n)  # noqa: ASB102\n",
    "multi_line_first": "block(  # noqa: ASB102\n    1,\n)\nblock()\n",
    "multi_line_inner": "x = [\n    block(),\n    block(),  # noqa: ASB102\n]\nblock()\n",
    "triple_quoted": 'block("""\n# noqa: ASB102\n""")\nblock()\n',
    "comment_in_string": 'block("# noqa")\n',
    "backslash": "x = block() + \\\n    block()  # noqa: ASB102\n",
    "semicolon": "block(); block()  # noqa: ASB102\nblock()\n",
    "comment_above": "# noqa: ASB102\nblock()\n",
    "in_function": (
        "async def f():\n    block()  # noqa: ASB102\n    if block():  # noqa\n        block()\n"
    ),
    "def_line": "def f(  # noqa: ASB102\n    a=block(),\n):\n    block()\n",
    "decorator": "@block()  # noqa: ASB102\ndef f():\n    block()\n",
    "file_level": "# flake8: noqa\nblock()\n",
    "file_level_equals": "# flake8= NOQA\nblock()\n",
    "file_level_code": "# flake8: noqa: E501\nblock()\n",
    "file_level_own_code": "block()\n    # flake8: noqa: ASB102\nblock()\n",
    "file_level_after_code": "block()  # flake8: noqa\nblock()\n",
    "file_level_no_space": "#flake8:noqa\nblock()\n",
    "file_level_in_string": 'x = """\n# flake8: noqa\n"""\nblock()\n',
    "no_final_newline": "block()\nblock()  # noqa",
    "form_feed": "block()\n\x0cblock()  # noqa: ASB102\nblock()\n",
    "f_string": 'block(f"""\n{1}\n""")  # noqa: ASB102\nblock(f"{1}")\n',
    "tabs": "if 1:\n\tblock()  # noqa:\tASB102\n\tblock()  # noqa:\t\tASB102\n",
    "blank_lines": "\n\n\nblock()\n\n# noqa\n\nblock()  # noqa\n",
}
ENCODED = {
    "crlf": b"block()  # noqa: ASB102\r\nblock(\r\n)  # noqa\r\nblock()\r\n",
    "cr": b"block()  # noqa: ASB102\rblock()\r",
    "bom": b"\xef\xbb\xbf# flake8: noqa\nblock()\n",
    "bom_line": b"\xef\xbb\xbfblock()  # noqa\nblock()\n",
    "latin": b"# -*- coding: latin-1 -*-\nblock('\xe9')  # noqa: ASB102 \xe9\nblock()\n",
    "utf8": "block('é')  # noqa: ASB102 · schön\nblock('😀')\n".encode(),
}
CORPUS = {name: text.encode() for name, text in SNIPPETS.items()} | ENCODED

REPORT_EVERY_BLOCK = textwrap.dedent(
    """
    import ast

    class Every:
        name = "every"
        version = "1"

        def __init__(self, tree):
            self.tree = tree

        def run(self):
            for node in ast.walk(self.tree):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "block":
                    yield node.lineno, node.col_offset, "ASB102 blocks", type(self)
    """
)


def findings(source: bytes) -> list[Diagnostic]:
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "block"
    ]
    return [at_line(call.lineno, call.col_offset) for call in calls]


def at_line(line: int, col: int = 0, code: str = "ASB102") -> Diagnostic:
    return Diagnostic(code, "n", "x.py", Span(line, col, line, col + 7), "blocks")


def positions(diagnostics: tuple[Diagnostic, ...]) -> set[tuple[int, int]]:
    return {(found.span.line, found.span.col + 1) for found in diagnostics}


@pytest.fixture(scope="module")
def reported_by_flake8(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[int, int]]]:
    directory = tmp_path_factory.mktemp("noqa")
    (directory / "every_block.py").write_text(REPORT_EVERY_BLOCK)
    (directory / "flake8.cfg").write_text(
        "[flake8:local-plugins]\nextension =\n    ASB = every_block:Every\npaths = .\n"
    )
    for name, source in CORPUS.items():
        (directory / f"{name}.py").write_bytes(source)
    names = [f"{name}.py" for name in CORPUS]
    command = [sys.executable, "-m", "flake8", "--config", "flake8.cfg", "--select", "ASB102"]
    command += ["--format", "%(path)s:%(row)d:%(col)d", *names]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    reported: dict[str, set[tuple[int, int]]] = {name: set() for name in CORPUS}
    for line in done.stdout.splitlines():
        path, row, col = line.split(":")
        reported[Path(path).stem].add((int(row), int(col)))
    return reported


@pytest.mark.parametrize("name", CORPUS)
def test_agrees_with_a_flake8_run(
    name: str, reported_by_flake8: dict[str, set[tuple[int, int]]]
) -> None:
    found = findings(CORPUS[name])
    kept, suppressed = filter_suppressed(CORPUS[name], found)
    assert positions(kept) == reported_by_flake8[name]
    assert positions(kept) | positions(suppressed) == positions(tuple(found))


def test_corpus_has_both_outcomes(reported_by_flake8: dict[str, set[tuple[int, int]]]) -> None:
    silenced = [name for name in CORPUS if not reported_by_flake8[name]]
    assert 10 < len(silenced) < len(CORPUS) - 10


PIECES = st.sampled_from(
    [
        *("block()", "block(\n", ")", "[", "]", ",", ";", "\\\n", '"""', "f'{1}'", "if 1:\n    "),
        *("# noqa", "# noqa: ASB102", "# noqa:E501", "# noqa: asb1", "# noqa : X1", "#noqa"),
        *("# flake8: noqa", "ASB1", "\n", "\n\n", "  ", "    ", "\r\n", "\x0c"),
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(["ASB102", "ASB201"]))
def test_agrees_with_flake8_on_any_text(text: str, code: str) -> None:
    # Also on text that is no Python: flake8 reports some codes there all the same.
    lines = [line + "\n" for line in text.replace("\r\n", "\n").split("\n")]
    options = Namespace(hang_closing=False, indent_size=4, verbose=0, disable_noqa=False)
    options.max_line_length = options.max_doc_length = 100
    processor = FileProcessor("x.py", options, list(lines))
    ignores_file = processor.should_ignore_file()
    for number, line in enumerate(lines, start=1):
        physical = processor.noqa_line_for(number)
        violation = Violation(code, "x.py", number, 1, "", line if physical is None else physical)
        expected = ignores_file or violation.is_inline_ignored(False)
        kept, suppressed = filter_suppressed("".join(lines), [at_line(number, code=code)])
        assert (len(kept), len(suppressed)) == ((0, 1) if expected else (1, 0))


def test_files_without_the_word_are_not_tokenized(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("tokenized")

    monkeypatch.setattr("tokenize.generate_tokens", refuse)
    kept, suppressed = filter_suppressed(b"block()\n", [at_line(1)])
    assert len(kept) == 1
    assert suppressed == ()


def test_order_is_kept() -> None:
    source = b"block()\nblock()  # noqa\nblock()\n"
    kept, suppressed = filter_suppressed(source, [at_line(3), at_line(2), at_line(1)])
    assert [found.span.line for found in kept] == [3, 1]
    assert [found.span.line for found in suppressed] == [2]


def test_undecodable_file() -> None:
    kept, _ = filter_suppressed(b"block('\xff')  # noqa\nblock()\n", [at_line(1), at_line(2)])
    assert [found.span.line for found in kept] == [2]
