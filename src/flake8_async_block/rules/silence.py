"""Why a call is no finding.

Silence is the harder half. A call is passed over because nothing is known of its receiver, because
it is awaited, because one of several candidates does not block, because the catalogue says so:
each has another remedy, so each is told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.graph.contexts import Context, Contexts
from flake8_async_block.graph.outcomes import Blocks, Candidate, Runs, Target, why_outside_passes
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.targets import candidates_of
from flake8_async_block.graph.values import (
    NONE,
    Opaque,
    ProjectFunction,
    Unknown,
    Value,
    Values,
    is_known,
)
from flake8_async_block.graph.witnesses import Witness
from flake8_async_block.model.summary import MODULE_BODY, FunctionFacts, Guard, Site, SiteKind
from flake8_async_block.rules.kinds import KIND_BY_WHAT
from flake8_async_block.rules.scene import bare

IMPORTED: Final = "the module's own code runs when it is imported, not on the event loop"
_SUBJECTS: Final = {
    SiteKind.CALL: "receiver",
    SiteKind.ATTRIBUTE: "receiver",
    SiteKind.ENTER: "context manager",
    SiteKind.ITERATE: "iterable",
    SiteKind.ITEM: "receiver",
}


class Silence:
    """Says of the sites of one file why they are silent.

    Args:
        resolver: gives the meaning of the code.
        propagation: says what blocks.
        contexts: says where functions run.
        module: the absolute path of the file.
    """

    def __init__(
        self, resolver: Resolver, propagation: Propagation, contexts: Contexts, module: str
    ) -> None:
        self._resolver = resolver
        self._propagation = propagation
        self._contexts = contexts
        self._module = module

    def why(self, facts: FunctionFacts, site: Site, values: Values) -> str:
        """Why a site of a function is no finding.

        Args:
            values: what is called, entered, iterated over or read there.
        """
        if site.awaited:
            return _why_awaited(values)
        known = [value for value in values if is_known(value)]
        if not known:
            return _why_unknown(site, values)
        function = ProjectFunction(self._module, facts.qualname)
        witness = self._propagation.of_site(function, site)
        if witness is not None:
            return f"{self._told(witness)}; {self._why_not_here(facts)}"
        candidates = candidates_of(self._resolver, self._module, site)
        if self._propagation.is_unblocked(function, site, candidates):
            return "the object was told before that it shall not block"
        told = [
            (value, self._of_candidate(candidate))
            for value, candidate in zip(known, candidates, strict=True)
        ]
        blocking = [text for _, (blocks, text) in told if blocks]
        passing = [text for _, (blocks, text) in told if not blocks]
        if not passing:
            return f"{blocking[0]}; {_why_guarded(site)}"
        if blocking:
            return f"{blocking[0]}, but {passing[0]}: a finding needs every candidate to block"
        return "; ".join(dict.fromkeys(passing))

    def _told(self, witness: Witness) -> str:
        hops = self._propagation.hops(witness)
        kind = KIND_BY_WHAT[witness.api.what]
        through = " → ".join([*[hop.function.qualname for hop in hops[1:]], witness.api.name])
        return f"it {kind.does}" + (f" through {through}" if len(hops) > 1 else "")

    def _why_not_here(self, facts: FunctionFacts) -> str:
        if facts.qualname == MODULE_BODY:
            return f"but {IMPORTED}"
        where = self._contexts.context_of(ProjectFunction(self._module, facts.qualname))
        if where.context is Context.THREAD:
            return f"but not on the event loop: {where.reason}"
        if where.context is Context.LOOP:
            return "but it is reported with the expression it is part of, or asked for before"
        return (
            f"`{facts.qualname}` is not known to run on the event loop itself: calls that reach it"
            " there are reported where they stand"
        )

    def _of_candidate(self, candidate: Candidate) -> tuple[bool, str]:
        """Whether one candidate blocks, and what it does."""
        told = [self._of_target(target) for target in candidate]
        return next((each for each in told if each[0]), told[0])

    def _of_target(self, target: Target) -> tuple[bool, str]:
        if isinstance(target, Blocks):
            return self._of_api(target.api)
        if isinstance(target, Runs):
            witness = self._propagation.of_function(target.function)
            name = target.function.qualname
            if witness is None:
                return False, f"`{name}` runs here, and nothing in it is known to block"
            return True, f"`{name}` runs here and {self._told(witness).removeprefix('it ')}"
        why = why_outside_passes(self._resolver, target.name) if target.outside else target.why
        return False, f"`{target.name}` {why or 'is not known to block'}"

    def _of_api(self, api: BlockingApi) -> tuple[bool, str]:
        if self._propagation.counts(api):
            return True, f"`{api.name}` {KIND_BY_WHAT[api.what].does}"
        return False, f"the cost of `{api.name}`, `{api.cost}`, is below the configured line"


def _why_awaited(values: Values) -> str:
    own = [value.qualname for value in values if isinstance(value, ProjectFunction)]
    if own:
        return f"awaited: what blocks in `{bare(own[0])}` is reported there, line by line"
    return "awaited: what is awaited does not block"


def _why_unknown(site: Site, values: Sequence[Value]) -> str:
    reasons = [value.reason for value in values if isinstance(value, Unknown)]
    opaque = [value.name for value in values if isinstance(value, Opaque)]
    reasons += [f"nothing is known of what `{name}` is" for name in opaque]
    if not reasons:
        reasons = ["it is None"] if NONE in values else ["it has no value"]
    return f"{_SUBJECTS[site.kind]} unknown: {'; '.join(dict.fromkeys(reasons))}"


def _why_guarded(site: Site) -> str:
    if site.guard == Guard.NO_LOOP:
        return "but a test around it holds only where no event loop runs"
    return "but it is reported with the expression it is part of"
