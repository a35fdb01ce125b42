"""A call that starts another event loop on the event loop.

**In a hurry:** write `await work()` instead of `asyncio.run(work())`.

## What it does

- `ASB111` (`nested-event-loop`) reports a call in an `async def` that starts an event loop and
  waits for it: `asyncio.run`, `loop.run_until_complete`, `loop.run_forever`, `anyio.run`,
  `trio.run` and others.
- `ASB211` (`nested-event-loop-in-helper`) reports a call in an `async def` to a function of your
  own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

A thread has room for one running event loop. `asyncio.run` inside of it raises `RuntimeError:
asyncio.run() cannot be called from a running event loop`. Patches that allow it, and frameworks
that start a different kind of loop, keep the outer one waiting: until the inner one is done, no
other request is served.

Behind a helper this is easily overlooked: the helper works in a script and in most tests, and fails
in the server.

## Example

### In the coroutine itself

```python
import asyncio


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


async def handler() -> str:
    return asyncio.run(load())  # error: ASB111
```

### Behind a helper

```python
import asyncio


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


def load_now() -> str:
    return asyncio.run(load())


async def handler() -> str:
    return load_now()  # error: ASB211
```

The finding shows the way to the call that starts the loop:

```text
app.py:14 in handler: load_now()
  app.py:10 in load_now: asyncio.run(load())
```

## Remedies

There is no automatic fix.

### Await the coroutine

```python
import asyncio


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


async def handler() -> str:
    return await load()
```

### Start it as a task

If it shall run beside the rest. Keep the task, or it may be collected before it is done:

```python
import asyncio

tasks: set[asyncio.Task[None]] = set()


async def refresh() -> None:
    await asyncio.sleep(1)


async def handler() -> str:
    task = asyncio.create_task(refresh())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return "refreshing"
```

### Call the helper in a thread

If the helper has to stay synchronous. The inner loop then has a thread for itself, so what it uses
must not belong to the outer loop:

```python
import asyncio

import anyio.to_thread


async def load() -> str:
    await asyncio.sleep(1)
    return "loaded"


def load_now() -> str:
    return asyncio.run(load())


async def handler() -> str:
    return await anyio.to_thread.run_sync(load_now)


async def handler_with_asyncio_alone() -> str:
    return await asyncio.to_thread(load_now)
```

Code in such a thread can also ask the outer loop: `anyio.from_thread.run(load)`.

## When to ignore it

Hardly ever. A test that shows the error may. The comment belongs on the line that is reported:

```python
import asyncio


async def show_the_error() -> None:
    work = asyncio.sleep(0)
    try:
        asyncio.run(work)  # noqa: ASB111 - to see it fail
    except RuntimeError:
        work.close()
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB111", "ASB211"]
```

## What stays silent

- `asyncio.run` where no loop runs: in `main`, in a script, in a thread.
- A helper that is handed over, not called: `asyncio.to_thread(load_now)`.
- Asking for the loop that runs: `asyncio.get_running_loop()`.

```python
import asyncio


async def harmless() -> float:
    await asyncio.sleep(0)
    return asyncio.get_running_loop().time()


def main() -> None:
    asyncio.run(harmless())
```

## See also

- `ASB110`: waiting for a thread or a future.
- [asyncio: runners](https://docs.python.org/3/library/asyncio-runner.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    11,
    "nested-loop",
    "nested-event-loop",
    "nested-event-loop-in-helper",
    "starts another event loop",
    __doc__,
)
