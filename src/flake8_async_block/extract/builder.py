"""What is collected of one function, and of one class, while its text is being read."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import NO_PATH
from flake8_async_block.model.summary import (
    Await,
    Block,
    Branch,
    ClassFacts,
    FunctionFacts,
    Loop,
    Parameter,
    Site,
    SiteKind,
    Use,
    UseName,
)

_make_span: Final = partial(tuple.__new__, Span)
"""Made of a tuple at half the cost of a call by fields; there are millions."""


def span_of(node: ast.expr | ast.stmt) -> Span:
    """Where a node stands; one that was parsed always has an end."""
    return _make_span((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))


@dataclass(slots=True)
class FunctionBuilder:
    """A function while it is being read.

    ``awaited_paths`` holds values that are awaited somewhere in the function after they were
    stored in a variable: the calls that made them cannot have been blocking ones. ``collected``
    holds what was appended to a list, by the list's name. ``guards`` counts the handlers around
    the statement being read that take one certain exception for the end of what they guard.
    ``loop_names`` are the variables that hold the running loop, or nothing where none runs.
    ``promises`` are the variables that hold something to await, ``uses`` what is done with calls
    that were stored in a variable.
    """

    qualname: str
    span: Span
    is_async: bool
    owner: str = ""
    is_generator: bool = False
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[int, ...] = ()
    returns: int = NO_PATH
    returned: list[int] = field(default_factory=list)
    yielded: list[int] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    awaits: list[Await] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    is_abstract: bool = False
    guards: int = 0
    loop_names: frozenset[str] = frozenset()
    awaited_paths: set[int] = field(default_factory=set)
    collected: dict[str, list[int]] = field(default_factory=dict)
    promises: list[tuple[str, int]] = field(default_factory=list)
    uses: dict[int, UseName] = field(default_factory=dict)

    def finish(self) -> FunctionFacts:
        sites = self.sites
        if self.awaited_paths:
            sites = [
                site._replace(awaited=True)
                if site.path in self.awaited_paths and site.use != Use.DROPPED
                else site
                for site in sites
            ]
        if self.uses:
            sites = [
                site._replace(use=self.uses[site.path])
                if site.kind == SiteKind.CALL and not site.use and site.path in self.uses
                else site
                for site in sites
            ]
        return FunctionFacts(
            qualname=self.qualname,
            span=self.span,
            is_async=self.is_async,
            is_generator=self.is_generator,
            owner=self.owner,
            parameters=self.parameters,
            decorators=self.decorators,
            returns=self.returns,
            returned=tuple(dict.fromkeys(self.returned)),
            yielded=tuple(dict.fromkeys(self.yielded)),
            sites=tuple(sites),
            loops=tuple(self.loops),
            writes=tuple(dict.fromkeys(self.writes)),
            awaits=tuple(self.awaits),
            blocks=tuple(self.blocks),
            branches=tuple(self.branches),
            is_abstract=self.is_abstract,
        )


@dataclass(slots=True)
class ClassBuilder:
    """A class while it is being read."""

    qualname: str
    span: Span
    bases: tuple[int, ...] = ()
    decorators: tuple[int, ...] = ()
    attributes: dict[str, list[int]] = field(default_factory=dict)
    annotations: dict[str, int] = field(default_factory=dict)
    methods: dict[str, list[str]] = field(default_factory=dict)
    type_parameters: tuple[str, ...] = ()

    def add_attribute(self, name: str, path: int) -> None:
        known = self.attributes.setdefault(name, [])
        if path not in known:
            known.append(path)

    def finish(self) -> ClassFacts:
        return ClassFacts(
            qualname=self.qualname,
            span=self.span,
            bases=self.bases,
            decorators=self.decorators,
            attributes={name: tuple(paths) for name, paths in self.attributes.items()},
            annotations=self.annotations,
            methods={name: tuple(keys) for name, keys in self.methods.items()},
            type_parameters=self.type_parameters,
        )
