"""A keyword argument for the function, given to something that does not hand it on.

**In a hurry:** write `run_sync(functools.partial(requests.get, url, timeout=3))`.

## What it does

`ASB404` (`keyword-not-handed-on`) reports keyword arguments of `anyio.to_thread.run_sync`,
`trio.to_thread.run_sync`, `loop.run_in_executor`, `loop.call_soon`, `call_later` and
`add_done_callback` that these do not know.

## Why it freezes the server

It does not freeze: it raises `TypeError: run_sync() got an unexpected keyword argument 'timeout'`
as soon as the line is reached. The mistake comes up when a call is moved to a thread, since
`asyncio.to_thread` and `run_in_threadpool` do hand keyword arguments on and the others do not.

## Example

```python
import anyio.to_thread
import requests


async def load(url: str) -> requests.Response:
    return await anyio.to_thread.run_sync(requests.get, url, timeout=3)  # error: ASB404
```

## Remedies

`async-block fix` binds the arguments with `functools.partial`, unless `**` brings some of them.

### Bind the arguments

```python
import asyncio
import functools

import anyio.to_thread
import requests


async def load(url: str) -> requests.Response:
    return await anyio.to_thread.run_sync(functools.partial(requests.get, url, timeout=3))


async def load_with_executor(url: str) -> requests.Response:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, functools.partial(requests.get, url, timeout=3))
```

### Use what hands them on

```python
import asyncio

import requests


async def load(url: str) -> requests.Response:
    return await asyncio.to_thread(requests.get, url, timeout=3)
```

## When to ignore it

Where a newer version of the library takes the argument. The comment belongs on the line that is
reported:

```python
import anyio.to_thread


async def work() -> None:
    await anyio.to_thread.run_sync(print, name="printer")  # noqa: ASB404 - our fork names threads
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB404"]
```

## What stays silent

- The arguments that they have themselves: `limiter`, `abandon_on_cancel`, `executor`.
- `**arguments`, of which the names are not known.
- `asyncio.to_thread`, `run_in_threadpool`, `Executor.submit`.

```python
import asyncio

import anyio.to_thread


async def harmless(limiter: anyio.CapacityLimiter, options: dict[str, bool]) -> None:
    await anyio.to_thread.run_sync(print, limiter=limiter, abandon_on_cancel=True)
    await anyio.to_thread.run_sync(print, **options)
    await asyncio.to_thread(print, sep="")
```

## See also

- `ASB401`: a function that is called before it is handed over.
- [AnyIO: working with threads](https://anyio.readthedocs.io/en/stable/threads.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

KEYWORD_NOT_HANDED_ON: Final = Rule(
    "ASB404",
    "keyword-not-handed-on",
    "a keyword argument for a function that the thread does not get",
    __doc__,
    freezes=False,
)
