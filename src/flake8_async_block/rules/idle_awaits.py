"""An endless loop that awaits only what never pauses.

**In a hurry:** await something in the loop that really waits, such as `await asyncio.sleep(1)`.

## What it does

`ASB302` (`loop-without-pause`) reports an endless loop in an `async def` that does have an `await`,
but only for coroutines of your own in which nothing ever pauses.

## Why it freezes the server

`await` by itself gives nobody a turn. It runs the coroutine at once, like a plain call; only what
waits at the bottom of it (a timer, a socket, a lock that is taken) lets the event loop go on. A
chain of coroutines without one of these runs to its end in one go, and a loop around it never lets
go.

## Example

```python
readings: list[float] = []


async def read() -> None:
    readings.append(20.5)


async def watch() -> None:
    while True:  # error: ASB302
        await read()
```

## Remedies

`async-block fix --unsafe-fixes` lets the others have a turn at the beginning of each round, with
`sleep(0)`. That keeps a core busy. Better:

### Pause

```python
import asyncio

readings: list[float] = []


async def read() -> None:
    readings.append(20.5)


async def watch() -> None:
    while True:
        await read()
        await asyncio.sleep(1)
```

### Wait for what happens

```python
import asyncio

readings: list[float] = []


async def watch(arriving: asyncio.Queue[float]) -> None:
    while True:
        readings.append(await arriving.get())
```

## When to ignore it

Where a subclass in another project makes the coroutine pause. The comment belongs on the line that
is reported:

```python
class Watcher:
    def __init__(self) -> None:
        self.rounds = 0

    async def step(self) -> None:
        self.rounds += 1

    async def run(self) -> None:
        while True:  # noqa: ASB302 - every subclass has a step() that waits
            await self.step()
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB302"]
```

## What stays silent

- A loop with one `await` that may pause: for anything of a library, for a task, for
  `asyncio.sleep(0)`, for a value that is not known.
- A loop with a way out: `break`, `return`, `raise`.
- Methods that are abstract, empty, decorated, or overridden anywhere in the project.

```python
import asyncio


async def pause() -> None:
    await asyncio.sleep(0)


async def harmless(jobs: asyncio.Queue[int]) -> None:
    while True:
        await pause()
        await jobs.get()
```

## See also

- `ASB301`: the same without any `await`. `ASB303`: waking up again and again.
- [asyncio: awaitables](https://docs.python.org/3/library/asyncio-task.html#awaitables)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

LOOP_WITHOUT_PAUSE: Final = Rule(
    "ASB302",
    "loop-without-pause",
    "an endless loop whose awaits never give the event loop a turn",
    __doc__,
)
