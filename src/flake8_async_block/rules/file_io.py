"""A call that reads or writes files on the event loop.

**In a hurry:** write `await asyncio.to_thread(path.read_text)` or
`await anyio.Path(path).read_text()` instead of `path.read_text()`. If your disk is local and your
files are small, you may ignore this rule.

## What it does

- `ASB108` (`blocking-file-io`) reports a call in an `async def` that opens, reads or writes a file,
  or walks, copies or removes a tree of them: `open`, file objects, `pathlib.Path`, `os`, `shutil`,
  `tempfile`, archives and others.
- `ASB208` (`blocking-file-io-in-helper`) reports a call in an `async def` to a function of your own
  that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. Reading a file has no
`await` in it: it keeps the thread until the bytes are there. On a local disk that is mostly too
short to notice. A large file, a network file system, a busy disk in the cloud or a throttled
container make it long, and then nobody is served.

## Example

### In the coroutine itself

```python
from pathlib import Path


async def page(name: str) -> str:
    return Path("pages", name).read_text(encoding="utf-8")  # error: ASB108
```

### Behind a helper

```python
def append(line: str) -> None:
    with open("visits.csv", "a", encoding="utf-8") as log:
        log.write(line)


async def visit(name: str) -> None:
    append(f"{name},")  # error: ASB208
```

The finding shows the way to the call that waits:

```text
app.py:7 in visit: append(f"{name},")
  app.py:2 in append: open("visits.csv", "a", encoding="utf-8")
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you, and a `with open(...)` block as a
whole.

### Use asynchronous files

They use threads as well, so this is for convenience, not for speed:

```python
import anyio


async def page(name: str) -> str:
    return await anyio.Path("pages", name).read_text(encoding="utf-8")


async def visit(name: str) -> None:
    async with await anyio.open_file("visits.csv", "a", encoding="utf-8") as log:
        await log.write(f"{name},")
```

### Run it in a thread

One hop for the whole piece of work is much faster than one for every line:

```python
import asyncio

import anyio.to_thread


def append(line: str) -> None:
    with open("visits.csv", "a", encoding="utf-8") as log:
        log.write(line)


async def visit(name: str) -> None:
    await anyio.to_thread.run_sync(append, f"{name},")


async def visit_with_asyncio_alone(name: str) -> None:
    await asyncio.to_thread(append, f"{name},")
```

### Read it once

What never changes can be read when the module is imported, before the loop runs:

```python
from pathlib import Path

LICENCE = Path(__file__).read_text(encoding="utf-8")


async def licence() -> str:
    return LICENCE
```

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()


@app.get("/pages/{name}")
def page(name: str) -> str:
    return Path("pages", name).read_text(encoding="utf-8")
```

To send a file, return `fastapi.responses.FileResponse`: it reads in threads by itself.

## When to ignore it

Where files are small and the disk is local: handing the work to a thread costs some fifty
microseconds, more than reading a small file. The comment belongs on the line that is reported:

```python
from pathlib import Path


async def is_leader() -> bool:
    return Path("/run/leader").read_text() == "yes"  # noqa: ASB108 - a few bytes in memory
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB108", "ASB208"]
```

For the whole project, with everything else that is bounded by the disk or the processor:

```toml
[tool.async-block]
cost = "unbounded"
```

## What stays silent

- What is awaited, as from `anyio` or `aiofiles`.
- Files in memory: `io.BytesIO`, `io.StringIO`.
- Names of files: joining paths, taking them apart.
- Looking at a directory entry, such as `exists()`, `stat()` or `mkdir()`: shorter than handing it
  to a thread, so reported from `cost = "brief"` on.

```python
import io
from pathlib import Path

import anyio


async def harmless(name: str) -> bytes:
    path = Path("pages") / name
    io.BytesIO(b"text").read()
    if path.exists():  # error with cost = "brief": ASB108
        return await anyio.Path(path).read_bytes()
    return b""
```

## See also

- `ASB104`: SQLite and other databases. `ASB109`: terminal input.
- [AnyIO: asynchronous file I/O](https://anyio.readthedocs.io/en/stable/fileio.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    8, "file", "blocking-file-io", "blocking-file-io-in-helper", "reads or writes files", __doc__
)
