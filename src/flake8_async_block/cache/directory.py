"""The directory in which a project's cache lies, marked so that git and backups leave it out."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

DIRECTORY: Final = ".async_block_cache"
_MARKS: Final = {
    ".gitignore": b"# Made by async-block; git need not know.\n*\n",
    "CACHEDIR.TAG": (
        b"Signature: 8a477f597d28d172789f06886806bc55\n"
        b"# This directory is a cache of async-block: it can be deleted at any time.\n"
        b"# See https://bford.info/cachedir/ for what this file means.\n"
    ),
}


def cache_directory(root: str) -> str:
    """Where the cache of the project at the absolute path ``root`` lies, if there is one.

    ``ASYNC_BLOCK_CACHE_DIR`` names another place, such as one that several checkouts share.
    """
    return _elsewhere() or os.path.join(root, DIRECTORY)


def nearest_cache_directory(start: str) -> str | None:
    """The cache that a run in the absolute directory ``start`` would use, if it exists.

    It is the nearest one upward; this asks for it without reading any settings.
    """
    elsewhere = _elsewhere()
    if elsewhere:
        return elsewhere if os.path.isdir(elsewhere) else None
    while True:
        candidate = os.path.join(start, DIRECTORY)
        if os.path.isdir(candidate):
            return candidate
        parent = os.path.dirname(start)
        if parent == start:
            return None
        start = parent


def open_cache_directory(root: str, cwd: str) -> str | None:
    """The directory of a project's cache, created if need be; None where none is to be used.

    It lies at the project's root, or in the working directory where that is above: naming a
    directory elsewhere leaves no trace there.

    Args:
        root: the project's root, absolute.
        cwd: the working directory, absolute.
    """
    if _is_inside(cwd, root):
        directory = cache_directory(root)
    elif _is_inside(root, cwd):
        directory = cache_directory(cwd)
    else:
        return None
    make_cache_directory(directory)
    return directory if os.path.isdir(directory) else None


def _is_inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(os.path.join(directory, ""))


def _elsewhere() -> str | None:
    named = os.environ.get("ASYNC_BLOCK_CACHE_DIR")
    return os.path.abspath(named) if named else None


def make_cache_directory(directory: str) -> bool:
    """Create the directory with its marks; false where that is not possible."""
    try:
        os.makedirs(directory, exist_ok=True)
        for name, content in _MARKS.items():
            path = os.path.join(directory, name)
            if not os.path.exists(path):
                with open(path, "wb") as stream:
                    stream.write(content)
    except OSError:
        return False
    return os.access(directory, os.W_OK)


def clear_cache_directory(directory: str) -> int:
    """Delete the files of a cache.

    Only what async-block writes is deleted, so that a wrong ``ASYNC_BLOCK_CACHE_DIR`` costs
    nothing; the directory itself goes if nothing else is in it.

    Returns:
        How many bytes were freed.

    Raises:
        OSError: a file cannot be deleted.
    """
    freed = 0
    try:
        names = os.listdir(directory)
    except FileNotFoundError:
        return 0
    for name in names:
        if name in _MARKS or name.startswith(("summaries-", "catalogue-", "answer-", "state-")):
            path = os.path.join(directory, name)
            try:
                freed += os.path.getsize(path)
                os.unlink(path)
            except FileNotFoundError:
                # Another process was faster.
                continue
    # Something of somebody else's may lie in it, or a run may just have written again.
    with suppress(OSError):
        os.rmdir(directory)
    return freed
