"""What is registered, what lies on disk and what the tests cover is the same set."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import flake8_async_block.fixers
from flake8_async_block.fixers.registry import BY_STRATEGY, FIXERS
from flake8_async_block.fixers.thread import BACKENDS
from tests.fixers import harness

SOURCES = Path(flake8_async_block.fixers.__file__).parent
FIXTURES = Path(__file__).parent.parent / "fixtures" / "fixers"


def test_every_file_with_a_fixer_is_registered() -> None:
    on_disk = {
        path.stem.replace("_", "-")
        for path in SOURCES.glob("*.py")
        if any(
            isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "FIXER"
            for node in ast.parse(path.read_text()).body
        )
    }
    assert {fixer.strategy for fixer in FIXERS} == on_disk
    assert len(BY_STRATEGY) == len(FIXERS)


def test_every_fixer_has_pairs_and_a_refusal() -> None:
    for strategy in BY_STRATEGY:
        texts = [path.read_text() for path in (FIXTURES / strategy).glob("*.py")]
        assert any("# refused: " in text for text in texts)
    assert {path.name for path in FIXTURES.iterdir()} == set(BY_STRATEGY)


def test_every_backend_is_tested() -> None:
    assert set(harness.BACKENDS) == set(BACKENDS)


def test_libcst_is_loaded_by_the_first_fix_only() -> None:
    code = "import sys, flake8_async_block.fixers; sys.exit('libcst' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_backends_exist() -> None:
    """The names that the fixer writes can be imported and reached the way it writes them."""
    for backend in BACKENDS.values():
        name = backend.runner
        namespace: dict[str, object] = {}
        if name.by_name:
            exec(f"from {name.module} import {name.attribute}", namespace)
            assert callable(namespace[name.attribute])
        else:
            exec(f"import {name.module}\nfound = {name.full_name}", namespace)
            assert callable(namespace["found"])


def test_submodules_that_the_package_brings_along() -> None:
    for package in ("anyio", "trio"):
        code = f"import {package}; {package}.to_thread.run_sync"
        subprocess.run([sys.executable, "-c", code], check=True)
