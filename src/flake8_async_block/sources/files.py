"""Reading, writing and naming single files, where the disk may refuse."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path
from typing import Final

from flake8_async_block.model.diagnostic import FileError

_TEMPORARY: Final = ".async-block.tmp"

# Seconds. It takes milliseconds to write a file and rename it, on a slow disk a few seconds.
_ABANDONED_AFTER: Final = 10


def display_path(path: Path, base: Path) -> str:
    """Name ``path`` as seen from ``base``, with ``/`` on every platform.

    Args:
        path: an absolute path.
        base: an absolute directory: the project's root or the working directory.

    Returns:
        The relative path, which may start with ``../``; the absolute one where none exists
        (another drive).
    """
    try:
        shown = os.path.relpath(path, base)
    except ValueError:
        shown = str(path)
    return shown.replace(os.sep, "/")


def read_source(path: Path, shown: str) -> bytes | FileError:
    """Read a file.

    Args:
        path: the file.
        shown: how an error names it, see :func:`display_path`.

    Returns:
        Its bytes, or the reason why there are none.
    """
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        return FileError(shown, 0, f"cannot read the file: {error.strerror or error}")


def write_atomically(path: Path, content: bytes, *, root: Path) -> None:
    """Replace a file's content so that no reader ever sees half of it.

    The bytes go to a temporary file beside the target, reach the disk, take over the target's
    mode bits and only then its name. Temporary files that a killed process left in that directory
    are removed. A symbolic link stays a link: the file it points to is
    replaced, provided that it lies below ``root``.

    Args:
        path: the file.
        content: its new bytes.
        root: the project's root; nothing is written through a link that leads out of it.

    Raises:
        OSError: the file cannot be written, or it lies behind a link out of the project.
    """
    target = Path(os.path.realpath(path))
    if path.is_absolute() and path.is_relative_to(root):
        real_root = os.path.realpath(root)
        if not target.is_relative_to(real_root):
            raise PermissionError(
                f"{path} leads out of the project through a symbolic link to {target}"
            )
    elif Path(os.path.abspath(path)) != target:
        raise PermissionError(f"{path} lies outside the project behind a symbolic link")
    import tempfile

    descriptor, temporary = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name}.", suffix=_TEMPORARY
    )
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException:
        # Also on Ctrl-C: a left-over temporary file would end up in somebody's commit.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _remove_left_over(target.parent)


def _remove_left_over(directory: Path) -> None:
    """Remove what a process that was killed while it wrote has left in a directory."""
    now = time.time()
    for entry in os.scandir(directory):
        if entry.name.startswith(".") and entry.name.endswith(_TEMPORARY):
            # Another process may be about to give it its name, or have done so just now.
            with contextlib.suppress(OSError):
                if now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_AFTER:
                    os.unlink(entry.path)
