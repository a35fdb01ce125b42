"""An async function that is called, and not awaited.

**In a hurry:** write `await asyncio.sleep(1)`.

## What it does

`ASB409` (`await-forgotten`) reports a call of an `async def` of your own, or of one that comes with
asyncio, anyio or trio, that is a statement of its own without `await`.

## Why it freezes the server

A call of an async function does nothing: it makes a coroutine, and `await` runs it. So an
`asyncio.sleep(1)` that was a `time.sleep(1)` before does not pause, and a loop that relies on it
never gives the others a turn. `acquire()` of an `asyncio.Lock` locks nothing, and a helper that was
made async does not do its work any more. All that is ever said is a warning: `coroutine 'sleep' was
never awaited`.

## Example

```python
import asyncio


async def wait_until_ready(servers: list[str]) -> None:
    while servers:
        servers.pop()
        asyncio.sleep(1)  # error: ASB409
```

## Remedies

There is no automatic fix: with an `await` the rest of the function runs later than it does now.

### Await it

```python
import asyncio


async def wait_until_ready(servers: list[str]) -> None:
    while servers:
        servers.pop()
        await asyncio.sleep(1)
```

### Let it run beside

Keep the task somewhere, or it may vanish before it is done:

```python
import asyncio

sending: set[asyncio.Task[None]] = set()


async def send(text: str) -> None:
    await asyncio.sleep(1)
    print(text)


async def handler() -> None:
    task = asyncio.create_task(send("welcome"))
    sending.add(task)
    task.add_done_callback(sending.discard)
```

## When to ignore it

Where a test wants the warning. The comment belongs on the line that is reported:

```python
import asyncio


async def forget() -> None:
    asyncio.sleep(0)  # noqa: ASB409 - provokes the warning
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB409"]
```

## What stays silent

- A coroutine that is returned, kept in a variable, or handed to anything.
- An async function with a decorator, which may have made something else of it, and a method that a
  subclass overrides.
- A call in a `with` statement that waits for the error or the warning: `pytest.raises`,
  `self.assertWarns`.
- What starts by itself: `asyncio.create_task`, `asyncio.gather`, `loop.run_in_executor`.

```python
import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any


def in_background(function: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    @functools.wraps(function)
    def start() -> None:
        asyncio.ensure_future(function())

    return start


@in_background
async def tick() -> None:
    await asyncio.sleep(1)


def later() -> Coroutine[Any, Any, None]:
    return asyncio.sleep(1)


async def harmless() -> None:
    tick()
    pause = asyncio.sleep(1)
    await asyncio.gather(pause, later())
```

## See also

- `ASB403`: the same for work that is meant for a thread. `ASB301`: a loop without `await`.
- [asyncio: coroutines](https://docs.python.org/3/library/asyncio-task.html#coroutines)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

AWAIT_FORGOTTEN: Final = Rule(
    "ASB409",
    "await-forgotten",
    "an async function that is called and not awaited, so that it never runs",
    __doc__,
)
