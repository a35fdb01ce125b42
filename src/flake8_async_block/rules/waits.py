"""A call that waits for another thread or process on the event loop.

**In a hurry:** use what `asyncio` has of the same name (`asyncio.Queue`, `asyncio.Event`), await
`asyncio.wrap_future(future)`, or write `await asyncio.to_thread(queue.get)`.

## What it does

- `ASB110` (`blocking-wait`) reports a call in an `async def` that waits for something which another
  thread or process has to do: `queue.Queue.get`, `Thread.join`, `threading.Event.wait`,
  `Semaphore.acquire`, file locks and others.
- `ASB210` (`blocking-wait-in-helper`) reports a call in an `async def` to a function of your own
  that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. `Queue.get` has no
`await` in it: it keeps the thread until another one puts something in. And if what it waits for is
to be done by a task of the same loop, it waits forever: the loop cannot run that task.

## Example

### In the coroutine itself

```python
import queue

jobs: queue.Queue[str] = queue.Queue()


async def next_job() -> str:
    return jobs.get()  # error: ASB110
```

### Behind a helper

```python
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


def total(numbers: list[int]) -> int:
    return pool.submit(sum, numbers).result()


async def report(numbers: list[int]) -> int:
    return total(numbers)  # error: ASB210
```

The finding shows the way to the call that waits:

```text
app.py:11 in report: total(numbers)
  app.py:7 in total: pool.submit(sum, numbers).result()
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you, where that keeps its meaning.

### Use what asyncio has of the same name

If both sides run on the loop:

```python
import asyncio

jobs: asyncio.Queue[str] = asyncio.Queue()


async def next_job() -> str:
    return await jobs.get()
```

These are not for threads. Another thread puts something in with
`loop.call_soon_threadsafe(jobs.put_nowait, job)`.

### Await the future

```python
import asyncio
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


async def report(numbers: list[int]) -> int:
    return await asyncio.wrap_future(pool.submit(sum, numbers))


async def report_in_short(numbers: list[int]) -> int:
    return await asyncio.get_running_loop().run_in_executor(pool, sum, numbers)
```

### Wait in a thread

```python
import asyncio
import queue

import anyio.to_thread

jobs: queue.Queue[str] = queue.Queue()


async def next_job() -> str:
    return await anyio.to_thread.run_sync(jobs.get)


async def next_job_with_asyncio_alone() -> str:
    return await asyncio.to_thread(jobs.get)
```

A thread that waits cannot be stopped from outside, and the pool of threads is finite: give a
timeout where you can. Do not take a lock this way, it would belong to that thread: use
`asyncio.Lock`.

## When to ignore it

Where you know that there is nothing to wait for. The comment belongs on the line that is reported:

```python
import queue


async def next_job(jobs: queue.Queue[str]) -> str:
    return jobs.get()  # noqa: ASB110 - only called when there is one
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB110", "ASB210"]
```

## What stays silent

- What is awaited, so everything from `asyncio`.
- What does not wait: `get_nowait()`, `get(block=False)`, `acquire(blocking=False)`, `timeout=0`.
- A `threading.Lock` that nobody holds for long. One that is held during an `await`, or during
  something that blocks, anywhere in the project is reported, and the message says where that is.
- Putting into a queue: mostly short, so reported from `cost = "brief"` on, as are all locks.
- `result()` of an `asyncio` task or future: it raises when there is no result yet.

```python
import asyncio
import queue
import threading

lock = threading.Lock()


async def harmless(jobs: queue.Queue[str], task: asyncio.Task[int]) -> int:
    jobs.get(block=False)
    jobs.get(timeout=0)
    with lock:  # error with cost = "brief": ASB110
        pass
    await task
    return task.result()
```

## See also

- `ASB101`: sleeping. `ASB107`: waiting for a process. `ASB111`: a loop inside the loop.
- `ASB407`: waiting for a pool of threads. `ASB406`: a lock that is held during an `await`.
- [asyncio: working with
  threads](https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    10,
    "wait",
    "blocking-wait",
    "blocking-wait-in-helper",
    "waits for another thread or process",
    __doc__,
)
