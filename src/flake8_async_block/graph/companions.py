"""Which calls of a coroutine may be made in a worker thread, together with one that blocks.

Where several statements move to a thread in one hop, some of their calls do not block. Of each of
them it has to be known that it touches nothing which the event loop's code may be using; what
cannot be followed stays where it is.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from flake8_async_block.graph.values import (
    External,
    ExternalInstance,
    ExternalMethod,
    Opaque,
    ProjectClass,
    ProjectFunction,
    Unknown,
    Value,
)
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import PathOp
from flake8_async_block.model.summary import FunctionFacts, Site, SiteKind

if TYPE_CHECKING:
    from flake8_async_block.graph.effects import Effects
    from flake8_async_block.graph.propagate import Propagation
    from flake8_async_block.graph.resolve import Resolver

_ONLY_READING: Final = frozenset(
    {
        "as_posix",
        "as_uri",
        "capitalize",
        "casefold",
        "center",
        "decode",
        "encode",
        "endswith",
        "expandtabs",
    }
    | {"format", "isalnum", "isalpha", "isdigit", "islower", "isnumeric", "isoformat", "isspace"}
    | {
        "is_absolute",
        "is_relative_to",
        "isupper",
        "items",
        "join",
        "joinpath",
        "keys",
        "ljust",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
    }
    | {"removesuffix", "replace", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines"}
    | {"startswith", "strftime", "strip", "swapcase", "title", "total_seconds", "upper", "values"}
    | {"relative_to", "with_name", "with_stem", "with_suffix", "zfill"}
)
"""Methods that change nothing, whatever the type."""


def companions(
    resolver: Resolver, propagation: Propagation, effects: Effects, function: ProjectFunction
) -> tuple[Span, ...]:
    """The calls of a coroutine that may move to a thread along with others, in no order.

    Calls that block are among them, as far as a thread may make them.
    """
    facts = resolver.function_facts(function)
    return tuple(
        site.span
        for site in facts.sites
        if site.kind == SiteKind.CALL
        and not site.awaited
        and _may_move(resolver, propagation, effects, function, facts, site)
    )


def _may_move(
    resolver: Resolver,
    propagation: Propagation,
    effects: Effects,
    function: ProjectFunction,
    facts: FunctionFacts,
    site: Site,
) -> bool:
    witness = propagation.of_site(function, site)
    if witness is not None:
        if witness.next is not None:
            return effects.reason_against_thread(witness.next) is None
        outside = effects.comes_from_outside(function.path, site.path)
        return witness.api.thread == "safe" or (witness.api.thread != "never" and not outside)
    nodes = resolver.summary(function.path).nodes
    callee = nodes[site.path].operands[0]
    values = resolver.evaluate(function.path, callee)
    known = [value for value in values if not isinstance(value, (Unknown, Opaque))]
    if not known or len(known) < len(values):
        node = nodes[callee]
        if node.op != PathOp.ATTRIBUTE or not (
            node.name in _ONLY_READING or effects.is_made_here(function.path, callee)
        ):
            return False
    return all(_is_harmless(effects, function.path, callee, value) for value in known)


def _is_harmless(effects: Effects, module: str, callee: int, called: Value) -> bool:
    if isinstance(called, ProjectFunction):
        return effects.reason_against_thread(called) is None and not effects.is_async(called)
    if isinstance(called, ProjectClass):
        return effects.reason_against_making(called) is None
    if effects.reason_in_call(module, callee, called) is not None:
        return False
    if isinstance(called, (External, ExternalInstance)):
        return True
    if isinstance(called, ExternalMethod):
        root = called.type_name.partition(".")[0]
        return root in sys.stdlib_module_names or not effects.comes_from_outside(module, callee)
    return False
