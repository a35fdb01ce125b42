"""A large check, spread over processes.

Every process checks part of the files from beginning to end, on an engine of its own: what a file
is told does not depend on what else was asked, so the parts are simply put together. Files that
many others lead to are read by each process; what crosses between processes is findings only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_async_block.model.diagnostic import Diagnostic, FileError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

_BYTES_WORTH_A_PROCESS: Final = 2_000_000
"""What every process reads and works out for itself costs less than is saved only from here on."""
_MOST_PROCESSES: Final = 16
_PARTS_PER_PROCESS: Final = 4
"""More parts than processes even out that some take longer."""


class Part(NamedTuple):
    """What checking some files gave.

    Attributes:
        found: in no particular order.
        silenced: how many findings a comment silences.
        errors: of the files that were asked for.
        inputs: path → signature of everything the part depends on.
    """

    found: list[Diagnostic]
    silenced: int
    errors: list[FileError]
    inputs: dict[str, str]


CheckFiles = Callable[[Sequence[str]], Part]


def worthwhile_jobs(files: Sequence[str], wanted: int) -> int:
    """How many processes to use: one where starting more costs more than it saves.

    Args:
        files: what there is to check.
        wanted: how many the user asks for; 0 stands for as many as there are processors.
    """
    if wanted == 1 or len(files) < _PARTS_PER_PROCESS:
        return 1
    available = wanted or min(_processors(), _MOST_PROCESSES)
    total = 0
    for file in files:
        try:
            total += Path(file).stat().st_size
        except OSError:
            continue
        if total >= available * _BYTES_WORTH_A_PROCESS:
            return available
    return max(1, total // _BYTES_WORTH_A_PROCESS)


def check_in_parts(
    files: Sequence[str],
    jobs: int,
    make: Callable[[], CheckFiles],
    progress: Callable[[int, int], None] | None,
) -> list[Part]:
    """Check files in several processes.

    Args:
        files: sorted, so that a part holds what lies close together.
        jobs: how many processes.
        make: called once in each process; can be pickled.
        progress: told how many of how many files are done.
    """
    from concurrent.futures import ProcessPoolExecutor, as_completed

    size = -(-len(files) // (jobs * _PARTS_PER_PROCESS))
    parts = [files[start : start + size] for start in range(0, len(files), size)]
    results: list[Part] = []
    with ProcessPoolExecutor(
        max_workers=jobs, mp_context=_context(), initializer=_set_up, initargs=(make,)
    ) as pool:
        pending = {pool.submit(_work, part): len(part) for part in parts}
        done = 0
        try:
            for future in as_completed(pending):
                results.append(future.result())
                done += pending[future]
                if progress is not None:
                    progress(done, len(files))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


def _context() -> BaseContext:
    """Copies of this process where that is safe: they have imported everything already."""
    import multiprocessing
    import threading

    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_check: CheckFiles | None = None


def _set_up(make: Callable[[], CheckFiles]) -> None:
    import gc

    global _check  # noqa: PLW0603 - a worker process has no other place for what it keeps
    gc.disable()
    _check = make()


def _work(files: Sequence[str]) -> Part:
    assert _check is not None
    return _check(files)
