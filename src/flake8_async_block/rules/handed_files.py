"""An open file that is handed to asynchronous code, which reads it on the event loop.

**In a hurry:** read the file in a thread, and hand over the bytes.

## What it does

`ASB408` (`blocking-file-handed-over`) reports an open file in `files=` of `httpx.AsyncClient.post`,
`put`, `patch`, `request` and `stream`, and an open file or a plain generator in `content=` or
`data=`.

## Why it freezes the server

The call is awaited and looks harmless. But a file that `open` has made can only be read by
blocking, and this client reads it piece by piece while it sends. On a slow disk, a network file
system or with a big file every piece holds up all other requests.

In `content=` and `data=` it does not read such a file at all, nor a generator without `async`: it
raises `RuntimeError: Attempted to send an sync request with an AsyncClient instance`.

## Example

```python
import io

import httpx


async def upload(client: httpx.AsyncClient, file: io.BufferedReader) -> None:
    await client.post("/files", files={"file": file})  # error: ASB408
```

## Remedies

There is no automatic fix: how a file is best read depends on its size.

### Hand over the bytes

```python
import asyncio
from pathlib import Path

import httpx


async def upload(client: httpx.AsyncClient, path: Path) -> None:
    content = await asyncio.to_thread(path.read_bytes)
    await client.post("/files", files={"file": content})
```

### Send the whole request in a thread

For files that do not fit in memory:

```python
import asyncio

import httpx


def upload(name: str) -> None:
    with open(name, "rb") as file:
        httpx.post("http://localhost/files", files={"file": file})


async def handler(name: str) -> None:
    await asyncio.to_thread(upload, name)
```

## When to ignore it

Where the file is small and on a local disk. The comment belongs on the line that is reported:

```python
import io

import httpx


async def upload(client: httpx.AsyncClient, file: io.BufferedReader) -> None:
    await client.post("/files", files={"file": file})  # noqa: ASB408 - a few lines on a local disk
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB408"]
```

## What stays silent

- Bytes, and files in memory such as `io.BytesIO`.
- A file of which the type is not known.
- `httpx.Client`, which is `ASB102` in an `async def`.

```python
import io

import httpx


async def harmless(client: httpx.AsyncClient, content: bytes) -> None:
    await client.post("/files", files={"file": io.BytesIO(content)})
    await client.post("/files", content=content)
```

## See also

- `ASB108`: reading files. `ASB102`: HTTP with a blocking client.
- [HTTPX: multipart file
  uploads](https://www.python-httpx.org/quickstart/#sending-multipart-file-uploads)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule

BLOCKING_FILE_HANDED_OVER: Final = Rule(
    "ASB408",
    "blocking-file-handed-over",
    "an open file handed to a client that reads it on the event loop",
    __doc__,
)
