"""Files of a cache that hold one answer each: where they lie, and how they come and go.

Imports next to nothing: the replay of an answer waits for it.
"""

from __future__ import annotations

import os
import zlib


def file_for(directory: str, kind: str, question: str) -> str:
    """The file for the answer to a question.

    Two questions with the same sum overwrite each other; the question itself is in the file.

    Args:
        directory: of the cache.
        kind: the beginning of the file's name, with the version of its format.
        question: what was asked.
    """
    number = zlib.crc32(question.encode("utf-8", "surrogateescape"))
    return os.path.join(directory, f"{kind}-{number:08x}")


def write_kept(path: str, content: bytes, most: int) -> None:
    """Write such a file in one step, and delete the oldest of its kind.

    Args:
        path: from :func:`file_for`.
        content: all of it.
        most: how many files of the kind are kept.

    Raises:
        OSError: it cannot be written.
    """
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as stream:
        stream.write(content)
    os.replace(temporary, path)
    directory, name = os.path.split(path)
    kind = name.partition("-")[0]
    found = [
        (entry.stat().st_mtime_ns, entry.path)
        for entry in os.scandir(directory)
        if entry.name.startswith(f"{kind}-")
    ]
    for _, old in sorted(found)[:-most]:
        os.unlink(old)
