"""Stand-ins for the engine, one for each strategy that is not about a blocking call.

They find by spelling what the engine finds by meaning, which is all that a fixer has to know.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Span
from tests.fixers.harness import blocking_api, span_of

Check = Callable[[bytes], Sequence[Diagnostic]]
OFFLOADERS = {"to_thread": 0, "run_sync": 0, "run_in_threadpool": 0, "add_task": 0}
OFFLOADERS |= {"submit": 0, "run_in_executor": 1, "unheard_of": 0}
OWN_KEYWORDS = {"limiter", "abandon_on_cancel"}


def plan(strategy: str, *parameters: tuple[str, str], safe: bool = True) -> FixPlan:
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    return FixPlan(strategy, applicability, f"apply {strategy}", parameters)


def diagnostic(code: str, span: Span, fix: FixPlan, api: str = "") -> Diagnostic:
    return Diagnostic(code, code.lower(), "app/views.py", span, "message", api, fix=fix)


def offloads(tree: ast.AST) -> Iterator[tuple[ast.Call, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            position = OFFLOADERS.get(ast.unparse(node.func).rpartition(".")[2])
            if position is not None and position < len(node.args):
                yield node, position


def handed_over_calls(source: bytes) -> list[Diagnostic]:
    """Calls that are made before they are handed over."""
    found = []
    for offload, position in offloads(ast.parse(source)):
        argument = offload.args[position]
        if isinstance(argument, ast.Call) and ast.unparse(argument.func) != "functools.partial":
            found.append(diagnostic("ASB401", span_of(argument), plan("unwrap"), "load"))
    return found


def lost_keywords(source: bytes) -> list[Diagnostic]:
    """Keywords that the offloader does not hand on."""
    return [
        diagnostic("ASB404", span_of(offload), plan("partial"))
        for offload, _ in offloads(ast.parse(source))
        if {keyword.arg for keyword in offload.keywords} - OWN_KEYWORDS
    ]


def endless_loops(backend: str) -> Check:
    """Loops in coroutines without an await."""

    def check(source: bytes) -> list[Diagnostic]:
        fix = plan("checkpoint", ("backend", backend), safe=False)
        found = []
        for function in ast.walk(ast.parse(source)):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, (ast.While, ast.For)) and not any(
                    isinstance(inner, ast.Await) for inner in ast.walk(node)
                ):
                    last = node.test if isinstance(node, ast.While) else node.iter
                    end = span_of(last)
                    header = Span(node.lineno, node.col_offset, end.end_line, end.end_col)
                    found.append(diagnostic("ASB301", header, fix))
        return found

    return check


def blocking_blocks(backend: str) -> Check:
    """Blocking calls, and names called ``lines…`` that are iterated over, in coroutines."""

    def check(source: bytes) -> list[Diagnostic]:
        whole = (("scope", "whole"),) if b"# scope: whole" in source else ()
        fix = plan("block", ("backend", backend), *whole, safe=False)
        found: list[Diagnostic] = []
        for function in ast.walk(ast.parse(source)):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            for node in own_nodes(function.body):
                if isinstance(node, ast.Call) and (api := blocking_api(node)) is not None:
                    found.append(diagnostic("ASB108", span_of(node), fix, api))
                elif isinstance(node, ast.For) and ast.unparse(node.iter).startswith("lines"):
                    found.append(diagnostic("ASB108", span_of(node.iter), fix, "lines"))
        return found

    return check


def blocking_handlers(source: bytes) -> list[Diagnostic]:
    """Blocking calls in coroutines."""
    return [
        diagnostic("ASB102", span_of(node), plan("sync-handler"), api)
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.AsyncFunctionDef)
        for node in own_nodes(function.body)
        if isinstance(node, ast.Call) and (api := blocking_api(node)) is not None
    ]


def own_nodes(roots: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for root in roots:
        yield root
        if not isinstance(root, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from own_nodes(ast.iter_child_nodes(root))


BY_STRATEGY: dict[str, Callable[[str], Check]] = {
    "unwrap": lambda _: handed_over_calls,
    "partial": lambda _: lost_keywords,
    "checkpoint": endless_loops,
    "block": blocking_blocks,
    "sync-handler": lambda _: blocking_handlers,
}
