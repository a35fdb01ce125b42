"""Where settings come from, and what is said about mistakes in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flake8_async_block.config import DEFAULT_EXCLUDE, Config, common_start, load_config
from flake8_async_block.model.errors import UsageError

CODES = tuple(f"ASB{100 * hundred + what}" for hundred in (1, 2) for what in range(1, 13))
CODES += ("ASB301", "ASB501")


def load(start: Path, **overrides: Any) -> Config:
    return load_config(start, config_file=None, known_codes=CODES, overrides=overrides)


def write(directory: Path, *lines: str, table: str = "[tool.async-block]") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "pyproject.toml"
    path.write_text("\n".join(["[project]", 'name = "async-block-user"', table, *lines, ""]))
    return path


class TestSearch:
    def test_nearest_file_with_the_table(self, tmp_path: Path) -> None:
        path = write(tmp_path, 'ignore = ["ASB1"]')
        write(tmp_path / "a", table="[tool.other]")
        (tmp_path / "a/b").mkdir()
        config = load(tmp_path / "a/b")
        assert (config.root, config.source, config.ignore) == (tmp_path, path, ("ASB1",))

    def test_nearest_of_two(self, tmp_path: Path) -> None:
        write(tmp_path, 'ignore = ["ASB1"]')
        write(tmp_path / "a", 'ignore = ["ASB2"]')
        assert load(tmp_path / "a").ignore == ("ASB2",)
        assert load(tmp_path).ignore == ("ASB1",)

    def test_not_beyond_the_repository(self, tmp_path: Path) -> None:
        write(tmp_path, 'ignore = ["ASB1"]')
        (tmp_path / "a/.git").mkdir(parents=True)
        config = load(tmp_path / "a")
        assert (config.root, config.source, config.ignore) == (tmp_path / "a", None, ())

    def test_table_at_the_top_of_the_repository(self, tmp_path: Path) -> None:
        write(tmp_path, 'ignore = ["ASB1"]')
        (tmp_path / ".git").mkdir()
        (tmp_path / "a").mkdir()
        assert load(tmp_path / "a").ignore == ("ASB1",)

    def test_root_without_a_table(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / "a/b").mkdir(parents=True)
        assert load(tmp_path / "a/b").root == tmp_path
        write(tmp_path / "a", table="[tool.other]")
        assert load(tmp_path / "a/b").root == tmp_path / "a"

    def test_root_of_a_package_without_a_project(self, tmp_path: Path) -> None:
        inner = tmp_path / "site/package/inner"
        inner.mkdir(parents=True)
        assert load(inner).root == inner
        for directory in (inner, inner.parent):
            (directory / "__init__.py").touch()
        # One file of a package is told the same as the whole package.
        assert load(inner).root == load(inner.parent).root == inner.parent

    def test_named_file(self, tmp_path: Path) -> None:
        path = tmp_path / "settings/lint.toml"
        path.parent.mkdir()
        path.write_text('[tool.async-block]\ncost = "brief"\n')
        config = load_config(tmp_path, config_file=path, known_codes=CODES, overrides={})
        assert (config.cost, config.root, config.source) == ("brief", path.parent, path)

    def test_toml_is_not_loaded_for_files_that_do_not_mention_the_tool(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
        program = (
            "import sys; from pathlib import Path; from flake8_async_block.config import *\n"
            f"start = Path({str(tmp_path)!r})\n"
            "load_config(start, config_file=None, known_codes=(), overrides={})\n"
            "print({'tomllib', 'tomli', 'difflib', 'pathspec'} & set(sys.modules))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "set()"


class TestCommonStart:
    def test_deepest_directory_that_holds_all(self, tmp_path: Path) -> None:
        (tmp_path / "a/b").mkdir(parents=True)
        (tmp_path / "a/c").mkdir()
        (tmp_path / "a/b/x.py").write_text("")
        assert common_start([Path("a/b/x.py"), Path("a/c")], tmp_path) == tmp_path / "a"
        assert common_start([Path("a/b/x.py")], tmp_path) == tmp_path / "a/b"
        assert common_start([Path("a/b/gone/new.py")], tmp_path) == tmp_path / "a/b"
        assert common_start([Path("a/b"), Path("../")], tmp_path) == tmp_path.parent
        assert common_start([tmp_path / "a"], Path("/")) == tmp_path / "a"
        assert common_start([], tmp_path) == tmp_path


def test_every_key(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'select = ["ASB1", " asb301 "]',
        'ignore = ["ASB101"]',
        'extend-select = ["ASB501"]',
        'extend-ignore = ["ASB112"]',
        'exclude = ["gen"]',
        'extend-exclude = ["old/*"]',
        "force-exclude = true",
        "respect-gitignore = false",
        'src = ["lib"]',
        'cost = "unbounded"',
        'per-file-cost = { "tests/*" = "unbounded", "a.py" = "brief" }',
        'backend = "asyncio"',
        'per-file-ignores = { "tests/*" = ["ASB1"], "a.py" = [] }',
        "[[tool.async-block.catalogue.function]]",
        'names = ["a.b"]',
    )
    assert load(tmp_path) == Config(
        root=tmp_path,
        select=("ASB1", "ASB301"),
        ignore=("ASB101",),
        extend_select=("ASB501",),
        extend_ignore=("ASB112",),
        per_file_ignores=(("tests/*", ("ASB1",)), ("a.py", ())),
        exclude=("gen",),
        extend_exclude=("old/*",),
        force_exclude=True,
        respect_gitignore=False,
        src=("lib",),
        cost="unbounded",
        per_file_cost=(("tests/*", "unbounded"), ("a.py", "brief")),
        backend="asyncio",
        catalogue={"function": [{"names": ["a.b"]}]},
        source=path,
    )


def test_defaults_are_those_of_an_empty_table(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert load(tmp_path) == Config(root=tmp_path, source=path)
    assert load(tmp_path).exclude == DEFAULT_EXCLUDE


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('slect = ["ASB1"]', "[tool.async-block] has no key 'slect', did you mean 'select'?"),
        ("extend_select = []", "has no key 'extend_select', did you mean 'extend-select'?"),
        ("zzzzzz = 1", "has no key 'zzzzzz', the keys are backend, catalogue, cost,"),
        ('select = "ASB1"', "[tool.async-block] select must be a list, not a string"),
        ("select = [1]", "every entry of select must be a string, not a whole number"),
        ('respect-gitignore = "no"', "respect-gitignore must be true or false, not a string"),
        ("catalogue = 1.5", "catalogue must be a table, not a number"),
        ('per-file-ignores = ["a"]', "per-file-ignores must be a table, not a list"),
        ('per-file-ignores = {"a" = "b"}', "entry of per-file-ignores must be a list, not a str"),
        ('per-file-ignores = {"a" = [1]}', "code of per-file-ignores must be a string, not a wh"),
        ('per-file-ignores = {"a" = ["B"]}', 'per-file-ignores."a": no rule\'s code starts with'),
        ('per-file-cost = "brief"', "per-file-cost must be a table, not a string"),
        (
            'per-file-cost = {"a" = 1}',
            "entry of per-file-cost must be a string, not a whole number",
        ),
        (
            'per-file-cost = {"b" = "brief", "a" = "breif"}',
            "per-file-cost.'a': unknown value 'breif', did you mean 'brief'?",
        ),
        ('per-file-cost = {"/a" = "brief"}', "'/a' must be a pattern relative to this file"),
        ('per-file-ignores = {"/a" = []}', "'/a' must be a pattern relative to this file"),
        ('cost = "breif"', "cost: unknown value 'breif', did you mean 'brief'?"),
        ('cost = "xxx"', "cost: unknown value 'xxx', choose from unbounded, bounded, brief"),
        ("cost = true", "cost must be a string, not true or false"),
        (
            'ignore = ["ASB1O2"]',
            "ignore: no rule's code starts with 'ASB1O2', did you mean 'ASB102'",
        ),
        ('ignore = ["ASB999"]', "no rule's code starts with 'ASB999'"),
        ('ignore = ["E501"]', "starts with 'E501', `async-block rules` lists the codes"),
        ('ignore = [""]', "ignore: no rule's code starts with ''"),
        ('src = ["/lib"]', "src: '/lib' must be a directory relative to this file"),
        ("select = [", "not valid TOML: "),
        ("[tool.async_block]", "[tool.async_block] is not read, write [tool.async-block]"),
        ("[tool.flake8-async-block]", "[tool.flake8-async-block] is not read"),
    ],
)
def test_mistakes_are_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, message: str
) -> None:
    write(tmp_path, lines)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        load(tmp_path)
    text = str(caught.value)
    assert text.startswith("pyproject.toml: ")
    assert message in text
    assert "\n" not in text


def test_table_that_is_no_table(tmp_path: Path) -> None:
    write(tmp_path, "async-block = 3", table="[tool]")
    with pytest.raises(UsageError, match=r"tool\.async-block must be a table"):
        load(tmp_path)


def test_named_file_without_the_table(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    for content, message in ((None, "cannot read the file"), ("a = 1\n", "there is no [tool.as")):
        if content is not None:
            path.write_text(content)
        with pytest.raises(UsageError) as caught:
            load_config(tmp_path, config_file=path, known_codes=CODES, overrides={})
        assert message in str(caught.value)
        assert "x.toml: " in str(caught.value)


class TestOverrides:
    def test_replace_and_extend(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            'ignore = ["ASB1"]',
            'extend-ignore = ["ASB2"]',
            'exclude = ["a"]',
            'extend-exclude = ["b"]',
            "respect-gitignore = true",
        )
        config = load(
            tmp_path,
            ignore=("ASB3",),
            extend_ignore=("asb501",),
            exclude=("c",),
            extend_exclude=("d",),
            respect_gitignore=False,
            cost="brief",
            backend="anyio",
        )
        assert config.ignore == ("ASB3",)
        assert config.extend_ignore == ("ASB2", "ASB501")
        assert config.excluded == ("c", "b", "d")
        assert not config.respect_gitignore
        assert (config.cost, config.backend) == ("brief", "anyio")

    def test_select_sets_the_file_aside(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            'select = ["ASB2"]',
            'ignore = ["ASB102"]',
            'extend-ignore = ["ASB103"]',
            'extend-select = ["ASB501"]',
            'per-file-ignores = {"t.py" = ["ASB102"]}',
        )
        config = load(tmp_path, select=("ASB102", "ASB103"), extend_ignore=("ASB103",))
        assert config.is_selected("ASB102", "a.py")
        assert not config.is_selected("ASB102", "t.py")
        for code in ("ASB103", "ASB201", "ASB501"):
            assert not config.is_selected(code, "a.py")

    def test_none_is_not_given(self, tmp_path: Path) -> None:
        write(tmp_path, 'select = ["ASB2"]', 'cost = "brief"')
        config = load(tmp_path, select=None, cost=None, respect_gitignore=None)
        assert (config.select, config.cost, config.respect_gitignore) == (("ASB2",), "brief", True)

    def test_unknown_code_names_the_option(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"^--extend-select: no rule's code starts with 'X1'"):
            load(tmp_path, extend_select=("X1",))
