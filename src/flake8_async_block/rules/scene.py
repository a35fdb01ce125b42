"""Where a finding stands: what all rules need to make a diagnostic of what the graph says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from flake8_async_block.graph.contexts import Context, Contexts
from flake8_async_block.graph.effects import Effects
from flake8_async_block.graph.propagate import Propagation
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.model.diagnostic import Diagnostic, FixPlan, Handler, Hop, Span
from flake8_async_block.model.rule import Rule
from flake8_async_block.model.summary import MODULE_BODY, FunctionFacts
from flake8_async_block.rules.backends import runs_on_twisted


class Texts(Protocol):
    """What findings need from the source files."""

    def shown_path(self, module: str) -> str:
        """The file relative to the project's root, with ``/``."""

    def excerpt(self, module: str, span: Span) -> str:
        """The source text of a span, on one line and not too long."""

    def callee(self, module: str, span: Span) -> str:
        """The source text of what is called in a span that holds a call."""

    def line(self, path: str, number: int) -> str:
        """A line of the file at a path relative to the project's root, without indentation."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One module under check.

    Args:
        module: the absolute path of the file.
        choose_backend: gives the thread backend that fixes shall use.
    """

    resolver: Resolver
    propagation: Propagation
    contexts: Contexts
    effects: Effects
    texts: Texts
    module: str
    choose_backend: Callable[[], str]

    @property
    def backend(self) -> str:
        """The thread backend that fixes shall use."""
        return self.choose_backend()

    @property
    def on_twisted(self) -> bool:
        """Whether the module's coroutines run where nothing that the fixers know can be awaited."""
        summary = self.resolver.summary(self.module)
        return runs_on_twisted(summary, self.resolver.project.holding)

    def excerpt(self, span: Span) -> str:
        return self.texts.excerpt(self.module, span)

    def callee(self, span: Span) -> str:
        return self.texts.callee(self.module, span)

    def hop(self, function: ProjectFunction, span: Span, text: str = "") -> Hop:
        """A step of a chain; ``text`` stands for the source of ``span``."""
        return Hop(
            path=self.texts.shown_path(function.path),
            line=span.line,
            function=function.qualname,
            text=text or self.texts.excerpt(function.path, span),
        )

    def handlers(self, facts: FunctionFacts) -> tuple[Handler, ...]:
        """All entry points that reach a function, the nearest first."""
        reaches = self.contexts.reaching(ProjectFunction(self.module, facts.qualname))
        handlers = dict.fromkeys(reach.handler for reach in reaches)
        return tuple(
            replace(handler, path=self.texts.shown_path(handler.path)) for handler in handlers
        )

    def place(self, facts: FunctionFacts) -> str:
        """The function, and the entry points that reach it, for a message."""
        named = self._named(facts)
        if facts.qualname == MODULE_BODY:
            return "the module's own code"
        if facts.is_async:
            return f"`async def {bare(facts.qualname)}`{named}"
        where = self.contexts.context_of(ProjectFunction(self.module, facts.qualname))
        known = "" if where.context is Context.CALLED else f": {where.reason}"
        return f"`{_plain_name(facts.qualname)}`{named}{known}"

    def _named(self, facts: FunctionFacts) -> str:
        """The entry points that reach a function, in brackets."""
        handlers = self.handlers(facts)
        if not handlers:
            return ""
        nearest = handlers[0]
        if nearest.function != facts.qualname:
            more = len(handlers) - 1
            others = f" and {more} more handler{'s' if more > 1 else ''}" if more else ""
            return f" (reached from {nearest}{others})"
        named = f"{nearest.method} {nearest.route}".strip() if nearest.route else nearest.method
        return f" ({named})" if named else ""

    def report(
        self,
        rule: Rule,
        facts: FunctionFacts,
        span: Span,
        message: str,
        *,
        trace: tuple[Hop, ...] = (),
        fix: FixPlan | None = None,
        why_not: str | None = None,
        remedy: str = "",
    ) -> Diagnostic:
        """A finding at ``span`` in the function that ``facts`` are about."""
        own = self.hop(ProjectFunction(self.module, facts.qualname), span)
        handlers = self.handlers(facts)
        return Diagnostic(
            code=rule.code,
            name=rule.name,
            path=self.texts.shown_path(self.module),
            span=span,
            message=f"{message}, in {self.place(facts)}",
            trace=trace or (own,),
            handler=next(iter(handlers), None),
            handlers=handlers,
            fix=fix,
            why_not=why_not,
            remedy=remedy,
        )


def _plain_name(qualname: str) -> str:
    name = bare(qualname)
    return "lambda" if "<lambda" in name.rpartition(".")[2] else f"def {name}"


def bare(qualname: str) -> str:
    """A qualified name without the numbers that tell definitions of the same name apart."""
    return ".".join(part.partition("#")[0] for part in qualname.split("."))


def contains(outer: Span, inner: Span) -> bool:
    """Whether ``inner`` lies within ``outer``."""
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]
