"""Whatever a file is made of, only the edited places change."""

from __future__ import annotations

import pytest

from tests.fixers.harness import fix

CALL = "requests.get(u)"
FIXED = "await anyio.to_thread.run_sync(requests.get, u)"
HEAD = "import anyio\nimport requests\n\n\n"


def check(before: str, encoding: str = "utf-8", *, mark: bytes = b"") -> None:
    source = mark + before.encode(encoding)
    result = fix(source)
    assert not result.refused
    assert result.fixed
    assert result.after == mark + before.replace(CALL, FIXED).encode(encoding)
    assert not fix(result.after).changed


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines(newline: str) -> None:
    check(f"{HEAD}async def f(u):\n    return {CALL}  # é\n".replace("\n", newline))


def test_mixed_newlines() -> None:
    check(f"import anyio\r\nimport requests\n\r\nasync def f(u):\r    x = {CALL}\r\n    {CALL}\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_new_import_takes_the_newline_of_the_file(newline: str) -> None:
    before = f'"""Doc."""\nimport os\n\nasync def f(u):\n    {CALL}\n'.replace("\n", newline)
    result = fix(before.encode())
    added = f"import os{newline}{newline}import anyio.to_thread{newline}"
    assert result.after.decode() == before.replace(CALL, FIXED).replace(
        f"import os{newline}", added
    )


def test_no_final_newline() -> None:
    check(f"{HEAD}async def f(u): {CALL}")
    check(f"{HEAD}async def f(u):\n    {CALL}  # end")
    check(f"{HEAD}async def f(u):\n    {CALL}\n    ")


def test_one_line_file_without_final_newline() -> None:
    result = fix(f"async def f(u): {CALL}".encode())
    assert result.after.decode() == f"import anyio.to_thread\n\n\nasync def f(u): {FIXED}"


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}async def f(u):\n    {CALL}\n",
        f"# Straße\n{HEAD}async def f(u):\n    x = 'é', {CALL}, 'ß', {CALL}\n",
        f"import anyio; requests = anyio\nasync def f(u): return {CALL}\n",
    ],
)
def test_byte_order_mark(text: str) -> None:
    check(text, mark=b"\xef\xbb\xbf")


def test_a_new_import_goes_behind_the_byte_order_mark() -> None:
    result = fix(b"\xef\xbb\xbfasync def f(u): requests.get(u)\n")
    assert result.after.startswith(b"\xef\xbb\xbfimport anyio.to_thread\n")


@pytest.mark.parametrize(
    ("encoding", "cookie"),
    [
        ("latin-1", "# -*- coding: latin-1 -*-\n"),
        ("iso8859-15", "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\n"),
        ("cp1252", "# coding=cp1252\r\n"),
        ("utf-8", "# coding: utf-8\n"),
    ],
)
def test_coding_cookie(encoding: str, cookie: str) -> None:
    check(f"{cookie}{HEAD}async def f(u):\n    x = 'éü', {CALL}, 'ü'; {CALL}\n", encoding)


def test_a_new_import_goes_behind_the_coding_cookie() -> None:
    before = "# coding: latin-1\nasync def f(u):\n    return 'é', requests.get(u)\n"
    after = fix(before.encode("latin-1")).after.decode("latin-1")
    assert after.startswith("# coding: latin-1\nimport anyio.to_thread\n\n\nasync def")


def test_an_encoding_that_does_not_round_trip_is_refused() -> None:
    # The escape sequence selects ASCII, which is selected already, so encoding drops it.
    before = b"# coding: iso2022_jp\nasync def f(u):\n    x = '\x1b(B'; requests.get(u)\n"
    result = fix(before)
    assert result.after == before
    assert "does not round-trip" in result.refused[0].reason


def test_non_ascii_before_the_column() -> None:
    check(f"{HEAD}async def f(u):\n    é = 'ß😀', {CALL}; 名 = {CALL}\n    return 名, {CALL}\n")


def test_tabs() -> None:
    check(f"{HEAD}async def f(u):\n\tif u:\n\t\t{CALL}\t\n\tx =\t(u,\n    \t{CALL}\t)\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\f\nasync def f(u):\n    {CALL}\n",
        f"{HEAD}\fasync def f(u):\n    {CALL}\n\f\n\fasync def g(u):\n\f    {CALL}\n",
        f"{HEAD}async def f(u):\n  \f    x = 1, {CALL}\n    \f    {CALL}; {CALL}\n".replace(
            "    \f    {", "  {"
        ),
        f"{HEAD}async def f(u):\n    x = '''\n\f''', {CALL}, (\n\f  {CALL}\n\f), {CALL}\n",
        f"{HEAD}async def f(u):\n    return (u,\f{CALL}\f)\n",
        f"\f{HEAD}async def f(u):\r\n    {CALL}\r\n\f\r\n",
    ],
)
def test_form_feeds(text: str) -> None:
    check(text)


def test_trailing_white_space_and_blank_lines() -> None:
    check(f"\n  \n{HEAD}async def f(u):   \n\n    {CALL}   \n   \n\n    \t\n# end\n  # of it\n\n\n")


def test_a_long_file() -> None:
    function = f"async def f(u):\n    x = {CALL}\n    return x, {CALL}\n\n\n"
    check(HEAD + function * 400)


def test_a_deeply_nested_expression_is_refused() -> None:
    before = f"{HEAD}async def f(u):\n    {CALL}\n    x = {'+'.join(['u'] * 900)}\n".encode()
    result = fix(before)
    assert result.after == before
    assert "nested too deeply" in result.refused[0].reason


def test_what_libcst_cannot_keep_matters_where_it_stands_only() -> None:
    odd = "    try:\n        pass\n    except (OSError, ValueError) :\n        pass\n"
    check(f"{HEAD}def g():\n{odd}\n\nasync def f(u):\n    return {CALL}\n")
    inner = odd.replace("    ", "        ")
    check(
        f"{HEAD}class A:\n    x = 1\n    async def f(u):\n        {CALL}\n\n    def g():\n{inner}"
    )
    result = fix(f"{HEAD}async def f(u):\n{odd}    {CALL}\n".encode())
    assert not result.changed
    assert result.refused[0].reason == (
        "the file cannot be edited: its layout cannot be kept byte for byte"
    )
