"""``async-block explain PATH:LINE``: what is believed of a line, for those who meet it first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from flake8_async_block.model.diagnostic import Applicability, Diagnostic, FixPlan, Handler
from flake8_async_block.reporters.lines import Line, Piece, listed, printable
from flake8_async_block.rules.explanations import (
    Explanation,
    Found,
    LineExplanation,
    Meaning,
    Surroundings,
)
from flake8_async_block.rules.stories import Step, Story
from flake8_async_block.sources import display_path

_MOST_HANDLERS: Final = 5
_ONCE: Final = "a note, no finding: it happens only once in the life of the process"


def explained_lines(
    path: Path, line: int, explanation: LineExplanation, *, root: Path, cwd: Path
) -> list[Line]:
    """What is believed of a line, as lines of text.

    Args:
        path: the file, as the user named it.
        line: counts from 1.
        root: what the paths in the explanation are relative to.
        cwd: what the printed ones are relative to.
    """
    return list(_Writer(path, root, cwd).lines(line, explanation))


class _Writer:
    def __init__(self, path: Path, root: Path, cwd: Path) -> None:
        self._path = path
        self._root = root
        self._cwd = cwd

    def lines(self, line: int, explanation: LineExplanation) -> Iterator[Line]:
        if not explanation.explanations:
            yield from self._nothing_here(line, explanation.surroundings)
        for number, each in enumerate(explanation.explanations):
            if number:
                yield []
            yield from self._of_one(each)

    def _of_one(self, explanation: Explanation) -> Iterator[Line]:
        line, col = explanation.span[:2]
        place = f", in `{explanation.function}`" if explanation.function else ""
        yield [
            Piece(f"{self._path}:{line}:{col + 1} ", "bold"),
            Piece(f"`{printable(explanation.text)}`{place}"),
        ]
        if explanation.found is not None and explanation.story is not None:
            yield from self._of_finding(explanation.found, explanation.story)
            return
        yield [Piece(f"    path: {printable(explanation.path)}")]
        for value in explanation.values:
            yield [Piece(f"    is: {self._meaning(value)}")]
        yield [Piece("    no finding: ", "green"), Piece(printable(explanation.verdict))]

    def _meaning(self, value: Meaning) -> str:
        place = f" ({self._shown(value.path)}:{value.line})" if value.path else ""
        return printable(value.text) + place

    def _of_finding(self, found: Found, story: Story) -> Iterator[Line]:
        diagnostic = found.diagnostic
        yield [
            Piece(f"    {diagnostic.code} {diagnostic.name}: ", "bold red"),
            Piece(printable(diagnostic.message)),
        ]
        if found.kept_back:
            yield [Piece(f"    {found.kept_back}", "yellow")]
        if diagnostic.once:
            yield [Piece(f"    {_ONCE}", "yellow")]
        yield _heading("Where it runs")
        yield from self._arrival(story)
        yield _heading("What happens there")
        for step in story.steps:
            yield from self._step(step)
        if story.api_note:
            yield _text(story.api_note)
        if story.evidence:
            is_link = story.evidence.startswith("http")
            yield _text(f"{'documented at' if is_link else 'seen in'} {story.evidence}")
        yield _heading("What can be done")
        yield from self._cure(diagnostic)
        yield [Piece(f"    More: `async-block explain {diagnostic.code}`", "dim")]

    def _arrival(self, story: Story) -> Iterator[Line]:
        if story.handlers:
            yield _text(self._entry(story.handlers[0]))
        else:
            yield _text("no framework's entry point is known to reach it")
        for step in story.arrival:
            yield from self._step(step)
        yield _text(story.place)
        if len(story.handlers) > 1:
            yield _text(f"also reached from {_named(story.handlers[1:])}")

    def _entry(self, handler: Handler) -> str:
        where = f" ({self._shown(handler.path)}:{handler.line})" if handler.path else ""
        what = f"{handler.method} {handler.route}".strip()
        return f"{handler.framework} runs `{handler.function}`{where}{what and f': {what}'}"

    def _step(self, step: Step) -> Iterator[Line]:
        yield [
            Piece(f"      {self._shown(step.path)}:{step.line}", "cyan"),
            Piece(f" in {step.function}: {printable(step.source)}"),
        ]
        if step.why:
            yield [Piece(f"        {printable(step.why)}")]

    def _cure(self, diagnostic: Diagnostic) -> Iterator[Line]:
        if diagnostic.remedy:
            yield _text(diagnostic.remedy)
        plans = [plan for plan in (diagnostic.fix, *diagnostic.alternatives) if plan is not None]
        offered = [plan for plan in plans if plan.applicability is not Applicability.DISPLAY]
        if not offered:
            reason = f": {diagnostic.why_not}" if diagnostic.why_not else ""
            yield _text(f"there is no automatic fix{reason}")
        for number, plan in enumerate(offered):
            yield from self._plan(plan, diagnostic.span.line, is_first=not number)
        yield _text(f"if it is meant to be so: `# noqa: {diagnostic.code} - the reason`")

    def _plan(self, plan: FixPlan, line: int, *, is_first: bool) -> Iterator[Line]:
        is_unsafe = plan.applicability is Applicability.UNSAFE
        kind = "unsafe fix" if is_unsafe else "safe fix"
        command = f"async-block fix --line {self._path}:{line}"
        command += "" if is_first else f" --strategy {plan.strategy}"
        command += " --unsafe-fixes" if is_unsafe else ""
        yield _text(f"{kind}: {plan.title}")
        yield [Piece(f"        {command}", "cyan")]

    def _nothing_here(self, line: int, around: Surroundings) -> Iterator[Line]:
        part = f", which is part of `{around.function}`" if around.function else ""
        yield [Piece(f"{self._path}:{line}: there is no call on this line{part}")]
        yield [Piece(f"    {printable(around.place)}")]
        if around.handlers:
            yield [Piece(f"    it is reached from {_named(around.handlers)}")]
        for found in around.found:
            diagnostic = found.diagnostic
            place = f"    {self._path}:{diagnostic.span.line}:{diagnostic.span.col + 1} "
            kept_back = f" ({found.kept_back})" if found.kept_back else ""
            yield [
                Piece(place, "cyan"),
                Piece(f"{diagnostic.code} {printable(diagnostic.message)}{kept_back}"),
            ]

    def _shown(self, path: str) -> str:
        return printable(display_path(self._root / path, self._cwd))


def _heading(text: str) -> Line:
    return [Piece(f"    {text}", "bold")]


def _text(text: str) -> Line:
    return [Piece(f"      {printable(text)}")]


def _named(handlers: Sequence[Handler]) -> str:
    return listed([printable(str(handler)) for handler in handlers], _MOST_HANDLERS)
