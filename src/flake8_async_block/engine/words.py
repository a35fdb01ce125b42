"""Which files of a project hold a word.

The first few words are looked for in every text. A large check asks for hundreds of them; then one
pass over the texts, which costs about as much as looking for twenty words, answers all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

_WORDS_BEFORE_INDEX: Final = 12
_IDENTIFIER_BYTES: Final = bytes(
    code for code in range(256) if code >= 0x80 or code == ord("_") or chr(code).isalnum()
)
_BLANKED: Final = bytes(code if code in _IDENTIFIER_BYTES else ord(" ") for code in range(256))


class WordSearch:
    """Answers in which files a word stands as a word, not as a part of a longer one.

    Args:
        files: gives the absolute paths, sorted; asked when they are needed.
        read: gives a file's text; None where it cannot be read.
    """

    def __init__(
        self, files: Callable[[], Sequence[str]], read: Callable[[str], bytes | None]
    ) -> None:
        self._list_files = files
        self._read = read
        self._answers: dict[bytes, tuple[str, ...]] = {}
        self._searches = 0
        self._index: dict[bytes, list[str]] | None = None

    @cached_property
    def files(self) -> Sequence[str]:
        return self._list_files()

    def with_text(self, file: str, text: bytes) -> WordSearch:
        """The same search with another text for one of the files; what is known is shared."""
        return _Changed(self, file, text) if file in self.files else self

    def files_with(self, word: bytes) -> tuple[str, ...]:
        """The files that hold ``word``, an identifier or more, such as ``get(``; sorted."""
        known = self._answers.get(word)
        if known is None:
            known = self._answers[word] = tuple(self._search(word))
        return known

    @property
    def answers(self) -> Mapping[bytes, tuple[str, ...]]:
        """All that was asked for."""
        return self._answers

    def remember(self, answers: Mapping[bytes, tuple[str, ...]]) -> None:
        """Take over what was found out before, and still holds."""
        self._answers.update(answers)

    def index(self) -> None:
        """Look at all texts at once, as many questions would."""
        if self._index is None:
            self._index = self._make_index()

    def _search(self, word: bytes) -> list[str]:
        parts = word.translate(_BLANKED).split()
        self._searches += 1
        if self._index is None and self._searches > _WORDS_BEFORE_INDEX and parts:
            self.index()
        files: Sequence[str] = self.files
        if self._index is not None and parts:
            found = self._index.get(parts[0], [])
            if parts[0] == word:
                return found
            files = found
        return [file for file in files if stands_in(word, self._read(file) or b"")]

    def _make_index(self) -> dict[bytes, list[str]]:
        index: dict[bytes, list[str]] = {}
        for file in self.files:
            for word in set((self._read(file) or b"").translate(_BLANKED).split()):
                index.setdefault(word, []).append(file)
        return index


class _Changed(WordSearch):
    """A search that asks another one about all files but one."""

    def __init__(self, others: WordSearch, file: str, text: bytes) -> None:
        super().__init__(lambda: others.files, lambda _: None)
        self._others = others
        self._file = file
        self._text = text

    def index(self) -> None:
        self._others.index()

    def _search(self, word: bytes) -> list[str]:
        found = set(self._others.files_with(word)) - {self._file}
        if stands_in(word, self._text):
            found.add(self._file)
        return sorted(found)


def stands_in(word: bytes, text: bytes) -> bool:
    """Whether ``word`` occurs in ``text`` other than as a part of a longer identifier."""
    opens, closes = word[:1] in _IDENTIFIER_BYTES, word[-1:] in _IDENTIFIER_BYTES
    # A pattern with the same meaning takes ten times as long.
    start = text.find(word)
    while start >= 0:
        before = text[start - 1 : start] if opens and start else b"."
        after = text[start + len(word) : start + len(word) + 1] if closes else b"."
        if before not in _IDENTIFIER_BYTES and (not after or after not in _IDENTIFIER_BYTES):
            return True
        start = text.find(word, start + 1)
    return False
