"""An async function that is handed to a thread.

**In a hurry:** write `await work()` instead of `await asyncio.to_thread(work)`.

## What it does

`ASB402` (`async-function-in-thread`) reports an `async def`, a function or a lambda that only calls
one, an object with an `async` `__call__`, or a coroutine, handed to `asyncio.to_thread`,
`run_in_executor`, `Executor.submit`, `threading.Thread` and the like, or to `loop.call_soon`,
`call_later` and `add_done_callback`, which do not await either.

## Why it freezes the server

Calling an `async def` only makes a coroutine; awaiting it runs the body. A thread calls and does
not await. So the work is not done at all, `RuntimeWarning: coroutine was never awaited` appears in
the log at best, and the result is an object of no use. A coroutine in the place of the function
raises `TypeError`.

## Example

```python
import asyncio


async def work() -> int:
    await asyncio.sleep(1)
    return 1


async def handler() -> None:
    await asyncio.to_thread(work)  # error: ASB402
```

## Remedies

There is no automatic fix: where the coroutine shall run is a decision.

### On the event loop

```python
import asyncio


async def work() -> int:
    await asyncio.sleep(1)
    return 1


async def handler() -> int:
    return await work()
```

### Beside the handler, on the event loop

```python
import asyncio


async def work() -> int:
    await asyncio.sleep(1)
    return 1


async def handler() -> int:
    task = asyncio.create_task(work())
    await asyncio.sleep(0.5)
    return await task
```

### On an event loop of its own in a thread

For a library that blocks although its functions are `async`:

```python
import asyncio


async def work() -> int:
    await asyncio.sleep(1)
    return 1


async def handler() -> int:
    return await asyncio.to_thread(lambda: asyncio.run(work()))
```

## When to ignore it

Where what takes the function is made for both kinds. The comment belongs on the line that is
reported:

```python
from concurrent.futures import Executor


async def work() -> int:
    return 1


def start(pool: Executor) -> None:
    pool.submit(work)  # noqa: ASB402 - our pool runs coroutines
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB402"]
```

## What stays silent

- `BackgroundTasks.add_task` and others that take both kinds.
- An async function with a decorator, which may have made something else of it.
- A coroutine that comes back from the thread and is awaited then.

```python
import asyncio

from fastapi import BackgroundTasks


async def work() -> int:
    return 1


async def harmless(tasks: BackgroundTasks) -> int:
    tasks.add_task(work)
    return await (await asyncio.to_thread(work))
```

## See also

- `ASB401`: a function that is called before it is handed over.
- [asyncio: coroutines](https://docs.python.org/3/library/asyncio-task.html#coroutines)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

ASYNC_FUNCTION_IN_THREAD: Final = Rule(
    "ASB402",
    "async-function-in-thread",
    "an async function handed to a thread, which does not run it",
    __doc__,
    freezes=False,
)
