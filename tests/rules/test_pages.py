"""What the rules' pages show is true: the engine finds what they mark, and nothing else."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from flake8_async_block import ALL_RULES, Config, Diagnostic, Engine, FixOptions, Rule, load_config
from tests.rules.pages import (
    SECTIONS,
    Block,
    Page,
    blocks_of,
    check,
    marked,
    places,
    read_pages,
    sections_of,
)

PAGES: Final = read_pages()
PYTHON: Final = [block for page in PAGES for block in blocks_of(page, "python")]
# What the test suite installs anyway; pages also show libraries that are not worth installing.
INSTALLED: Final = {"anyio", "fastapi", "httpx", "requests", "starlette"}


def imports_of(text: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


RUNNABLE: Final = [
    block for block in PYTHON if imports_of(block.text) <= INSTALLED | sys.stdlib_module_names
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_sections(page: Page) -> None:
    assert tuple(sections_of(page))[1:] == SECTIONS
    assert [block.section for block in blocks_of(page, "python") if marked(block.text)] == [
        "Example"
    ] * len(page.codes)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_page_names_its_rules(rule: Rule) -> None:
    (page,) = [page for page in PAGES if rule.code in page.codes]
    assert f"`{rule.code}` (`{rule.name}`) reports" in sections_of(page)["What it does"]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_code_that_a_page_names_exists(page: Page) -> None:
    assert set(re.findall(r"ASB\d{3}", page.text)) <= {rule.code for rule in ALL_RULES}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_an_example_for_each_rule(page: Page) -> None:
    examples = blocks_of(page, "python", "Example")
    assert [found.code for block in examples for found in marked(block.text)] == [*page.codes]


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_the_engine_finds_what_is_marked(block: Block, tmp_path: Path) -> None:
    ast.parse(block.text, feature_version=(3, 10))
    result = check(tmp_path, block.text, block.page)
    assert result.errors == ()
    assert places(result.diagnostics) == marked(block.text)


@pytest.mark.parametrize("block", [block for block in PYTHON if '"brief"' in block.text], ids=str)
def test_what_is_only_found_with_another_cost(block: Block, tmp_path: Path) -> None:
    assert places(check(tmp_path, block.text, block.page, cost="brief").diagnostics) == marked(
        block.text, "brief"
    )


@pytest.mark.parametrize("page", [page for page in PAGES if len(page.codes) > 1], ids=str)
def test_the_shown_chain(page: Page, tmp_path: Path) -> None:
    *_, example = blocks_of(page, "python", "Example")
    (chain,) = blocks_of(page, "text", "Example")
    (found,) = check(tmp_path, example.text, page).diagnostics
    assert found.code == page.codes[1]
    assert chain.text == as_printed(found)


def as_printed(found: Diagnostic) -> str:
    """The chain as ``async-block check`` prints it, without the indentation of the whole."""
    return "".join(
        f"{'  ' * depth}{hop.path}:{hop.line} in {hop.function}: {hop.text}\n"
        for depth, hop in enumerate(found.trace)
    )


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_promised_fix(page: Page, tmp_path: Path) -> None:
    """What ``async-block fix`` makes of the direct example is what the remedies begin with."""
    promise = sections_of(page)["Remedies"].strip().partition("\n\n")[0]
    example, *_ = blocks_of(page, "python", "Example")
    path = tmp_path / "app.py"
    path.write_text(example.text, encoding="utf-8")
    engine = Engine(Config(root=tmp_path, extend_select=page.codes))
    (outcome,) = engine.fix([path], FixOptions(unsafe="--unsafe-fixes" in promise)).files
    if promise.startswith("There is no automatic fix"):
        assert not outcome.changed
    else:
        assert promise.startswith("`async-block fix")
        (safe,) = engine.fix([path], FixOptions()).files
        assert safe.changed == ("--unsafe-fixes" not in promise)
        assert check(tmp_path, outcome.after.decode(), page).diagnostics == ()
        assert outcome.fixed


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_comment_that_silences_is_needed(page: Page, tmp_path: Path) -> None:
    (block,) = blocks_of(page, "python", "When to ignore it")
    (line,) = [
        number for number, line in enumerate(block.text.splitlines(), 1) if "# noqa: " in line
    ]
    result = check(tmp_path, block.text, page, suppress=False)
    assert places(result.diagnostics) == [(line, page.codes[0])]


@pytest.mark.parametrize(
    "block", [block for page in PAGES for block in blocks_of(page, "toml")], ids=str
)
def test_the_settings_that_silence(block: Block, tmp_path: Path) -> None:
    """A page shows settings that hold for a directory ``scripts``, or everywhere."""
    (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
    codes = tuple(rule.code for rule in ALL_RULES)
    config = load_config(tmp_path, config_file=None, known_codes=codes, overrides={})
    assert config.source == tmp_path / "pyproject.toml"
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for number, example in enumerate(blocks_of(block.page, "python", "Example")):
        (scripts / f"example{number}.py").write_text(example.text, encoding="utf-8")
    result = Engine(config).check([scripts])
    assert result.files == len(block.page.codes)
    assert result.diagnostics == ()


def test_every_page_says_how_to_silence_a_directory() -> None:
    assert [
        str(page)
        for page in PAGES
        if not any("per-file-ignores" in block.text for block in blocks_of(page, "toml"))
    ] == []


@pytest.mark.parametrize("block", RUNNABLE, ids=str)
def test_examples_can_be_imported(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All names exist, and nothing waits before a function is called."""
    name = f"page_{block}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(block.text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        importlib.import_module(name)
    finally:
        sys.modules.pop(name, None)


def test_examples_are_clean(tmp_path: Path) -> None:
    """No name is undefined or unused, also where a library is not installed here."""
    for block in PYTHON:
        (tmp_path / f"{block}.py").write_text(block.text, encoding="utf-8")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "flake8", "--isolated", "-j1"),
            *("--select=E,F,W", "--max-line-length=100", "."),
        ],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_most_examples_can_be_imported_here() -> None:
    assert len(RUNNABLE) > len(PYTHON) / 2
