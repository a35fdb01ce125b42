"""Random async functions with blocking calls in every position, and a recorder to run them with.

``block(...)`` stands for the blocking call; it and every operation on a :class:`Probe` write down
that they happened, so two runs can be compared effect by effect.
"""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Expression = tuple[str, bool]
"""Source, and whether it is a primary: it can be called, subscripted or prefixed as it stands."""


def judge(call: ast.Call) -> str | None:
    return "block" if ast.unparse(call.func).rpartition(".")[2] == "block" else None


def operand(expression: Expression) -> str:
    text, primary = expression
    return text if primary else f"({text})"


SEPARATORS = st.sampled_from([", ", ",", " , ", ",\n        ", ",  # note\n    "])
NEWLINE_IN_FSTRING = sys.version_info >= (3, 12)


@st.composite
def arguments(draw: st.DrawFn, values: st.SearchStrategy[Expression]) -> str:
    positional = [text for text, _ in draw(st.lists(values, max_size=2))]
    if draw(st.booleans()):
        # A display, for when Python iterates over anything else depends on the other arguments.
        positional.append(f"*[{draw(values)[0]}]")
    named = [f"{name}={draw(values)[0]}" for name in draw(st.sets(st.sampled_from(("k", "func"))))]
    if draw(st.integers(0, 3)) == 3:
        named.append("**options")
    items = [*positional, *named]
    if not items:
        return draw(st.sampled_from(["", " ", "\n", "  # nothing\n    "]))
    text = draw(SEPARATORS).join(items)
    return text + draw(st.sampled_from(["", ",", " ", " ,\n    ", "  # last\n    "]))


@st.composite
def block_calls(draw: st.DrawFn, values: st.SearchStrategy[Expression]) -> Expression:
    choice = draw(st.integers(0, 6))
    if choice == 0:
        return (f"block(x for x in {operand(draw(values))})", True)
    callee = "block"
    if choice == 1:
        callee = f"{operand(draw(values))}.block"
    elif choice == 2:
        callee = draw(st.sampled_from(["(block)", "tools.block", "tools .block", "block "]))
    return (f"{callee}({draw(arguments(values))})", True)


@st.composite
def compounds(draw: st.DrawFn, values: st.SearchStrategy[Expression]) -> Expression:
    a, b, c = (draw(values) for _ in range(3))
    one, two, three = map(operand, (a, b, c))
    options: list[Expression] = [
        (f"note({a[0]})", True),
        (f"{one}.part", True),
        (f"{one}[{b[0]}]", True),
        (f"{one}[{b[0]}:{c[0]}]", True),
        (f"{one}({b[0]})", True),
        (f"({a[0]})", True),
        (f"-{one}", False),
        (f"not {one}", False),
        (f"{one} ** {two}", False),
        (f"{one} + {two} - {three}", False),
        (f"{one} < {two} < {three}", False),
        (f"{one} in {two}", False),
        (f"{one} and {two} or {three}", False),
        (f"{one} if {two} else {three}", False),
        (f"[{a[0]}, *{two}]", True),
        (f"({a[0]}, {b[0]})", True),
        (f"{{1: {a[0]}, **{two}}}", True),
        (f"[{a[0]} for x in {two}]", True),
        (f"[x for x in {one} if {b[0]}]", True),
        (f"[y for x in {one} for y in {two}]", True),
        (f"{{note(x): {a[0]} for x in {two}}}", True),
        (f"list({a[0]} for x in {two})", True),
        (f"list(x for x in {one})", True),
        (f"(walrus := {a[0]})", True),
        (f"(lambda: {a[0]})()", True),
        (f"(lambda x={a[0]}: x)()", True),
        (f"await later({a[0]})", False),
        (f"await later(x := {a[0]}, {b[0]})", False),
        (f"note(*{one}, *[{b[0]}], **{{'k': {c[0]}}})", True),
        (f"{{'k': {a[0]}, **{{'l': {b[0]}}}}}", True),
        (f"{{{a[0]}: {b[0]}}}", True),
        (f"{one}.part[{b[0]}].block({c[0]})", True),
        (f"{one} is not {two}", False),
        (f"(yield {a[0]})", True),
        (f"[(x, y) for x in {one} for y in [{b[0]}] if {c[0]}]", True),
    ]
    texts = a[0] + b[0]
    if not set("'\"\\") & set(texts) and (NEWLINE_IN_FSTRING or "\n" not in texts):
        options.append((f'f"é{{{one}}} {{ {two} !r}}"', True))
        options.append((f'"a" f"{{{one}=}}" f"{{1:>{{len(str({b[0]}))}}}}"', True))
    return draw(st.sampled_from(options))


