"""A fixed program does what it did: same results, same effects in the same order, same errors."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flake8_async_block.fixers.locate import parse_source
from tests.fixers.harness import checker, fix, thread_plan
from tests.fixers.programs import judge, programs, run_program

pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")

REASONS = (
    "await is not allowed in",
    "an await would make the generator expression asynchronous",
    "an await in a nested comprehension",
    "a default value",
    "it stands in `def",
    "unsafe: `probe",
    "unsafe: `x` is read before",
    "unsafe: the await would end `",
    "a decorator is no place",
    "an annotation is no place",
    "the f-string prints",
)


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.sampled_from(["anyio", "asyncio", "starlette", "executor"]))
def test_programs(program: str, backend: str) -> None:
    source = program.encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "program", "exec")
        except SyntaxError:
            assume(False)
        # libcst does not read everything that Python does.
        assume(not isinstance(parse_source(source), str))
        plan = thread_plan(backend)
        result = fix(source, plan, judge=judge)
        for refusal in result.refused:
            assert refusal.reason.startswith(REASONS), (refusal.reason, program)
        assert len(result.fixed) + len(result.refused) == len(checker(plan, judge)(source))
        assert not fix(result.after, plan, judge=judge).changed
        assert run_program(result.after) == run_program(source)
