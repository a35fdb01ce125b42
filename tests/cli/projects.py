"""Small projects with known findings, and running the command on them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import flake8_async_block

BLOCKING = """\
import time
import requests


async def read(url):
    time.sleep(1)
    return requests.get(url)
"""
"""ASB101 at 6:5 and ASB102 at 7:12."""

CLEAN = """\
import asyncio


async def read(url):
    await asyncio.sleep(1)
"""


def write(root: Path, **files: str) -> None:
    """Write files; ``__`` in a keyword stands for ``/``, and ``.py`` is added."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def settings(root: Path, *lines: str) -> None:
    (root / "pyproject.toml").write_text("\n".join(["[tool.async-block]", *lines, ""]))


def environment(**variables: str) -> dict[str, str]:
    """The process's environment, in which a fresh interpreter finds the package under test."""
    source = str(Path(flake8_async_block.__file__).parent.parent)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8")
    }
    paths = [source, *filter(None, [inherited.get("PYTHONPATH")])]
    return {**inherited, "PYTHONPATH": os.pathsep.join(paths), "TERM": "xterm", **variables}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flake8_async_block", *arguments]


def run(
    cwd: Path, *arguments: str, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env=environment(**variables),
    )