LEAVES: st.SearchStrategy[Expression] = st.sampled_from(
    [
        ("1", False),
        ("x", True),
        ("probe", True),
        ("probe.part", True),
        ("options", True),
        ("'text'", True),
        ("block(2)", True),
        ("block(3)", True),
        ("block(probe, k=1)", True),
    ]
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda values: block_calls(values) | compounds(values) | block_calls(values),
    max_leaves=9,
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    a, b, c = (draw(EXPRESSIONS) for _ in range(3))
    one = operand(a)
    return draw(
        st.sampled_from(
            [
                f"{a[0]}",
                f"x = {a[0]}; x = {b[0]}",
                f"x, probe.part = {a[0]}, {b[0]}",
                f"x: int = {a[0]}",
                f"x += {a[0]}",
                f"probe.part += {a[0]}",
                f"probe[{a[0]}] = {b[0]}",
                f"{one}.part = {b[0]}",
                f"del {one}[{b[0]}]",
                f"assert {a[0]}, {b[0]}",
                f"return {a[0]}",
                f"return({a[0]})",
                f"if {a[0]}: {b[0]}; {c[0]}",
                f"if {a[0]}:\n        {b[0]}\n    elif {c[0]}:\n        pass",
                f"for x in {a[0]}: {b[0]}",
                f"for x in {a[0]}, {b[0]}:\n        {c[0]}",
                f"while note(len(log) < 9) and {one}:\n        {b[0]}\n        break",
                f"with {a[0]} as x:\n        {b[0]}",
                f"with {a[0]} as x, {b[0]}: pass",
                f"async with {one}:\n        {b[0]}",
                f"try:\n        {a[0]}\n    except ValueError as error:\n        {b[0]}\n"
                f"    finally:\n        {c[0]}",
                f"match {a[0]}:\n        case 1 | 'text': {b[0]}\n        case _ if {c[0]}: pass",
                f"def inner(x={a[0]}):\n        return x\n    note(inner())",
                f"class Inner:\n        part = {a[0]}\n    note(Inner.part)",
                f"raise KeyError({a[0]}) from {one}",
                f"yield {a[0]}",
                f"x = yield {a[0]}, {b[0]}",
                f"block((yield {a[0]}), k={b[0]})",
                f"probe[{a[0]}] += {b[0]}",
                f"x = probe.part = {a[0]}",
                f"x, *probe.rest = {a[0]}, {b[0]}, {c[0]}",
                f"[x, probe[{a[0]}]] = {b[0]}, {c[0]}",
                f"x = \\\n        {a[0]}",
                f"{a[0]} ; {b[0]} ;",
                f"for x, probe.part in [({a[0]}, {b[0]})]:\n        {c[0]}\n    else: note(x)",
                f"while note(len(log) < 9):\n        if {one}: break\n    else:\n        {b[0]}",
                f"with ({a[0]} as x, {b[0]}):\n        {c[0]}",
                f"try:\n        return {a[0]}\n    finally:\n        {b[0]}",
                f"async def inner(y):\n        return {a[0]}, y\n    note(await inner({b[0]}))",
                f"async def inner(y):\n        nonlocal x\n        x = {a[0]}\n    await inner(1)",
                f"note([({a[0]}, y) async for y in several({b[0]})])",
                f"async for x in several({a[0]}):\n        {b[0]}",
                f"@marked({a[0]})\n    def inner(): pass\n    note({b[0]})",
                f"x: note({a[0]}) = {b[0]}",
                f"print(*{one}, file=note({b[0]}, {c[0]}))",
            ]
        )
    )


@st.composite
def programs(draw: st.DrawFn) -> str:
    body = draw(st.lists(statements(), min_size=1, max_size=4))
    if any("yield" in line for line in body):
        body = [
            line.replace("return", "note") if line.startswith("return") else line for line in body
        ]
        body = [
            line.replace("note ", "note, ") if line.startswith("note ") else line for line in body
        ]
    return "async def run(x, probe, options):\n    " + "\n    ".join(body) + "\n"


@dataclass
class Recorder:
    """What a program did, in order."""

    log: list[str] = field(default_factory=list)
    made: int = 0

    def write(self, event: str) -> None:
        self.log.append(event)
        if len(self.log) > 400:
            raise TimeoutError


class Probe:
    """A value that takes part in everything and writes it down."""

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.__dict__.update(_recorder=recorder, _name=name)

    def _event(self, what: str, *values: object) -> Probe:
        recorder: Recorder = self.__dict__["_recorder"]
        recorder.write(f"{self!r} {what} {', '.join(map(repr, values))}")
        recorder.made += 1
        return Probe(recorder, f"p{recorder.made}")

    def __repr__(self) -> str:
        return str(self.__dict__["_name"])

    def block(self, *values: object, **named: object) -> object:
        self._event("block", values, named)
        return blocked(self, values)

    def __getattr__(self, name: str) -> Probe:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._event(f"get {name}")

    def __setattr__(self, name: str, value: object) -> None:
        self._event(f"set {name}", value)

    def __getitem__(self, key: object) -> Probe:
        return self._event("item", key)

    def __setitem__(self, key: object, value: object) -> None:
        self._event("set item", key, value)

    def __delitem__(self, key: object) -> None:
        self._event("delete item", key)

    def __call__(self, *values: object) -> Probe:
        return self._event("call", values)

    def __iter__(self) -> Any:
        yield self._event("first")
        self._event("end")

    def keys(self) -> list[str]:
        self._event("keys")
        return ["k"]

    def __bool__(self) -> bool:
        self._event("bool")
        return True

    def __contains__(self, value: object) -> bool:
        self._event("contains", value)
        return True

    def __hash__(self) -> int:
        return hash(repr(self))

    def __enter__(self) -> Probe:
        return self._event("enter")

    def __exit__(self, *error: object) -> None:
        self._event("exit", error[0])

    async def __aenter__(self) -> Probe:
        return self._event("async enter")

    async def __aexit__(self, *error: object) -> None:
        self._event("async exit", error[0])


def _operation(name: str) -> Any:
    def operate(self: Probe, *values: object) -> Probe:
        return self._event(name, *values)

    return operate


for _name in "neg add radd sub rsub pow rpow lt gt eq iadd".split():
    setattr(Probe, f"__{_name}__", _operation(_name))


def blocked(probe: Probe, values: tuple[object, ...]) -> object:
    if values[:1] == (3,):
        raise ValueError("three")
    return probe._event("blocked")


def run_program(source: str | bytes) -> tuple[list[str], str, str]:
    """Run it to its end.

    Returns:
        What it did, what it returned or yielded, and the error that it ended with.
    """
    recorder = Recorder()
    probe = Probe(recorder, "probe")

    def block(*values: object, **named: object) -> object:
        values = tuple(list(value) if isinstance(value, Generator) else value for value in values)
        recorder.write(f"block {values} {named}")
        return blocked(probe, values)

    def note(*values: object, **named: object) -> object:
        recorder.write(f"note {values} {named}")
        return values[0] if values else None

    async def later(value: object, *others: object) -> object:
        recorder.write(f"later {value!r} {others}")
        return value

    async def several(value: object) -> AsyncIterator[object]:
        yield value
        recorder.write(f"between {value!r}")
        yield 2

    namespace: dict[str, Any] = {
        "block": block,
        "note": note,
        "later": later,
        "several": several,
        "print": note,
        "marked": lambda *values: (note(*values), lambda function: function)[1],
        "tools": probe,
        "log": recorder.log,
    }
    exec(compile(source, "program", "exec", dont_inherit=True), namespace)

    async def main() -> object:
        running = namespace["run"](1, probe, {"k": 2, "func": 3})
        if hasattr(running, "__await__"):
            return await running
        yielded: list[object] = []
        answer = None
        while True:
            try:
                answer = await running.asend(answer)
            except StopAsyncIteration:
                return yielded
            yielded.append(answer)

    result: object = None
    error = ""
    try:
        result = asyncio.run(main())
    except Exception as raised:  # noqa: BLE001
        # What Python says of a wrong call names the function that was called.
        error = repr(raised) if isinstance(raised, ValueError) else type(raised).__name__
        error += f" from {type(raised.__cause__).__name__}"
    return (recorder.log, repr(result), error)
