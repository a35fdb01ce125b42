"""A loop that looks again and again at something which could tell by itself.

**In a hurry:** wait for an `asyncio.Event` that is set where the variable is changed.

## What it does

`ASB303` (`busy-wait`) reports a loop in an `async def` of which a round may do nothing but look at
the program's own state and sleep for 0.05 seconds or less: `while not self.ready: await
asyncio.sleep(0)`. State is a variable, an attribute, a container, `is_set()`, `done()`, `empty()`
or `get_nowait()` of an asyncio object, and a method or a property that only looks at these.

## Why it freezes the server

With `sleep(0)` the event loop runs the waiting task again in each of its rounds. Other requests are
served, but more slowly, and one core is busy for as long as the wait takes. Ten tasks that wait
like this do so ten times.

## Example

```python
import asyncio


class Cache:
    def __init__(self) -> None:
        self.filled = False

    async def wait(self) -> None:
        while not self.filled:  # error: ASB303
            await asyncio.sleep(0)
```

## Remedies

There is no automatic fix: what the loop waits for has to tell, and that is other code.

### An event, for "it has happened"

```python
import asyncio


class Cache:
    def __init__(self) -> None:
        self.filled = asyncio.Event()

    def fill(self) -> None:
        self.filled.set()

    async def wait(self) -> None:
        await self.filled.wait()
```

### A queue, for "here is the next one"

```python
import asyncio


async def work(jobs: asyncio.Queue[str]) -> None:
    while True:
        print(await jobs.get())
```

### A task, for "it is done"

```python
import asyncio


async def finish(task: asyncio.Task[int]) -> int:
    return await task
```

`asyncio.Condition` is for several tasks that wait for different things. From another thread, set an
event with `loop.call_soon_threadsafe(event.set)`.

## When to ignore it

Where the waits are rare and short. The comment belongs on the line that is reported:

```python
import asyncio


class Cache:
    def __init__(self) -> None:
        self.filled = False

    async def wait(self) -> None:
        while not self.filled:  # noqa: ASB303 - filled by a thread within a millisecond
            await asyncio.sleep(0.001)
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB303"]
```

## What stays silent

- Longer pauses.
- Looking at something outside of the program: a file, a process, a server, a clock alone.
- A loop that does something in every round, other than to print or log.
- State of which the type is not known.

```python
import asyncio
from pathlib import Path


class Cache:
    def __init__(self) -> None:
        self.filled = False
        self.rounds = 0

    async def harmless(self, path: Path) -> None:
        while not self.filled:
            await asyncio.sleep(1)
        while not path.parts:
            await asyncio.sleep(0)
        while not self.filled:
            self.rounds += 1
            await asyncio.sleep(0)
```

## See also

- `ASB301`, `ASB302`: loops that never let the others have a turn.
- [asyncio: synchronization primitives](https://docs.python.org/3/library/asyncio-sync.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

BUSY_WAIT: Final = Rule(
    "ASB303",
    "busy-wait",
    "a loop that looks at the program's own state again and again",
    __doc__,
)
