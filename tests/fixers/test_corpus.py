"""Code that nobody wrote for these tests: every call in every ``async def`` counts as blocking.

Undoing each offload in the syntax tree of the result has to give the tree that was there before.
"""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from tests.fixers.harness import BACKENDS, fix, thread_plan

PACKAGES = ("asyncio", "anyio", "httpx", "starlette", "unittest")
SPELLINGS = ("to_thread", "run_sync", "run_in_threadpool", "run_in_executor", "partial")
REASONS = (
    "a decorator is no place",
    "a default value or an annotation",
    "an annotation is no place",
    "await is not allowed in",
    "an await would make the generator",
    "an await in a nested comprehension",
    "it stands in `def",
    "its result is awaited already",
    "StopIteration cannot leave",
)


def corpus() -> list[Path]:
    files = []
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        for path in sorted(Path(spec.origin).parent.rglob("*.py")):
            text = path.read_bytes()
            # What offloads already would be undone as well.
            if b"async def" in text and not any(name.encode() in text for name in SPELLINGS):
                files.append(path)
    return files


class Undo(ast.NodeTransformer):
    """Turns ``await RUNNER(function, arguments)`` back into ``function(arguments)``."""

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        call = node.value
        if not isinstance(call, ast.Call):
            return node
        runner = ast.unparse(call.func).rpartition(".")[2]
        if runner not in SPELLINGS:
            return node
        function, *values = call.args[runner == "run_in_executor" :]
        keywords = call.keywords
        if isinstance(function, ast.Call) and ast.unparse(function.func).endswith("partial"):
            assert not values
            assert not keywords
            keywords = function.keywords
            function, *values = function.args
        return ast.Call(function, values, keywords)


def judge(call: ast.Call) -> str | None:
    name = ast.unparse(call.func)
    return None if name.endswith((*SPELLINGS, "get_running_loop")) else ""


@pytest.mark.parametrize("backend", BACKENDS)
def test_corpus(backend: str) -> None:
    fixed = 0
    files = corpus()[BACKENDS.index(backend) :: len(BACKENDS)]
    assert files
    for path in files:
        source = path.read_bytes()
        result = fix(source, thread_plan(backend), judge=judge, allow_unsafe=True)
        for refusal in result.refused:
            assert refusal.reason.startswith(REASONS), (path, refusal)
        fixed += len(result.fixed)
        before, after = ast.parse(source), Undo().visit(ast.parse(result.after))
        assert [ast.dump(node) for node in before.body] == without_new_imports(before, after), path
    assert fixed > 50


def without_new_imports(before: ast.Module, after: ast.Module) -> list[str]:
    """The statements of the result; one that is not the next one of before has to be an import."""
    expected = iter([ast.dump(node) for node in before.body])
    following = next(expected, None)
    kept = []
    for node in after.body:
        dumped = ast.dump(node)
        if dumped != following and isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        kept.append(dumped)
        following = next(expected, None)
    return kept
