"""A lock for threads that is held while others have a turn.

**In a hurry:** use an `asyncio.Lock` with `async with`.

## What it does

`ASB406` (`lock-held-across-await`) reports an `await` in an `async def` inside of `with lock:`, or
between `lock.acquire()` and `lock.release()`, where `lock` is a `Lock`, `RLock`, `Condition` or
`Semaphore` of `threading` or `multiprocessing`, and a `yield` there: whoever iterates awaits.

## Why it freezes the server

At the `await` another task has its turn, and the lock stays taken. If that task wants the lock too,
it blocks the thread on which the first one would have to go on: nothing ever runs again. With an
`RLock` the second task gets in, since it is the same thread, and the lock protects nothing.

## Example

```python
import asyncio
import threading

lock = threading.Lock()
rows: list[int] = []


async def add(row: int) -> None:
    with lock:  # error: ASB406
        await asyncio.sleep(0.1)
        rows.append(row)
```

## Remedies

There is no automatic fix: the lock may be shared with threads.

### A lock for tasks

```python
import asyncio

lock = asyncio.Lock()
rows: list[int] = []


async def add(row: int) -> None:
    async with lock:
        await asyncio.sleep(0.1)
        rows.append(row)
```

### Hold it for a moment only

If threads use the lock as well, do what waits before or after:

```python
import asyncio
import threading

lock = threading.Lock()
rows: list[int] = []


async def add(row: int) -> None:
    await asyncio.sleep(0.1)
    with lock:
        rows.append(row)
```

## When to ignore it

Where no other task and no other thread ever takes the lock meanwhile. The comment belongs on the
line that is reported:

```python
import asyncio
import threading

starting = threading.Lock()


async def start() -> None:
    with starting:  # noqa: ASB406 - called once, before there are other tasks
        await asyncio.sleep(0)
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB406"]
```

## What stays silent

- `async with`, so everything of `asyncio` and `anyio`.
- An `await` before or after the block, or in a function that is only defined in it.
- An `await` of a coroutine of your own that never gives others a turn.

```python
import asyncio
import threading

lock = threading.Lock()
tasks = asyncio.Lock()


async def harmless(numbers: list[int]) -> None:
    await asyncio.sleep(0.1)
    with lock:
        numbers.append(1)
    async with tasks:
        await asyncio.sleep(0.1)
```

## See also

- `ASB110`: waiting for other threads.
- [asyncio: Lock](https://docs.python.org/3/library/asyncio-sync.html#lock)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

LOCK_HELD_ACROSS_AWAIT: Final = Rule(
    "ASB406",
    "lock-held-across-await",
    "a lock for threads that is held during an await",
    __doc__,
)
