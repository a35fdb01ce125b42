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


@pytest.mark.parametrize("seed", range(12))
def test_order_of_files_that_call_each_other(seed: int, tmp_path: Path) -> None:
    """Chains of any length, of which some are known before others are asked for."""
    write_entangled(tmp_path, random.Random(seed))
    files = sorted(tmp_path.glob("*.py"))
    expected = Engine(config_of(tmp_path)).check(files)
    assert expected.diagnostics
    for order in range(4):
        random.Random(order).shuffle(files)
        assert Engine(config_of(tmp_path)).check(files) == expected


def write_entangled(root: Path, chooser: random.Random) -> None:
    """Modules of helpers which call each other in ways that say more or less of what is called."""
    names = [f"m{number % 4}.f{number}" for number in range(20)]
    locks = [f"m{number}.LOCK" for number in range(4)]
    modules = {f"m{number}": ["LOCK = threading.Lock()\n"] for number in range(4)}
    for name in names:
        module, _, function = name.partition(".")
        first, second, third = (chooser.choice(names) for _ in range(3))
        blocks = chooser.choice(["time.sleep(1)", "requests.get(flag)", "open(flag)"])
        ways = [
            f"{first}(flag)\n    {second}(flag)",
            f"({first} if flag else {second})(flag)",
            f"try:\n        {first}(flag)\n    except OSError:\n        {second}(flag)",
            f"with {chooser.choice(locks)}:\n        {first}(flag)\n    {second}(flag)",
            f"if flag:\n        {first}(False)\n    {second}(True)",
            f"if not flag:\n        return\n    {first}(flag)\n    {second}(not flag)",
            f"{chooser.choice(['m0.Base', 'm0.Below'])}().act(flag)\n    {third}(flag)",
        ]
        # Some have to block by themselves, or nothing would.
        body = blocks if function in ("f0", "f7", "f14") else chooser.choice(ways)
        modules[module].append(f"def {function}(flag=None):\n    {body}\n")
    acts = [chooser.choice(names) for _ in range(2)]
    modules["m0"].append(
        f"class Base:\n    def act(self, flag): {acts[0]}(flag)\n\n\n"
        f"class Below(Base):\n    def act(self, flag): {acts[1]}(flag)\n"
    )
    imports = "import threading, time, requests\nimport m0, m1, m2, m3\n"
    for module, parts in modules.items():
        handlers = [
            f"async def h{number}(base: m0.Base):\n    {chooser.choice(names)}(True)\n"
            f"    {chooser.choice(names)}()\n    base.act(1)\n"
            for number in range(3)
        ]
        (root / f"{module}.py").write_text("\n\n".join([imports, *parts, *handlers]))
