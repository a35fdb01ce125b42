"""A large check, spread over processes.

Reading a text for its facts is most of the work, and each text is read by one process; packed,
facts cross to the others at little cost. Then every process checks part of the files from
beginning to end, on an engine of its own: what a file is told does not depend on what else was
asked, so the parts are simply put together.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from flake8_async_block.cache.state import FileAnswer

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.context import BaseContext

_BYTES_WORTH_A_PROCESS: Final = 2_000_000
"""What every process reads and works out for itself costs less than is saved only from here on."""
_FEWEST_FILES: Final = 4
_MOST_PROCESSES: Final = 16
_PARTS_PER_PROCESS: Final = 12
"""More parts than processes even out that some take longer."""


class Part(NamedTuple):
    """What checking some files gave.

    Attributes:
        answers: by file.
        inputs: path → signature of what was looked at.
        keys: path → key of the text, of the files that were read.
        words: word → the files that hold it.
        owners: who asked → whose answers were used.
        asked: who asked → the words whose places were used.
    """

    answers: dict[str, FileAnswer]
    inputs: dict[str, str]
    keys: dict[str, bytes]
    words: dict[bytes, tuple[str, ...]]
    owners: dict[str, set[str]]
    asked: dict[str, set[bytes]]


_T = TypeVar("_T")
Work = Callable[[Sequence[str]], _T]
"""What a process does with some of the files."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Extraction makes many objects and no cycles: the collector only costs time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def worthwhile_jobs(files: Sequence[str], wanted: int) -> int:
    """How many processes to use: one where starting more costs more than it saves.

    Args:
        files: what there is to check.
        wanted: how many the user asks for; 0 stands for as many as there are processors.
    """
    if wanted == 1 or len(files) < _FEWEST_FILES:
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


def in_processes(
    files: Sequence[str],
    jobs: int,
    make: Callable[[], Work[_T]],
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[_T]:
    """Work on parts of the files in several processes, which begin at once.

    Args:
        files: sorted, so that a part holds what lies close together.
        jobs: how many processes.
        make: called once in each process, for what that does with its parts; where processes are
            not copies of this one it has to be picklable.
        progress: told how many of how many files are done.

    Returns:
        What came of each part, in the order in which they are done.
    """
    from concurrent.futures import ProcessPoolExecutor, as_completed

    size = max(1, -(-len(files) // (jobs * _PARTS_PER_PROCESS)))
    parts = [files[start : start + size] for start in range(0, len(files), size)]
    pool = ProcessPoolExecutor(
        max_workers=jobs, mp_context=_context(), initializer=_set_up, initargs=(make,)
    )
    pending = {pool.submit(_work, part): len(part) for part in parts}
    return _collect(pool, as_completed(pending), pending, progress)


def _collect(
    pool: ProcessPoolExecutor,
    completed: Iterable[Future[_T]],
    pending: Mapping[Future[_T], int],
    progress: Callable[[int, int], None] | None,
) -> Iterator[_T]:
    done = 0
    with pool:
        try:
            for future in completed:
                yield future.result()
                done += pending[future]
                if progress is not None:
                    progress(done, sum(pending.values()))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def copies_are_safe() -> bool:
    """Whether processes may be made as copies of this one, which know all that it knows."""
    import threading

    return sys.platform == "linux" and threading.active_count() == 1


def _context() -> BaseContext:
    import multiprocessing

    return multiprocessing.get_context("fork" if copies_are_safe() else "spawn")


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_work_of_process: Work[Any] | None = None


def _set_up(make: Callable[[], Work[Any]]) -> None:
    global _work_of_process  # noqa: PLW0603 - a process has no other place for what it keeps
    gc.disable()
    _work_of_process = make()


def _work(files: Sequence[str]) -> Any:
    assert _work_of_process is not None
    return _work_of_process(files)
