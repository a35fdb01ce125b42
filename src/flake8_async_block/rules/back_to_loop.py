"""A call that is made for other threads, on the event loop's own thread.

**In a hurry:** write `await work()`: you are on the event loop already.

## What it does

`ASB405` (`back-to-own-loop`) reports `anyio.from_thread.run`, `trio.from_thread.run`, asgiref's
`async_to_sync`, asyncer's `syncify`, and `asyncio.run_coroutine_threadsafe(...).result()`, called
directly in an `async def`.

## Why it freezes the server

They are for worker threads that need something of the event loop: they ask it to run a coroutine,
and wait. On the loop's own thread the loop waits for itself.
`run_coroutine_threadsafe(...).result()` never returns, and the whole server stands still; the
others notice it and raise `RuntimeError`.

## Example

```python
import asyncio


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


async def handler(loop: asyncio.AbstractEventLoop) -> str:
    future = asyncio.run_coroutine_threadsafe(load(), loop)
    return future.result()  # error: ASB405
```

## Remedies

There is no automatic fix: the coroutine is to be awaited itself.

### Await the coroutine

```python
import asyncio


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


async def handler() -> str:
    return await load()
```

### Await the future of another loop

If it is the loop of another thread that shall run it:

```python
import asyncio


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


async def handler(other: asyncio.AbstractEventLoop) -> str:
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(load(), other))
```

## When to ignore it

Where the future is known to be done. The comment belongs on the line that is reported:

```python
import asyncio


async def load() -> str:
    return "loaded"


async def handler(other: asyncio.AbstractEventLoop) -> str:
    future = asyncio.run_coroutine_threadsafe(load(), other)
    await asyncio.sleep(1)
    return future.result()  # noqa: ASB405 - the other loop has done it by now
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB405"]
```

## What stays silent

- The same in a function without `async`, which may run in a thread. What calls such a function on
  the event loop gets `ASB210` or `ASB211`.
- `result()` after `await asyncio.wrap_future(future)`, or after the function has asked `done()`.

```python
import asyncio

import anyio.from_thread
import anyio.to_thread


async def load() -> str:
    return "loaded"


def in_a_thread(loop: asyncio.AbstractEventLoop) -> str:
    anyio.from_thread.run(load)
    return asyncio.run_coroutine_threadsafe(load(), loop).result()


async def harmless() -> str:
    return await anyio.to_thread.run_sync(in_a_thread, asyncio.get_running_loop())
```

## See also

- `ASB111`: starting a loop inside the loop. `ASB407`: waiting for a pool.
- [asyncio: scheduling from other
  threads](https://docs.python.org/3/library/asyncio-task.html#scheduling-from-other-threads)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

BACK_TO_OWN_LOOP: Final = Rule(
    "ASB405",
    "back-to-own-loop",
    "a call from a thread to the event loop, made on the event loop itself",
    __doc__,
)
