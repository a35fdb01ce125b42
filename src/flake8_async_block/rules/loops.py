"""An endless loop that never gives the event loop a turn.

**In a hurry:** await something in the loop, such as `await asyncio.sleep(1)`.

## What it does

`ASB301` (`loop-without-await`) reports a loop without end in an `async def` that has neither an
`await` nor a way out, and a call to a function of your own that has one. Without end are `while
True`, `while 1`, a `while` with a condition that nothing changes, `itertools.count()`, `cycle` and
`repeat`, also inside `enumerate`, `zip` and the like, a generator of your own that never stops, and
`iter(jobs.get, None)`, which waits for another thread in each round.

Nothing changes a condition on variables and attributes with plain values if the loop itself does
not, no plain function sets them, and no other thread can. What another coroutine sets counts for
nothing: it has no turn while the loop runs.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. A loop without one
never ends its turn. After the first request that gets there no other one is answered, not even a
health check, and one core is busy until the process is killed.

## Example

```python
from fastapi import FastAPI

app = FastAPI()
readings: list[float] = []


@app.get("/watch")
async def watch() -> None:
    while True:  # error: ASB301
        readings.append(20.5)
```

## Remedies

`async-block fix --unsafe-fixes` lets the others have a turn at the beginning of each round, with
`sleep(0)`. Where the loop changes nothing that others use, it does so without `--unsafe-fixes`.

### Pause

For a loop that looks after something now and then:

```python
import asyncio

readings: list[float] = []


async def watch() -> None:
    while True:
        readings.append(20.5)
        await asyncio.sleep(1)
```

`await asyncio.sleep(0)` gives the others a turn, but keeps a core busy. Use it only where the loop
has real work to do in every round.

### Wait for what happens

Better than looking again and again:

```python
import asyncio

readings: list[float] = []


async def watch(arriving: asyncio.Queue[float]) -> None:
    while True:
        readings.append(await arriving.get())
```

### Start it once, beside the handlers

A handler should answer. What runs for as long as the application belongs into its lifespan:

```python
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

readings: list[float] = []


async def watch() -> None:
    while True:
        readings.append(20.5)
        await asyncio.sleep(1)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


app = FastAPI(lifespan=lifespan)
```

### Give it a thread of its own

For a loop that has to stay synchronous. Do not put it in a plain `def` handler, a background task
or `asyncio.to_thread`: there it keeps one thread of a finite pool forever.

```python
import threading
import time

readings: list[float] = []


def watch() -> None:
    while True:
        readings.append(20.5)
        time.sleep(1)


def start_watching() -> None:
    threading.Thread(target=watch, daemon=True).start()
```

## When to ignore it

Where the loop shall have the process for itself, or where something in it raises an exception to
leave. The comment belongs on the line that is reported:

```python
async def drain(waiting: list[bytes]) -> None:
    while True:  # noqa: ASB301 - the caller expects the IndexError
        waiting.pop()
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB301"]
```

## What stays silent

- A loop with an `await`, `async for`, `async with` or `yield`.
- A loop with a way out: `break`, `return`, `raise`, `sys.exit()`, a function of which the
  annotation says `NoReturn`, or a handler around the loop that waits for one certain exception.
- A loop with a condition that something may change: a method without `async` that sets the
  attribute, a call, an object of which the type is not known.
- `iter(file.readline, "")` and the like, which come to an end by themselves.
- Loops in functions without `async` that nothing on the event loop calls.

```python
import asyncio


async def harmless(numbers: list[int], done: asyncio.Event) -> int:
    while not done.is_set():
        await done.wait()
    try:
        while True:
            numbers.pop()
    except IndexError:
        pass
    while True:
        if numbers.pop() == 0:
            return len(numbers)


def in_a_thread_of_its_own() -> None:
    while True:
        pass
```

## See also

- `ASB302`: the awaits in the loop never pause. `ASB304`: the same in a thread of the framework.
- `ASB101`: sleeping with `time.sleep`. `ASB112`: computing for long.
- [FastAPI: lifespan events](https://fastapi.tiangolo.com/advanced/events/)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

LOOP_WITHOUT_AWAIT: Final = Rule(
    "ASB301",
    "loop-without-await",
    "an endless loop that never gives the event loop a turn",
    __doc__,
)
