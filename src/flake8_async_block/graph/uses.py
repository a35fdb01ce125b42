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
        resting: those whose answers the current one rests on.
        owners: owner → those whose answers its own rest on.
        words: owner → the words whose places in the project its answers rest on.
    """

    __slots__ = ("current", "owners", "resting", "words")

    def __init__(self) -> None:
        self.current = ""
        self.owners: defaultdict[str, set[str]] = defaultdict(set)
        self.resting: set[str] = self.owners[""]
        self.words: defaultdict[str, set[bytes]] = defaultdict(set)

    def note(self, owner: str) -> None:
        """The current answer rests on what ``owner`` says."""
        if owner != self.current:
            self.resting.add(owner)

    def note_word(self, word: bytes) -> None:
        """The current answer rests on which files hold ``word``."""
        self.words[self.current].add(word)

    def take(self) -> tuple[dict[str, set[str]], dict[str, set[bytes]]]:
        """The notes on owners and on words since this was last called."""
        owners = {who: whose for who, whose in self.owners.items() if whose}
        taken = owners, dict(self.words)
        self.owners, self.words = defaultdict(set), defaultdict(set)
        self.resting = self.owners[self.current]
        return taken

    def on_behalf_of(self, owner: str, work: Callable[[], _T]) -> _T:
        """Work out an answer that is the owner's, whoever asked for it."""
        outer, resting = self.current, self.resting
        self.current, self.resting = owner, self.owners[owner]
        try:
            return work()
        finally:
            self.current, self.resting = outer, resting
