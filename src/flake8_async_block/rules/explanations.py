"""How a finding comes about, or why it is none: what the analyser believes, for one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from flake8_async_block.graph.contexts import Contexts
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.shown import describe
from flake8_async_block.graph.values import Instance, ProjectClass, ProjectFunction, Unknown, Value
from flake8_async_block.model.diagnostic import Diagnostic, Handler, Span
from flake8_async_block.model.path import render_path
from flake8_async_block.model.summary import (
    MODULE_BODY,
    FunctionFacts,
    ModuleSummary,
    Site,
    SiteKind,
)
from flake8_async_block.rules.scene import Texts
from flake8_async_block.rules.silence import IMPORTED, Silence
from flake8_async_block.rules.stories import Story, Storyteller


class Meaning(NamedTuple):
    """What a path can be, in the notation of access paths.

    ``path``, relative to the project's root, and ``line`` say where the project defines it; the
    path is empty where it does not.
    """

    text: str
    path: str = ""
    line: int = 0


class Found(NamedTuple):
    """A finding, and what keeps it from being reported, or an empty text."""

    diagnostic: Diagnostic
    kept_back: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is believed of one call, or of another place where code outside the text may run.

    Args:
        span: where it stands.
        text: its source, on one line and not too long.
        function: the function that it stands in, or empty for the module's own body.
        path: the access path of what is called, entered, iterated over or read.
        values: what that path can be.
        found: the finding, or None where there is none.
        story: how the finding comes about, or None.
        verdict: why it is no finding; empty for a finding.
    """

    span: Span
    text: str
    function: str
    path: str = ""
    values: tuple[Meaning, ...] = ()
    found: Found | None = None
    story: Story | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The function that a line belongs to.

    Args:
        function: its qualified name, or empty for the module's own body.
        line: where it begins.
        place: where it runs, and how that is known.
        handlers: the entry points that reach it, the nearest first.
        found: the findings in it, in the order of the text.
    """

    function: str
    line: int
    place: str
    handlers: tuple[Handler, ...]
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """What is believed of a line: of its calls, and of the function around them."""

    explanations: tuple[Explanation, ...]
    surroundings: Surroundings


def explain_line(
    resolver: Resolver,
    propagation: Propagation,
    contexts: Contexts,
    texts: Texts,
    module: str,
    line: int,
    findings: Sequence[Found],
) -> LineExplanation:
    """What is believed of the calls that begin on a line: findings first, then the silent ones.

    Of each, what is left comes first, and inner calls come before outer ones.

    Where none begins there, those of the innermost statement around the line are taken. Other
    places than calls are told of only where they are findings.

    Args:
        module: the absolute path of a readable file.
        line: counts from 1.
        findings: the findings of the file.
    """
    summary = resolver.summary(module)
    by_span: dict[Span, list[Found]] = {}
    for found in findings:
        by_span.setdefault(found.diagnostic.span, []).append(found)
    explainer = _Explainer(resolver, propagation, contexts, texts, module)
    around = [
        (facts, site)
        for facts in summary.functions.values()
        for site in facts.sites
        if site.span.line <= line <= site.span.end_line
    ]
    calls = {site.span for _, site in around if site.kind == SiteKind.CALL}
    sites = [
        (facts, site)
        for facts, site in around
        if site.kind == SiteKind.CALL or (site.span in by_span and site.span not in calls)
    ]
    on_line = [found for found in sites if found[1].span.line == line]
    others = [found for found in findings if found.diagnostic.span.line == line]
    if not on_line and not others and sites:
        shortest = min(site.span.end_line - site.span.line for _, site in sites)
        on_line = [
            found for found in sites if found[1].span.end_line - found[1].span.line == shortest
        ]
    on_line.sort(key=lambda found: (found[1].span.end_line, found[1].span.end_col))
    told = {site.span for _, site in on_line}
    explanations = [
        each
        for facts, site in on_line
        for each in explainer.explain(facts, site, by_span.get(site.span, ()))
    ]
    # Loops, and what is said of a whole function.
    explanations += [
        explainer.of_statement(found) for found in others if found.diagnostic.span not in told
    ]
    explanations.sort(key=lambda each: each.found is None)
    return LineExplanation(tuple(explanations), explainer.surroundings(line, findings))


class _Explainer:
    def __init__(
        self,
        resolver: Resolver,
        propagation: Propagation,
        contexts: Contexts,
        texts: Texts,
        module: str,
    ) -> None:
        self._resolver = resolver
        self._contexts = contexts
        self._texts = texts
        self._module = module
        self._silence = Silence(resolver, propagation, contexts, module)
        self._storyteller = Storyteller(resolver, propagation, contexts, texts)

    def explain(
        self, facts: FunctionFacts, site: Site, findings: Sequence[Found]
    ) -> list[Explanation]:
        summary = self._resolver.summary(self._module)
        subject = _subject(summary, site)
        values = self._resolver.evaluate(self._module, subject)
        bare_explanation = Explanation(
            span=site.span,
            text=self._texts.excerpt(self._module, site.span),
            function="" if facts.qualname == MODULE_BODY else facts.qualname,
            path=render_path(summary.nodes, subject),
            values=tuple(dict.fromkeys(self._shown(value) for value in values)),
        )
        if not findings:
            verdict = self._silence.why(facts, site, values)
            return [replace(bare_explanation, verdict=verdict)]
        function = ProjectFunction(self._module, facts.qualname)
        return [
            replace(
                bare_explanation,
                found=found,
                story=self._storyteller.tell(found.diagnostic, function),
            )
            for found in findings
        ]

    def of_statement(self, found: Found) -> Explanation:
        """A finding that is not about a call."""
        span = found.diagnostic.span
        facts = self._facts_around(span.line)
        function = ProjectFunction(self._module, facts.qualname)
        return Explanation(
            span=span,
            text=self._texts.excerpt(self._module, span),
            function="" if facts.qualname == MODULE_BODY else facts.qualname,
            found=found,
            story=self._storyteller.tell(found.diagnostic, function),
        )

    def surroundings(self, line: int, findings: Iterable[Found]) -> Surroundings:
        """The innermost function around a line."""
        facts = self._facts_around(line)
        function = ProjectFunction(self._module, facts.qualname)
        is_body = facts.qualname == MODULE_BODY
        return Surroundings(
            function="" if is_body else facts.qualname,
            line=facts.span.line,
            place=IMPORTED if is_body else self._storyteller.place(function),
            handlers=()
            if is_body
            else tuple(reach.handler for reach in self._contexts.reaching(function)),
            found=tuple(
                found
                for found in findings
                if self._facts_around(found.diagnostic.span.line) == facts
            ),
        )

    def _facts_around(self, line: int) -> FunctionFacts:
        functions = self._resolver.summary(self._module).functions
        around = [
            facts
            for facts in functions.values()
            if facts.qualname != MODULE_BODY and facts.span.line <= line <= facts.span.end_line
        ]
        if not around:
            return functions[MODULE_BODY]
        return min(around, key=lambda facts: facts.span.end_line - facts.span.line)

    def _shown(self, value: Value) -> Meaning:
        if isinstance(value, (ProjectFunction, ProjectClass, Instance)):
            where = value.of if isinstance(value, Instance) else value
            summary = self._resolver.summary(where.path)
            facts = (
                summary.functions[where.qualname]
                if isinstance(where, ProjectFunction)
                else summary.classes[where.qualname]
            )
            return Meaning(describe(value), self._texts.shown_path(where.path), facts.span.line)
        if isinstance(value, Unknown):
            return Meaning(f"unknown: {value.reason}")
        return Meaning(describe(value))


def _subject(summary: ModuleSummary, site: Site) -> int:
    """The path of what is called, entered, iterated over or read."""
    if site.kind in (SiteKind.ENTER, SiteKind.ITERATE):
        return site.path
    operands = summary.nodes[site.path].operands
    return operands[0] if operands else site.path
