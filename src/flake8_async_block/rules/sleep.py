"""A call that sleeps on the event loop.

**In a hurry:** write `await asyncio.sleep(5)` instead of `time.sleep(5)`.

## What it does

- `ASB101` (`blocking-sleep`) reports `time.sleep` and its like in an `async def`.
- `ASB201` (`blocking-sleep-in-helper`) reports a call in an `async def` to a function of your own
  that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. `time.sleep` has no
`await` in it: it puts the thread to sleep, and with it every request, timer and health check of
the process. Five requests that sleep for one second each take five seconds together.

## Example

### In the coroutine itself

```python
import time


async def retry_later() -> None:
    time.sleep(5)  # error: ASB101
```

### Behind helpers

```python
import time


def pause() -> None:
    time.sleep(5)


def wait_until_ready() -> str:
    pause()
    return "ready"


async def status() -> str:
    return wait_until_ready()  # error: ASB201
```

The finding shows the way to the call that sleeps:

```text
app.py:14 in status: wait_until_ready()
  app.py:9 in wait_until_ready: pause()
    app.py:5 in pause: time.sleep(5)
```

## Remedies

`async-block fix` replaces a `time.sleep` in a coroutine for you.

### Await the sleep

```python
import asyncio

import anyio


async def retry_later() -> None:
    await asyncio.sleep(5)


async def retry_later_with_anyio_or_trio() -> None:
    await anyio.sleep(5)
```

A helper of your own can become a coroutine too, if all who call it can await it:

```python
import asyncio


async def wait_until_ready() -> str:
    await asyncio.sleep(5)
    return "ready"


async def status() -> str:
    return await wait_until_ready()
```

### Run the helper in a thread

For helpers that have to stay synchronous. The thread sleeps, the event loop does not:

```python
import asyncio
import time

import anyio.to_thread


def wait_until_ready() -> str:
    time.sleep(5)
    return "ready"


async def status() -> str:
    return await anyio.to_thread.run_sync(wait_until_ready)


async def status_with_asyncio_alone() -> str:
    return await asyncio.to_thread(wait_until_ready)
```

The pool of threads is finite: 40 with AnyIO, and so in FastAPI and Starlette, and at most 32 with
`asyncio.to_thread`. What sleeps in one keeps it from the others.

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/status")
def status() -> str:
    time.sleep(5)
    return "ready"
```

## When to ignore it

Where nothing else runs on the loop, as in a script with a single task. The comment belongs on the
line that is reported:

```python
import asyncio
import time


async def main() -> None:
    time.sleep(1)  # noqa: ASB101 - the only task there is


if __name__ == "__main__":
    asyncio.run(main())
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB101", "ASB201"]
```

## What stays silent

- What is awaited: `await asyncio.sleep(5)`.
- `time.sleep(0)`, which does not wait.
- A function that is handed over, not called: `asyncio.to_thread(time.sleep, 5)`.
- Functions that no coroutine calls.

```python
import asyncio
import time


async def harmless() -> None:
    time.sleep(0)
    await asyncio.sleep(5)
    await asyncio.to_thread(time.sleep, 5)


def in_a_thread_of_its_own() -> None:
    time.sleep(5)
```

## See also

- `ASB110`: waiting for a lock, a queue, a thread or a future.
- `ASB301`: an endless loop that never gives the event loop a turn.
- [`asyncio.sleep`](https://docs.python.org/3/library/asyncio-task.html#asyncio.sleep)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(1, "sleep", "blocking-sleep", "blocking-sleep-in-helper", "sleeps", __doc__)
