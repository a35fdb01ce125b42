"""Why something blocks, and how seldom, and which of two reasons says more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.contention import is_lock
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.summary import Guard, GuardName, Site


@dataclass(frozen=True, slots=True)
class Witness:
    """Why a function or a site blocks.

    The chain is followed, not stored: ``next`` is the function that the site runs, whose own
    witness goes on; None where the site itself blocks. ``seldom`` is the strongest guard on the
    way, one of ``Guard``: every call blocks, or only some, or one.

    ``level`` and ``distance`` order the reasons: how seldom, a value of ``LEVELS``, and over how
    many hops. Of a site that may run several things they are those of the one that is known to
    block last, though the chain is the shortest: in which round something is known must not
    depend on what was asked before.
    """

    api: BlockingApi
    function: ProjectFunction
    site: Site
    next: ProjectFunction | None
    level: int
    distance: int
    seldom: GuardName = Guard.NONE


class Perhaps(NamedTuple):
    """``witness`` is why a site may block: ``blocking`` of ``known`` implementations do."""

    witness: Witness
    blocking: int
    known: int


LEVELS: Final = {Guard.NONE: 0, Guard.ERROR: 1, Guard.CACHE_MISS: 1, Guard.ONCE: 2}
"""How seldom; sites behind any other guard do not run on a loop at all."""


def level_of(api: BlockingApi, seldom: GuardName) -> int:
    """How seldom an API blocks behind a guard; that somebody holds a lock just then is rare."""
    return max(LEVELS.values()) if is_lock(api) else LEVELS[seldom]


def preferred(found: Sequence[Witness]) -> Witness | None:
    """The least seldom of some witnesses, of those the nearest, and of those the first.

    What may wait without limit goes before what may not; but a pause beside other work is mostly
    one between attempts, and says no more than the work.
    """
    best = min(found, key=preference, default=None)
    if best is None or best.api.cost == "unbounded":
        return best
    return next(
        (
            witness
            for witness in found
            if witness.api.cost == "unbounded"
            and witness.api.what != "sleep"
            and preference(witness) == preference(best)
        ),
        best,
    )


def preference(witness: Witness) -> tuple[int, int]:
    """The lower, the sooner it is told."""
    return (witness.level, witness.distance)
