"""A wait on the event loop for what was handed to a pool.

**In a hurry:** write `await asyncio.wrap_future(future)`.

## What it does

`ASB407` (`wait-for-pool`) reports waits for `concurrent.futures` in an `async def`:
`Future.result()`, `as_completed`, `wait`, the results of `Executor.map`, `Executor.shutdown()`, and
the end of a `with ThreadPoolExecutor()` in which something was submitted and nothing awaited.

## Why it freezes the server

The work runs in another thread, and the event loop's thread stands still until it is done: as if it
had never been handed over, with a thread more. The `with` statement of a pool ends with
`shutdown(wait=True)`, which waits for all of it.

## Example

```python
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


async def report(numbers: list[int]) -> int:
    future = pool.submit(sum, numbers)
    return future.result()  # error: ASB407
```

## Remedies

`async-block fix` moves the wait to a thread for you. It is better not to need one:

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

### Await several

```python
import asyncio
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


async def lengths(words: list[str]) -> list[int]:
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*[loop.run_in_executor(pool, len, word) for word in words])
```

Keep one pool for the whole application instead of one for each request.

## When to ignore it

Where you know that the work is done. The comment belongs on the line that is reported:

```python
from concurrent.futures import Future


async def collect(done: Future[int]) -> int:
    return done.result()  # noqa: ASB407 - only called with futures that are done
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB407"]
```

## What stays silent

- `result()` of an `asyncio` task or future: it raises when there is no result yet.
- `timeout=0`, `shutdown(wait=False)`, and `result()` after the function has asked `done()`, after
  `await asyncio.wrap_future(future)`, or of what `as_completed` gives, which waits itself.
- A `with ThreadPoolExecutor()` in which what runs in it is awaited.

```python
import asyncio
from concurrent.futures import Future, ThreadPoolExecutor


async def harmless(task: asyncio.Task[int], future: Future[int]) -> int:
    await task
    with ThreadPoolExecutor() as pool:
        await asyncio.get_running_loop().run_in_executor(pool, print)
    if future.done():
        return future.result()
    return task.result() + future.result(timeout=0)
```

## See also

- `ASB110`: waiting for other threads. `ASB210`: the same behind helpers. `ASB405`: waiting for the
  event loop itself.
- [asyncio: wrap_future](https://docs.python.org/3/library/asyncio-future.html#asyncio.wrap_future)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

WAIT_FOR_POOL: Final = Rule(
    "ASB407",
    "wait-for-pool",
    "a wait on the event loop for work that a pool of threads is doing",
    __doc__,
)
