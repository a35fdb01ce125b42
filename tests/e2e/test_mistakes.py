"""What the rules about loops and offloading say of a program shows when the program runs.

Each program in ``mistakes/`` has a coroutine ``mistake`` with the finding of its name, and one
``advised`` without it. Both run beside a heartbeat, in a process of their own. Nothing is measured:
a loop that stands still does not beat however long one waits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flake8_async_block import Config, Engine
from flake8_async_block.rules import ALL_RULES

pytestmark = pytest.mark.slow

DIRECTORY = Path(__file__).parent / "mistakes"
LONG = 60.0
"""Seconds in which a heart that beats at all has beaten, on the slowest machine."""
SHORT = 1.0
"""Seconds that a heart is watched that shall not beat."""


class Shown(NamedTuple):
    """What a program shows.

    Attributes:
        stalls: the mistake stops the heart.
        advised: what the advised form gives; None if it goes on forever.
        mistake: what the mistake gives, if it comes to its end.
        error: how the mistake's error begins.
        warning: what is warned of.
    """

    stalls: bool = False
    advised: Any = None
    mistake: Any = None
    error: str = ""
    warning: str = ""


SHOWN = {
    "asb301": Shown(stalls=True),
    "asb301_flag": Shown(stalls=True, advised="stopped"),
    "asb302": Shown(stalls=True),
    "asb304": Shown(mistake=[2, False], advised=[2, True]),
    "asb401": Shown(mistake=True, advised=False),
    "asb402": Shown(mistake="coroutine", advised="done", warning="was never awaited"),
    "asb403": Shown(mistake=[], advised=["saved"], warning="was never awaited"),
    "asb404": Shown(error="TypeError: run_sync() got an unexpected keyword", advised=3),
    "asb405": Shown(stalls=True, advised="loaded"),
    "asb406": Shown(stalls=True, advised=[1, 2]),
    "asb407": Shown(stalls=True, advised=True),
    "asb408": Shown(stalls=True, advised="True"),
    "asb408_refused": Shown(
        error="RuntimeError: Attempted to send an sync",
        advised=str((DIRECTORY / "asb408_refused.py").stat().st_size),
    ),
    "asb409": Shown(stalls=True),
}


@lru_cache
def run(program: str, coroutine: str, patience: float) -> dict[str, Any]:
    command = (sys.executable, str(DIRECTORY / "heart.py"), str(DIRECTORY / f"{program}.py"))
    done = subprocess.run(
        (*command, coroutine, str(patience)),
        capture_output=True,
        text=True,
        timeout=4 * LONG,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.parametrize("program", [name for name, shown in SHOWN.items() if shown.stalls])
def test_the_mistake_stops_the_heart(program: str) -> None:
    assert not run(program, "mistake", SHORT)["alive"]


@pytest.mark.parametrize("program", SHOWN)
def test_the_heart_beats_beside_the_advised_form(program: str) -> None:
    report = run(program, "advised", LONG)
    assert (report["alive"], report["error"], report["warnings"]) == (True, "", [])
    assert report["result"] == SHOWN[program].advised


@pytest.mark.parametrize("program", [name for name, shown in SHOWN.items() if not shown.stalls])
def test_the_mistake_does_not_do_what_was_meant(program: str) -> None:
    report, shown = run(program, "mistake", LONG), SHOWN[program]
    assert report["alive"]
    assert report["result"] == shown.mistake
    assert report["error"].startswith(shown.error)
    assert bool(report["error"]) == bool(shown.error)
    assert any(shown.warning in it for it in report["warnings"]) or not shown.warning


def test_who_polls_looks_in_every_turn_and_who_is_told_never() -> None:
    assert run("asb303", "mistake", LONG)["result"] >= 200
    assert run("asb303", "advised", LONG)["result"] == 0


@pytest.mark.parametrize("path", sorted(DIRECTORY.glob("asb*.py")), ids=lambda path: path.stem)
def test_the_mistake_alone_is_found(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "app.py"
    copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    found = Engine(Config(root=tmp_path, select=("ASB3", "ASB4"))).check([copy]).diagnostics
    code = path.stem[:6].upper()
    assert code in {item.code for item in found}
    assert not [item for item in found if item.trace[0].function.endswith("advised")]


def test_every_rule_is_shown() -> None:
    codes = {rule.code for rule in ALL_RULES if rule.code.startswith(("ASB3", "ASB4"))}
    assert {path.stem[:6].upper() for path in DIRECTORY.glob("asb*.py")} == codes
