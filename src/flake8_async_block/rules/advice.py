"""A handler that is `async`, although it never waits for anything.

**In a hurry:** write `def` instead of `async def`, and the framework runs the handler in a thread.

## What it does

`ASB501` (`handler-without-await`) reports an `async def` handler of a web framework in which there
is no `await`, or none that could pause, if the framework runs plain functions in a thread. It is
advice, and off by default: select it with `ASB501` or `ASB5`.

## Why it freezes the server

It does not, as long as the handler has little to do. But nothing in it can give others a turn, so
whatever it does, or comes to do one day, holds up all other requests. A plain `def` handler runs in
a thread, where it may take its time. That costs some microseconds for each request.

## Example

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def report(rows: int) -> list[int]:  # error: ASB501
    return [row * row for row in range(rows)]
```

## Remedies

There is no automatic fix: for a short handler the thread is not worth it.

### Let the framework use a thread

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
def report(rows: int) -> list[int]:
    return [row * row for row in range(rows)]
```

Two such handlers may run at the same time: what they share has to bear that.

## When to ignore it

Where the handler only returns what is there. The comment belongs on the line that is reported:

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health() -> str:  # noqa: ASB501 - nothing to do
    return "ok"
```

It is off unless it is selected. For whole directories:

```toml
[tool.async-block]
extend-select = ["ASB501"]

[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB501"]
```

## What stays silent

- Handlers with an `await`, `async for` or `async with` that may pause, or a `yield`.
- Handlers that use the event loop otherwise, such as with `asyncio.create_task`.
- WebSocket handlers, middleware, exception handlers, methods, handlers with another decorator, and
  handlers that other code names.

```python
import asyncio

from fastapi import FastAPI

app = FastAPI()


async def work() -> None:
    await asyncio.sleep(1)


@app.post("/start")
async def start() -> str:
    app.state.task = asyncio.create_task(work())
    return "started"


@app.get("/one")
async def one() -> int:
    return 1


@app.get("/two")
async def two() -> int:
    await work()
    return 1 + await one()
```

## See also

- `ASB112`: computing for long.
- [FastAPI: concurrency and async / await](https://fastapi.tiangolo.com/async/)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

HANDLER_WITHOUT_AWAIT: Final = Rule(
    "ASB501",
    "handler-without-await",
    "an async handler without await, which could be a plain function",
    __doc__,
    default=False,
    freezes=False,
)
