"""A call that waits for an HTTP response on the event loop.

**In a hurry:** write `await asyncio.to_thread(requests.get, url)`, or use an asynchronous client
such as `httpx.AsyncClient`.

## What it does

- `ASB102` (`blocking-http-call`) reports a call in an `async def` that sends a request or reads a
  response with a synchronous client: `requests`, `urllib.request`, `urllib3`, `http.client`,
  `httpx.get`, `httpx.Client` and others.
- `ASB202` (`blocking-http-call-in-helper`) reports a call in an `async def` to a function of your
  own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All requests that your server answers share one thread, and take turns at each `await`. A
synchronous client has no `await` in it: it keeps the thread until the other server has answered.
If that one is slow, yours is slow for everybody; if it hangs, yours hangs.

## Example

### In the coroutine itself

```python
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/rate")
async def rate() -> float:
    return requests.get("https://example.org/rate", timeout=5).json()  # error: ASB102
```

### Behind a helper

```python
import urllib.request


def load(key: int) -> bytes:
    with urllib.request.urlopen(f"https://example.org/{key}", timeout=5) as answer:
        return answer.read()


async def item(key: int) -> bytes:
    return load(key)  # error: ASB202
```

The finding shows the way to the call that waits:

```text
app.py:10 in item: load(key)
  app.py:5 in load: urllib.request.urlopen(f"https://example.org/{key}", timeout=5)
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you.

### Use an asynchronous client

The best way where there are many requests: one waiting request costs a few kilobytes, not a
thread. Keep one client for as long as the application runs, so that it can reuse connections:

```python
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(timeout=5) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/rate")
async def rate(request: Request) -> float:
    answer = await request.app.state.client.get("https://example.org/rate")
    return answer.json()
```

`aiohttp` is as good. Its responses are read with `await answer.json()`.

### Run it in a thread

The smallest change. `anyio.to_thread.run_sync` takes no keyword arguments, so wrap them up:

```python
import asyncio
import functools
import urllib.request

import anyio.to_thread
import requests
from starlette.concurrency import run_in_threadpool

URL = "https://example.org/rate"


def load(key: int) -> bytes:
    with urllib.request.urlopen(f"https://example.org/{key}", timeout=5) as answer:
        return answer.read()


async def rate() -> float:
    get = functools.partial(requests.get, URL, timeout=5)
    return (await anyio.to_thread.run_sync(get)).json()


async def rate_with_asyncio_alone() -> float:
    return (await asyncio.to_thread(requests.get, URL, timeout=5)).json()


async def rate_with_starlette() -> float:
    return (await run_in_threadpool(requests.get, URL, timeout=5)).json()


async def item(key: int) -> bytes:
    return await anyio.to_thread.run_sync(load, key)
```

Always set a timeout: a thread cannot be stopped from outside. The pool of threads is finite: 40
with AnyIO, and so in FastAPI and Starlette, and at most 32 with `asyncio.to_thread`. The next
request waits for a free one.

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/rate")
def rate() -> float:
    return requests.get("https://example.org/rate", timeout=5).json()
```

## When to ignore it

Where nothing else runs on the loop yet, as when an application starts. The comment belongs on the
line that is reported:

```python
import requests


async def read_settings_at_startup() -> bytes:
    return requests.get("http://localhost:8500/settings", timeout=1).content  # noqa: ASB102
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB102", "ASB202"]
```

## What stays silent

- What is awaited, so every asynchronous client.
- Making a client or a session: it connects to nothing.
- What a response holds already, such as `json()` or `text` of a response that is not streamed.
- Functions that no coroutine calls.

```python
import httpx
import requests


async def harmless() -> object:
    session = requests.Session()
    session.headers["accept"] = "application/json"
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get("https://example.org/rate")
    return answer.json()


def in_a_thread_of_its_own() -> object:
    return requests.get("https://example.org/rate", timeout=5).json()
```

## See also

- `ASB103`: other network traffic. `ASB106`: the clients of cloud services.
- [httpx: async support](https://www.python-httpx.org/async/)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    2,
    "http",
    "blocking-http-call",
    "blocking-http-call-in-helper",
    "waits for an HTTP response",
    __doc__,
)
