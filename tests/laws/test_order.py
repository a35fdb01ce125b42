"""Findings depend on the project alone: not on what else was named, nor on the order of things."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.engine import Engine
from flake8_async_block.extract import extract_summary
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import Values
from flake8_async_block.sources import SourceTree
from tests.laws.corpus import Case, check, config_of

Answers = Mapping[tuple[str, int, str], Values]
"""The values of each path, by file, number and step."""


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
    texts = {str(root / file): case.text(file) for file in case.files}
    expected = evaluated(root, texts, random.Random(0))
    for seed in range(1, 3):
        answers = evaluated(root, texts, random.Random(seed))
        assert differences(expected, answers) == []


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
    texts = {str(tmp_path / "knots.py"): text.encode()}
    expected = evaluated(tmp_path, texts, chooser)
    for _ in range(10):
        assert differences(expected, evaluated(tmp_path, texts, chooser)) == []


def evaluated(root: Path, texts: Mapping[str, bytes], order: random.Random) -> Answers:
    """What each path of each file is, asked in some order of one new resolver."""
    modules = {path: extract_summary(text) for path, text in texts.items()}
    questions = [
        (module, path) for module, summary in modules.items() for path in range(len(summary.nodes))
    ]
    order.shuffle(questions)

    def mentioning(word: bytes) -> list[str]:
        return [path for path, text in texts.items() if word in text]

    config = config_of(root)
    tree = SourceTree(map(Path, texts), config.root, config.src)
    project = Project(tree, modules.get, mentioning)
    resolver = Resolver(project, load_catalogue(config.catalogue), load_frameworks())
    return {
        (
            str(Path(module).relative_to(root)),
            path,
            str(modules[module].nodes[path]),
        ): resolver.evaluate(module, path)
        for module, path in questions
    }


def differences(expected: Answers, answers: Answers) -> list[str]:
    assert expected.keys() == answers.keys()
    return [
        f"{question}: {expected[question]} or {answers[question]}"
        for question in expected
        if set(expected[question]) != set(answers[question])
    ]
