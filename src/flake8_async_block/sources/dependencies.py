"""Which packages a project says it needs, as far as its own files tell without running anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

_FILES: Final = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements*.txt")
_WORD: Final = re.compile(r"[A-Za-z][\w.-]*")


def mentions_dependency(
    root: Path, names: frozenset[str], on_input: Callable[[str], None] | None = None
) -> frozenset[str]:
    """Those of ``names`` (in small letters) that a dependency file in ``root`` mentions.

    The files are read as text: an extra, a marker or a comment counts too.

    Args:
        root: the project's root.
        names: of packages.
        on_input: told about the files and directories on which the answer depends.
    """
    note = on_input or (lambda _: None)
    note(str(root))
    found: set[str] = set()
    for pattern in _FILES:
        for path in sorted(root.glob(pattern)):
            note(str(path))
            try:
                text = path.read_text("utf-8", "replace")
            except OSError:
                continue
            found.update(word.lower() for word in _WORD.findall(text))
    return frozenset(found) & names
