"""The frozen servers of ``examples/``, and how a test gets at them: as they are, or fixed.

Tests never touch ``examples/`` itself: they work on copies, and fix them as a user would, by the
command line in a process of its own.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

EXAMPLES = Path(__file__).parents[2] / "examples"

BLOCK_SECONDS = 1.0
"""How long the servers' own blocking calls take: short, yet far above a slow machine's noise."""

PATIENCE = 30.0
"""Seconds after which a request that must end is given up."""


@dataclass(frozen=True)
class Scenario:
    """A request that freezes an example server.

    Args:
        name: the directory in ``examples/``.
        target: what to GET; ``{upstream}`` stands for a slow page, quoted for a query.
        endless: the request never ends by itself.
    """

    name: str
    target: str
    endless: bool = False

    @property
    def patience(self) -> float:
        # What never ends is given up after as long as the other requests block.
        return BLOCK_SECONDS if self.endless else PATIENCE

    def __str__(self) -> str:
        return f"{self.name}:{self.target.partition('?')[0]}"


PROXY = Scenario("proxy", "/proxy?url={upstream}")
HELPER = Scenario("helper", "/report")
TASK = Scenario("one_worker", "/page")
GATHERED = Scenario("one_worker", "/gathered?count=2")
TASK_GROUP = Scenario("one_worker", "/group?count=2")
ENDLESS = Scenario("endless", "/watch", endless=True)
ENDLESS_AWAITING = Scenario("endless", "/watch-through-coroutine", endless=True)

FREEZING = (PROXY, HELPER, TASK, GATHERED, TASK_GROUP, ENDLESS, ENDLESS_AWAITING)
"""What holds up a ping as long as it runs."""

FIXABLE = (PROXY, HELPER, TASK, GATHERED, TASK_GROUP, ENDLESS, ENDLESS_AWAITING)
"""What ``async-block fix`` makes harmless."""


def copy_example(name: str, destination: Path, *, settings: str = "") -> Path:
    """Copy one example.

    Args:
        name: the directory in ``examples/``.
        destination: a directory to put it into.
        settings: the lines of ``[tool.async-block]`` beside it.

    Returns:
        the directory of the copied ``app.py``.
    """
    copied = destination / name
    shutil.copytree(EXAMPLES / name, copied, ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "pyproject.toml").write_text(f"[tool.async-block]\n{settings}\n", encoding="utf-8")
    return copied


def fix(directory: Path, *options: str) -> None:
    """Run ``async-block fix`` in ``directory``, which must change ``app.py`` there."""
    application = directory / "app.py"
    before = application.read_bytes()
    command = (sys.executable, "-m", "flake8_async_block", "fix", *options, ".")
    run = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=120, check=False
    )
    output = run.stdout + run.stderr
    assert run.returncode in {0, 1}, output
    assert application.read_bytes() != before, f"nothing was fixed:\n{output}"


def load(directory: Path) -> ModuleType:
    """Import ``directory/app.py`` into this process, afresh."""
    spec = importlib.util.spec_from_file_location(f"example_{directory.name}", directory / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
