"""What of an earlier run still stands when some files have changed.

Every answer of that run was noted with what it rests on. From a file that has another text now the
notes are followed backward; what they do not lead to is as it was. Where only the form of a file
has changed, as by a comment, only those are looked at again who tell where something stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flake8_async_block.cache.recordings import changed_inputs
from flake8_async_block.cache.state import FileAnswer, State
from flake8_async_block.cache.store import text_key
from flake8_async_block.engine.reading import Reader
from flake8_async_block.engine.words import stands_in
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.summary import ModuleSummary

_WHOLE_PROJECT: Final = ""
"""Who asks what concerns every file, such as which ones register anything at all."""
_MOST_EDITED: Final = 64
"""With more files edited the whole is soon looked at."""


def findings_owner(path: str) -> str:
    """As whom the findings of a file ask; nobody asks for them in turn."""
    return f"findings in {path}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a state still holds.

    Args:
        state: what the earlier run found out.
        inputs: the signatures that are as they were.
        words: word → the files that hold it now.
        edited: the files with another text.
        stale: the files that have to be checked again.
    """

    state: State
    inputs: dict[str, str]
    words: dict[bytes, tuple[str, ...]]
    edited: frozenset[str]
    stale: frozenset[str]

    def answers(self, files: Iterable[str]) -> dict[str, FileAnswer]:
        """What still holds of what was found out about some files."""
        known = self.state.answers
        return {file: known[file] for file in files if file in known and file not in self.stale}


def what_stands(state: State, reader: Reader) -> Standing | None:
    """What of ``state`` holds for the files as they are now; None if nothing can be told."""
    edited: dict[str, bytes] = {}
    changed = changed_inputs(state.inputs)
    for path in changed:
        # Another directory or another setting may change what any name means.
        text = reader.text(path) if path in state.texts else None
        if text is None:
            return None
        if text_key(text) != state.texts[path]:
            edited[path] = text
    if len(edited) > _MOST_EDITED:
        return None
    askers = _askers(state.owners)
    words = {word: _holding_now(word, files, edited) for word, files in state.words.items()}
    moved = {word for word, files in words.items() if list(files) != state.words[word]}
    begin = {who for who, asked in state.asked.items() if not moved.isdisjoint(asked)}
    reformed = {path for path in edited if _means_the_same(state, reader, path)}
    reached = _reached(askers, begin | (edited.keys() - reformed))
    if _WHOLE_PROJECT in reached:
        return None
    telling = _reached(askers, reformed)
    stale = {
        path
        for path, answer in state.answers.items()
        if path in edited
        or (owner := findings_owner(path)) in reached
        or (answer.found and owner in telling)
    }
    inputs = {path: known for path, known in state.inputs.items() if path not in changed}
    return Standing(state, inputs, words, frozenset(edited), frozenset(stale))


def _askers(owners: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Whose answers were used → by whom."""
    found: dict[str, list[str]] = {}
    for who, whose in owners.items():
        for owner in whose:
            found.setdefault(owner, []).append(who)
    return found


def _reached(askers: Mapping[str, list[str]], start: Iterable[str]) -> set[str]:
    reached = set(start)
    pending = list(reached)
    while pending:
        for who in askers.get(pending.pop(), ()):
            if who not in reached:
                reached.add(who)
                pending.append(who)
    return reached


def _holding_now(word: bytes, files: Sequence[str], edited: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files that hold a word, sorted, of which some have another text."""
    left = [path for path in files if path not in edited]
    gained = [path for path, text in edited.items() if stands_in(word, text)]
    return tuple(sorted([*left, *gained])) if gained else tuple(left)


def _means_the_same(state: State, reader: Reader, path: str) -> bool:
    """Whether a file has the facts that it had, in the same order, if at other places."""
    store = reader.store
    before = None if store is None else store.get_by_key(state.texts[path])
    now = reader.summary(path) if before is not None else None
    if before is None or now is None:
        return False
    if before.nodes != now.nodes or before.functions.keys() != now.functions.keys():
        return False
    return _in_order(before) == _in_order(now)


def _in_order(summary: ModuleSummary) -> object:
    """A summary with positions that count what stands before, instead of lines and columns."""
    spans: list[Span] = []
    _collect(summary.functions, spans)
    _collect(summary.classes, spans)
    places = sorted({place for span in spans for place in (span[:2], span[2:])})
    order: dict[tuple[int, ...], int] = {place: number for number, place in enumerate(places)}
    return (
        summary.names,
        summary.stars,
        summary.stores,
        _counted(summary.functions, order),
        _counted(summary.classes, order),
    )


def _collect(value: object, spans: list[Span]) -> None:
    if isinstance(value, Span):
        spans.append(value)
    else:
        for part in _parts(value):
            _collect(part, spans)


def _counted(value: object, order: Mapping[tuple[int, ...], int]) -> object:
    if isinstance(value, Span):
        return (order[value[:2]], order[value[2:]])
    parts = _parts(value)
    return [_counted(part, order) for part in parts] if parts else value


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, tuple):
        return list(value)
    names = getattr(type(value), "__dataclass_fields__", ())
    return [getattr(value, name) for name in names]
