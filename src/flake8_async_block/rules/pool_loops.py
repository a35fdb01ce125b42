"""An endless loop in a function that the framework runs in one of its threads.

**In a hurry:** give the loop a `threading.Thread` of its own.

## What it does

`ASB304` (`endless-loop-in-pool`) reports an endless loop without `break`, `return` or `raise` in a
plain `def` handler, dependency or background task that the framework runs in a thread, or in what
it calls, and a call of `asyncio.to_thread`, `run_in_executor(None, ...)`, `run_in_threadpool` or
`anyio.to_thread.run_sync` that is handed a function with such a loop.

## Why it freezes the server

The event loop goes on, so this is not noticed at first. But the pool has 40 threads by default, and
each request for such a handler takes one and never gives it back. After forty of them no plain
`def` handler or dependency is started any more: their requests wait forever. The pool of asyncio
itself has 32 threads at most, and a program does not end before all of them are free.

## Example

```python
import time

from fastapi import FastAPI

app = FastAPI()
readings: list[float] = []


@app.get("/watch")
def watch() -> None:
    while True:  # error: ASB304
        readings.append(20.5)
        time.sleep(1)
```

## Remedies

There is no automatic fix: when to start and to stop it is a decision.

### A thread of its own, for as long as the application runs

```python
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

readings: list[float] = []
stopping = threading.Event()


def watch() -> None:
    while not stopping.wait(1):
        readings.append(time.monotonic())


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        stopping.set()


app = FastAPI(lifespan=lifespan)
```

### A task on the event loop

```python
import asyncio

readings: list[float] = []


async def watch() -> None:
    while True:
        readings.append(20.5)
        await asyncio.sleep(1)
```

## When to ignore it

Where an exception ends the loop soon. The comment belongs on the line that is reported:

```python
from fastapi import FastAPI

app = FastAPI()
waiting: list[str] = []


@app.get("/drain")
def drain() -> None:
    while True:  # noqa: ASB304 - the exception handler answers when the list is empty
        waiting.pop()
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB304"]
```

## What stays silent

- A loop with a way out: `break`, `return`, `raise`, or a handler around it that waits for one
  certain exception.
- Plain functions of which it is not known that a framework runs them in a thread.
- A pool of your own: `run_in_executor(pool, ...)`, `limiter=`, `Executor.submit`.

```python
import time

from fastapi import FastAPI

app = FastAPI()
waiting: list[str] = []


@app.get("/drain")
def drain() -> None:
    try:
        while True:
            waiting.pop()
    except IndexError:
        pass


def in_a_thread_of_its_own() -> None:
    while True:
        time.sleep(1)
```

## See also

- `ASB301`: the same on the event loop, where it stops everything at once.
- [Starlette: thread pool](https://www.starlette.io/threadpool/)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

ENDLESS_LOOP_IN_POOL: Final = Rule(
    "ASB304",
    "endless-loop-in-pool",
    "an endless loop that keeps a thread of the framework's pool forever",
    __doc__,
    freezes=False,
)
