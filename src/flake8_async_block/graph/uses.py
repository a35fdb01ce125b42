"""What each answer about a project rests on, noted while it is worked out.

An answer about one module is made of answers about others. Kept with the findings, these notes
tell which files have to be looked at again when one of them has changed: those from which a way
leads to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


class Uses:
    """Notes who asks for what; one for each project.

    An owner is a module, by its file's absolute path, or a question that several modules ask, by
    a text that is no path.

    Attributes:
        current: whose answer is being worked out; empty for a question of the whole project.
        owners: owner → those whose answers its own rest on.
        words: owner → the words whose places in the project its answers rest on.
    """

    __slots__ = ("current", "owners", "words")

    def __init__(self) -> None:
        self.current = ""
        self.owners: defaultdict[str, set[str]] = defaultdict(set)
        self.words: defaultdict[str, set[bytes]] = defaultdict(set)

    def note(self, owner: str) -> None:
        """The current answer rests on what ``owner`` says."""
        if owner != self.current:
            self.owners[self.current].add(owner)

    def note_word(self, word: bytes) -> None:
        """The current answer rests on which files hold ``word``."""
        self.words[self.current].add(word)

    def take(self) -> tuple[dict[str, set[str]], dict[str, set[bytes]]]:
        """The notes on owners and on words since this was last called."""
        taken = dict(self.owners), dict(self.words)
        self.owners, self.words = defaultdict(set), defaultdict(set)
        return taken

    def on_behalf_of(self, owner: str, work: Callable[[], _T]) -> _T:
        """Work out an answer that is the owner's, whoever asked for it."""
        outer, self.current = self.current, owner
        try:
            return work()
        finally:
            self.current = outer
