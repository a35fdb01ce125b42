"""Findings depend on the project alone: not on what else was named, nor on the order of things."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.engine import Engine
from flake8_async_block.extract import extract_summary
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import Values
from flake8_async_block.model.summary import ModuleSummary
from flake8_async_block.sources import SourceTree
from tests.laws.corpus import Case, check, config_of


def test_order_of_files(case: Case, root: Path) -> None:
    files = [root / file for file in case.files]
    expected = check(root)
    for seed in range(2):
        random.Random(seed).shuffle(files)
        assert Engine(config_of(root)).check(files) == expected


def test_each_file_alone(case: Case, root: Path) -> None:
    config = config_of(root)
    alone = [Engine(config).check([root / file]) for file in case.files]
    found = [diagnostic for result in alone for diagnostic in result.diagnostics]
    assert tuple(sorted(found, key=lambda item: item.sort_key)) == check(root).diagnostics


def test_order_of_evaluation(case: Case, root: Path) -> None:
    modules = {str(root / file): extract_summary(case.text(file)) for file in case.files}
    questions = [
        (module, path) for module, summary in modules.items() for path in range(len(summary.nodes))
    ]
    expected = evaluated(root, modules, questions)
    for seed in range(2):
        shuffled = list(questions)
        random.Random(seed).shuffle(shuffled)
        answers = evaluated(root, modules, shuffled)
        changed = {
            (Path(module).name, str(modules[module].nodes[path])): (
                expected[module, path],
                answers[module, path],
            )
            for module, path in questions
            if set(answers[module, path]) != set(expected[module, path])
        }
        assert changed == {}


def evaluated(
    root: Path, modules: dict[str, ModuleSummary], questions: list[tuple[str, int]]
) -> dict[tuple[str, int], Values]:
    """What each path is, asked in the given order of one new resolver."""
    config = config_of(root)
    project = Project(SourceTree([], config.root, config.src), modules.get)
    resolver = Resolver(project, load_catalogue(config.catalogue), load_frameworks())
    return {question: resolver.evaluate(*question) for question in questions}


@pytest.mark.parametrize("seed", range(3))
def test_order_of_evaluation_in_knots(seed: int, tmp_path: Path) -> None:
    """Definitions that lead into each other in several circles."""
    names = [f"f{number}" for number in range(8)]
    chooser = random.Random(seed)
    text = "import requests\n\n\n" + "\n\n\n".join(
        f"def {name}(flag):\n    if flag:\n        return {chooser.choice(names)}(flag)\n"
        f"    return {chooser.choice([*names, 'requests.Session'])}()"
        for name in names
    )
    path = tmp_path / "knots.py"
    path.write_text(text)
    modules = {str(path): extract_summary(text.encode())}
    questions = [(str(path), node) for node in range(len(modules[str(path)].nodes))]
    expected = evaluated(tmp_path, modules, questions)
    for _ in range(10):
        shuffled = list(questions)
        chooser.shuffle(shuffled)
        answers = evaluated(tmp_path, modules, shuffled)
        assert {key: set(value) for key, value in answers.items()} == {
            key: set(value) for key, value in expected.items()
        }
