"""Whether git could give back what ``async-block fix`` is about to change."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from flake8_async_block.model.errors import UsageError


def require_clean(files: Sequence[Path], root: Path) -> None:
    """Insist on all files being as they were committed.

    Args:
        files: what is to be changed.
        root: the project's root.

    Raises:
        UsageError: one of them has changes without a commit, or git cannot tell.
    """
    if not files:
        return
    command = ["git", "status", "--porcelain", "-z", "--ignored", "--", *map(os.fspath, files)]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise UsageError(f"--require-clean: git cannot be run: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"--require-clean: git says {said[0] if said else 'nothing'!r}")
    changed = [entry[3:] for entry in done.stdout.decode("utf-8", "replace").split("\0") if entry]
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise UsageError(
            f"--require-clean: {changed[0]}{more} has changes without a commit: commit or stash"
            " them first"
        )
