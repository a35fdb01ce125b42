"""A function that is called before it is handed to a thread.

**In a hurry:** write `to_thread(work, 8)` instead of `to_thread(work(8))`.

## What it does

`ASB401` (`call-before-offload`) reports a call in the place where `asyncio.to_thread`,
`run_in_executor`, `BackgroundTasks.add_task`, `loop.call_soon` and the like expect a function, if
the result of that call is none.

## Why it freezes the server

Arguments are evaluated first. `requests.get(url)` in `to_thread(requests.get(url))` runs on the
event loop, and every other request waits for it. Then the thread tries to call the response, which
raises `TypeError: 'Response' object is not callable`.

## Example

```python
import asyncio

import requests


async def load(url: str) -> requests.Response:
    return await asyncio.to_thread(requests.get(url))  # error: ASB401
```

## Remedies

`async-block fix` hands over the function and its arguments, unless further ones follow, or what
gets them, such as `threading.Timer`, does not hand them on.

### Hand over the function and its arguments

```python
import asyncio

import requests


async def load(url: str) -> requests.Response:
    return await asyncio.to_thread(requests.get, url, timeout=3)
```

### Or bind them first

AnyIO and `run_in_executor` hand on positional arguments only:

```python
import functools

import anyio.to_thread
import requests


async def load(url: str) -> requests.Response:
    return await anyio.to_thread.run_sync(functools.partial(requests.get, url, timeout=3))
```

## When to ignore it

Where the result can be called although it does not look like it. The comment belongs on the line
that is reported:

```python
import asyncio
import time


def prepare() -> None:
    time.sleep(1)


async def work() -> None:
    await asyncio.to_thread(prepare())  # noqa: ASB401 - replaced by the tests
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB401"]
```

## What stays silent

- A call that gives a function, a `functools.partial`, a class or an object that can be called.
- A call of which the result is not known, unless it is known to block.
- A function without a call.

```python
import asyncio
import functools
from collections.abc import Callable


def task_for(name: str) -> Callable[[], int]:
    return functools.partial(int, name)


async def harmless() -> None:
    await asyncio.to_thread(task_for("8"))
    await asyncio.to_thread(functools.partial(int, "8"))
    await asyncio.to_thread(int, "8")
```

## See also

- `ASB402`: an async function in a thread. `ASB404`: keyword arguments that are not handed on.
- [asyncio: running in
  threads](https://docs.python.org/3/library/asyncio-task.html#running-in-threads)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

CALL_BEFORE_OFFLOAD: Final = Rule(
    "ASB401",
    "call-before-offload",
    "a call whose result, not the function, is handed to a thread",
    __doc__,
)
