"""What a blocking API is to the rest of async-block, whichever kind of entry it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from flake8_async_block.catalogue.schema import Condition, Cost, Holds, What

WHAT_NUMBERS: Final[dict[str, int]] = {
    what: number for number, what in enumerate(get_args(What), start=1)
}
"""What blocks → the last two digits of the code."""


@dataclass(frozen=True, slots=True)
class BlockingApi:
    """One thing that blocks: a function, a method, a constructor, or an implicit call.

    Args:
        name: the preferred dotted name, such as ``requests.Session.get``.
        kind: ``call``, ``construct``, ``read`` (a property), ``iterate``, ``enter`` or ``exit``;
            ``callback`` where it is handed to the loop, which then calls it.
        what: such as ``http``; see :data:`WHAT_NUMBERS`.
        instead: the asynchronous replacement as people write it, or empty.
        exact: the replacement takes the same arguments and gives the same when awaited.
        thread: ``safe``, ``sequential``, ``affine`` or ``never``: see the schema.
        holds_gil: a thread would not help.
        holds: what an instance holds, such as ``lock``: see the schema.
        remembers: only the first call with the same arguments blocks.
        unblocked_by: methods of the same object, each with conditions, after which it does not
            block.
    """

    name: str
    kind: str
    what: str
    cost: Cost
    instead: str = ""
    instead_import: str = ""
    exact: bool = False
    thread: str = "safe"
    holds_gil: bool = False
    holds: Holds = ""
    remembers: bool = False
    unless: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    unblocked_by: tuple[tuple[str, tuple[Condition, ...]], ...] = ()
    note: str = ""
    evidence: str = ""
