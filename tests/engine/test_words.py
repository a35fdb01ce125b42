"""Which files hold a word, whether or not an index answers."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from flake8_async_block.engine.words import WordSearch, stands_in

TEXTS = {
    "a.py": b"def get(x): return budget(x)",
    "b.py": b"budget_get = 1; target()",
    "c.py": "gét = get".encode(),
    "d.py": None,
}


def search() -> WordSearch:
    return WordSearch(lambda: list(TEXTS), TEXTS.__getitem__)


def test_a_word_is_no_part_of_another() -> None:
    assert search().files_with(b"get") == ("a.py", "c.py")
    assert search().files_with(b"get(") == ("a.py",)
    assert search().files_with("gét".encode()) == ("c.py",)
    assert search().files_with(b"missing") == ()
    assert search().files_with(b"(") == ("a.py", "b.py")


def test_an_index_answers_the_same() -> None:
    words = [
        b"get",
        b"get(",
        b"budget",
        b"missing",
        b"x",
        b"x)",
        "gét".encode(),
        b"=",
        b"1; target",
    ]
    before = {word: search().files_with(word) for word in words}
    with_index = search()
    for number in range(20):
        with_index.files_with(b"w%d" % number)
    assert {word: with_index.files_with(word) for word in words} == before


@given(st.binary(max_size=30), st.text("ab_(é ", min_size=1, max_size=3).map(str.encode))
def test_it_means_what_a_pattern_means(text: bytes, word: bytes) -> None:
    inside = rb"[0-9A-Za-z_\x80-\xff]"
    before = rb"(?<!%s)" % inside if re.match(inside, word) else b""
    after = rb"(?!%s)" % inside if re.search(inside + rb"\Z", word) else b""
    pattern = re.compile(before + re.escape(word) + after)
    for whole in (text, text + word, word + text, b"a" + word + b" " + word):
        assert stands_in(word, whole) == (pattern.search(whole) is not None)


def test_another_text_for_one_file() -> None:
    changed = search().with_text("b.py", b"get")
    assert changed.files_with(b"get") == ("a.py", "b.py", "c.py")
    assert changed.files_with(b"target") == ()
    assert changed.with_text("a.py", b"").files_with(b"get") == ("b.py", "c.py")
    assert search().with_text("e.py", b"get").files_with(b"get") == ("a.py", "c.py")
