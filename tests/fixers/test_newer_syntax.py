"""Syntax that not every supported interpreter can read."""

from __future__ import annotations

import sys

import pytest

from tests.fixers.harness import fix

GET = "requests.get(u)"
FIXED = "await anyio.to_thread.run_sync(requests.get, u)"


def check(before: str) -> None:
    source = f"import anyio\nimport requests\n{before}"
    assert fix(source.encode()).after.decode() == source.replace(GET, FIXED)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="needs except*")
def test_exception_groups() -> None:
    check(
        f"async def f(u):\n    try:\n        {GET}\n    except* {GET} as e:\n        {GET}\n"
        f"    else:\n        {GET}\n"
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs free-form f-strings")
def test_f_strings_with_everything_inside() -> None:
    check(f"async def f(u):\n    return f'{{f'{{{GET}}}'!r}} {{[\n        {GET},\n    ]}}'\n")
    source = "import anyio\nasync def f(u):\n    return f'{requests.get('a', f\"{u}\")}'\n"
    assert fix(source.encode()).after.decode() == source.replace(
        "requests.get(", "await anyio.to_thread.run_sync(requests.get, "
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs type parameters")
def test_type_parameters_hide_names() -> None:
    source = f"import anyio\nasync def f[anyio](u): {GET}\nasync def g[T](u): {GET}\n"
    alias = FIXED.replace("anyio.to_thread", "anyio_to_thread")
    assert fix(source.encode()).after.decode() == (
        "import anyio\nimport anyio.to_thread as anyio_to_thread\n"
        f"async def f[anyio](u): {alias}\nasync def g[T](u): {FIXED}\n"
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs type parameters")
@pytest.mark.parametrize(
    "statement",
    [
        "type X = requests.get(u)",
        "def g[T: requests.get(u)](): pass",
        "class C[T: (requests.get(u), int)]: pass",
    ],
)
def test_types_are_no_place_for_an_await(statement: str) -> None:
    result = fix(f"import anyio\nasync def f(u):\n    {statement}\n".encode())
    assert not result.changed
    assert result.refused[0].reason in (
        "a type is no place for an await",
        "await is not allowed in a class body",
    )


@pytest.mark.skipif(sys.version_info < (3, 14), reason="needs template strings")
def test_template_strings() -> None:
    result = fix(f"import anyio\nasync def f(u):\n    return t'{{{GET}}}'\n".encode())
    assert not result.changed
    assert result.refused
