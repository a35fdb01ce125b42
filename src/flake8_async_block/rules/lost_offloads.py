"""Work for a thread that is never started, because nobody awaits it.

**In a hurry:** write `await` in front of `asyncio.to_thread(...)`.

## What it does

`ASB403` (`offload-not-awaited`) reports a call of `asyncio.to_thread`, `anyio.to_thread.run_sync`,
`run_in_threadpool` or an `async def` of your own around one of them that is a statement of its own
without `await`, is stored and never read, or whose value is used as if it were the result: it is
compared, tested, iterated over, unpacked, or an attribute of it is read. The last also holds for
`run_in_executor`.

## Why it freezes the server

These are coroutines: without `await` nothing happens, and nothing is said but a warning that a
coroutine was never awaited. The data is not written, the mail not sent.
`asyncio.to_thread(...).json()` raises `AttributeError: 'coroutine' object has no attribute 'json'`.

## Example

```python
import asyncio
from pathlib import Path


async def save(path: Path, text: str) -> None:
    asyncio.to_thread(path.write_text, text)  # error: ASB403
```

## Remedies

There is no automatic fix: with an `await` the rest of the function runs later than it does now.

### Await it

```python
import asyncio
from pathlib import Path

import requests


async def save(path: Path, text: str) -> None:
    await asyncio.to_thread(path.write_text, text)


async def load(url: str) -> str:
    return (await asyncio.to_thread(requests.get, url)).text
```

### Let it run beside

Keep the task somewhere, or it may vanish before it is done:

```python
import asyncio
from pathlib import Path

saving: set[asyncio.Task[int]] = set()


async def save(path: Path, text: str) -> None:
    task = asyncio.create_task(asyncio.to_thread(path.write_text, text))
    saving.add(task)
    task.add_done_callback(saving.discard)
```

## When to ignore it

Where a test wants the warning. The comment belongs on the line that is reported:

```python
import asyncio


async def forget() -> None:
    asyncio.to_thread(print)  # noqa: ASB403 - provokes the warning
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB403"]
```

## What stays silent

- A coroutine that is returned, kept for later, or handed to `create_task`, `gather`, a group.
- `loop.run_in_executor(...)` as a statement: it starts at once. If nobody awaits it, its errors are
  lost.

```python
import asyncio
from collections.abc import Coroutine
from typing import Any


def harmless(text: str) -> Coroutine[Any, Any, None]:
    return asyncio.to_thread(print, text)


async def harmless_too() -> None:
    asyncio.get_running_loop().run_in_executor(None, print)
    later = asyncio.to_thread(print)
    await asyncio.gather(later, asyncio.to_thread(print))
```

## See also

- `ASB401`: a function that is called before it is handed over.
- [asyncio: running in
  threads](https://docs.python.org/3/library/asyncio-task.html#running-in-threads)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

OFFLOAD_NOT_AWAITED: Final = Rule(
    "ASB403",
    "offload-not-awaited",
    "work for a thread that nobody awaits, so that it is never done",
    __doc__,
    freezes=False,
)
