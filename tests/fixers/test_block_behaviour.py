"""Programs that were rewritten by ``block`` do what they did before: same effects, same outcome.

The programs are made of random statements about three variables. Wherever a blocking call stands,
the fixer moves what it thinks can move; the rest it has to refuse.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fixers.checkers import blocking_blocks
from tests.fixers.harness import fix_with

NAMES = st.sampled_from(["x", "y", "z"])
Lines = list[str]


@st.composite
def expressions(draw: st.DrawFn) -> str:
    name, number = draw(NAMES), draw(st.integers(0, 3))
    return draw(
        st.sampled_from(
            [
                str(number),
                name,
                f"{name} + {number}",
                f"note({name})",
                f"requests.get({number})",
                f"requests.get({name})",
                f"sum([x for x in range({name})])",
                f"({name} := {number})",
                f"(lambda: {name})()",
            ]
        )
    )


@st.composite
def statements(draw: st.DrawFn, depth: int, in_loop: bool) -> Lines:
    name, value = draw(NAMES), draw(expressions())
    simple = [f"{name} = {value}", f"{name} += {value}", value, f"note({name})"] * 3
    simple.append("await pause()")
    rare = [f"return {value}", "raise ValueError", f"del {name}", f"yielded.append({name})"]
    rare += ["break", "continue"] if in_loop else []
    kinds = ["simple"] * 9 + ["rare"]
    if depth:
        kinds += ["if", "for", "with", "with", "try", "while", "suppress"] * 2
    kind = draw(st.sampled_from(kinds))
    if kind == "simple":
        return [draw(st.sampled_from(simple))]
    if kind == "rare":
        return [draw(st.sampled_from(rare))]
    inner = in_loop or kind in ("for", "while")
    body = ["    " + line for line in draw(suites(depth - 1, inner))]
    if kind == "for":
        return [f"for {name} in range(2):", *body]
    if kind == "while":
        return ["while more():", *body]
    if kind == "with":
        return [f"with manager(requests.get({value})) as {name}:", *body]
    if kind == "suppress":
        return ["with suppressing():", *body]
    other = ["    " + line for line in draw(suites(depth - 1, in_loop))]
    if kind == "if":
        return [f"if {value}:", *body, "else:", *other]
    return ["try:", *body, "except ValueError:", *other]


@st.composite
def suites(draw: st.DrawFn, depth: int, in_loop: bool) -> Lines:
    parts = draw(st.lists(statements(depth, in_loop), min_size=1, max_size=4))
    return [line for part in parts for line in part]


@st.composite
def programs(draw: st.DrawFn) -> str:
    given = draw(st.sampled_from(["x", "x, y=1", *["x, y=1, z=2"] * 4]))
    lines = [f"async def program({given}):", *("    " + line for line in draw(suites(3, False)))]
    return "import requests\n\n\n" + "\n".join([*lines, "    return x, y, z"]) + "\n"


def outcome(program: str) -> tuple[list[object], object]:
    """What a program did in which order, and how it ended."""
    effects: list[object] = []
    rounds = iter(range(30))

    def get(value: object) -> object:
        effects.append(("get", value))
        return 2 if value else 0

    def note(value: object) -> object:
        effects.append(("note", value))
        return value

    async def pause() -> None:
        effects.append("pause")

    def more() -> bool:
        return next(rounds, 0) % 3 > 0

    @contextmanager
    def manager(value: object) -> Iterator[object]:
        effects.append(("enter", value))
        try:
            yield value
        finally:
            effects.append("leave")

    @contextmanager
    def suppressing() -> Iterator[None]:
        try:
            yield
        except ValueError:
            effects.append("suppressed")

    namespace: dict[str, object] = {
        "note": note,
        "pause": pause,
        "manager": manager,
        "suppressing": suppressing,
        "yielded": effects,
        "more": more,
    }
    code = program.replace("import requests\n", "", 1)
    namespace["requests"] = SimpleNamespace(get=get)
    exec(compile(code, "program", "exec"), namespace)
    try:
        return effects, asyncio.run(namespace["program"](1))  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - whichever it is, it has to be the same
        # A variable of the function around has no value, or one of the function itself.
        known = NameError if isinstance(error, NameError) else type(error)
        return effects, known


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
@example(
    "import requests\n\n\nasync def program(x, y=1, z=2):\n    x = 0\n    try:\n"
    "        with manager(requests.get(0)) as y:\n            x = 0\n            raise ValueError\n"
    "    except ValueError:\n        x = 0\n    return x, y, z\n"
)
@example(
    "import requests\n\n\nasync def program(x, y=1, z=2):\n"
    "    with manager(requests.get(0)) as x:\n        with suppressing():\n"
    "            x = 0\n            raise ValueError\n    return x, y, z\n"
)
@example(
    "import requests\n\n\nasync def program(x, y=1, z=2):\n"
    "    with manager(requests.get(0)):\n        with suppressing():\n"
    "            x = int('no')\n    return x, y, z\n"
)
@example(
    "import requests\n\n\nasync def program(x, y=1, z=2):\n    with suppressing():\n"
    "        x = 1\n        if requests.get(x):\n            x = 0\n"
    "            raise ValueError\n        else:\n            x = 3\n    return x, y, z\n"
)
@example(
    "import requests\n\n\nasync def program(x, y=1, z=2):\n    with suppressing():\n"
    "        x = 1\n        y = requests.get(x := 5) + int('no')\n    return x, y, z\n"
)
def test_moved_statements_do_the_same(program: str) -> None:
    result = fix_with(blocking_blocks("asyncio"), program.encode(), allow_unsafe=True)
    if result.changed:
        assert outcome(result.after.decode()) == outcome(program), result.after.decode()


def test_they_run_in_another_thread() -> None:
    program = "async def program(x):\n    with open(x) as y:\n        z = y\n    return z\n"
    result = fix_with(blocking_blocks("asyncio"), program.encode(), allow_unsafe=True)

    @contextmanager
    def fake_open(_: object) -> Iterator[int]:
        yield threading.get_ident()

    namespace: dict[str, object] = {"open": fake_open}
    exec(compile(result.after, "program", "exec"), namespace)
    assert asyncio.run(namespace["program"](1)) != threading.get_ident()  # type: ignore[operator]
