"""Findings for the fixers' tests, without the engine.

A call counts as blocking if its function is written as one of ``BLOCKING`` and it stands anywhere
inside an ``async def``, unless its value is awaited. That is cruder than the engine, on purpose:
the fixers have to refuse what the engine would never plan.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from flake8_async_block.fixers import fix_file
from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span
from flake8_async_block.model.fix import FileFix

Judge = Callable[[ast.Call], str | None]

BLOCKING = frozenset({"requests.get", "requests.post", "time.sleep", "open"})
BLOCKING_METHODS = frozenset({"read_it", "next", "__next__"})
BACKENDS = ("anyio", "asyncio", "trio", "starlette", "executor")


def thread_plan(
    backend: str = "anyio", applicability: Applicability = Applicability.SAFE
) -> FixPlan:
    return FixPlan("thread", applicability, "run in a worker thread", (("backend", backend),))


def native_plan(replacement: str = "asyncio.sleep", module: str = "asyncio") -> FixPlan:
    return FixPlan(
        "native",
        Applicability.SAFE,
        f"await {replacement}",
        (("replacement", replacement), ("import", module)),
    )


def span_of(node: ast.expr | ast.stmt) -> Span:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def blocking_api(call: ast.Call) -> str | None:
    """The name under which a call is reported, or None."""
    function = ast.unparse(call.func)
    if function in BLOCKING:
        return function
    method = function.rpartition(".")[2]
    return method if method in BLOCKING_METHODS else None


def blocking_calls(source: bytes, judge: Judge) -> list[tuple[Span, str]]:
    """The span and the API of every blocking call, in order of position."""
    awaited: set[ast.expr] = set()
    found: dict[ast.Call, str] = {}
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Await):
                    awaited.add(node.value)
                elif isinstance(node, ast.Call) and (api := judge(node)) is not None:
                    found[node] = api
    return sorted((span_of(call), api) for call, api in found.items() if call not in awaited)


def checker(
    plan: FixPlan | None, judge: Judge = blocking_api
) -> Callable[[bytes], Sequence[Diagnostic]]:
    """A stand-in for the engine: bytes in, findings with ``plan`` out."""

    def check(source: bytes) -> Sequence[Diagnostic]:
        return [finding(span, plan, api=api) for span, api in blocking_calls(source, judge)]

    return check


def finding(
    span: Span, plan: FixPlan | None, *, api: str = "requests.get", why_not: str | None = None
) -> Diagnostic:
    return Diagnostic(
        code="ASB102",
        name="blocking-call",
        path="app/views.py",
        span=span,
        message="blocks",
        api=api,
        fix=plan,
        why_not=why_not,
    )


def fix(
    source: bytes,
    plan: FixPlan | None = None,
    *,
    allow_unsafe: bool = False,
    judge: Judge = blocking_api,
) -> FileFix:
    """Check and fix a file as the engine would; ``plan`` is ``thread`` with anyio by default."""
    return fix_with(checker(plan or thread_plan(), judge), source, allow_unsafe=allow_unsafe)


def fix_with(
    check: Callable[[bytes], Sequence[Diagnostic]], source: bytes, *, allow_unsafe: bool = False
) -> FileFix:
    """Fix what ``check`` finds, as the engine would."""
    return fix_file("app/views.py", source, check(source), allow_unsafe=allow_unsafe, recheck=check)
