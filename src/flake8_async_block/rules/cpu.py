"""A call that computes for long on the event loop.

**In a hurry:** write `await anyio.to_process.run_sync(work, data)`, or give the work to a
`ProcessPoolExecutor`. A thread helps only where the library releases the interpreter lock, as
`hashlib` does.

## What it does

- `ASB112` (`cpu-heavy-call`) reports a call in an `async def` that is known to compute for long:
  hashing of passwords, models that run in the process, `timeit` and others.
- `ASB212` (`cpu-heavy-call-in-helper`) reports a call in an `async def` to a function of your own
  that gets there, however many functions are in between. The finding lists them all.

async-block cannot see how long a loop of your own takes. It knows some functions by name.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. A computation has no
`await` in it: until it is done, nobody else has a turn. A password hash is slow on purpose, a tenth
of a second or more, so ten sign-ins at once stop the server for a second.

## Example

### In the coroutine itself

```python
import hashlib


async def sign_in(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 600_000)  # error: ASB112
```

### Behind a helper

```python
import hashlib


def hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


async def sign_in(password: str, salt: bytes) -> bytes:
    return hashed(password, salt)  # error: ASB212
```

The finding shows the way to the call that computes:

```text
app.py:9 in sign_in: hashed(password, salt)
  app.py:5 in hashed: hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you, where a thread helps.

### Run it in a process

It has an interpreter lock of its own. The function must be importable, and what goes in and out
must be picklable:

```python
import asyncio
from concurrent.futures import ProcessPoolExecutor

import anyio.to_process


def count_primes(limit: int) -> int:
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


async def primes(limit: int) -> int:
    return await anyio.to_process.run_sync(count_primes, limit)


async def primes_with_asyncio_alone(pool: ProcessPoolExecutor, limit: int) -> int:
    return await asyncio.get_running_loop().run_in_executor(pool, count_primes, limit)
```

Make the pool once, not for every request.

### Run it in a thread

Enough where a library releases the interpreter lock while it computes. `hashlib`, `zlib` and most
of NumPy do; plain Python does not, and would take every second turn from the event loop:

```python
import asyncio
import hashlib

import anyio.to_thread


def hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


async def sign_in(password: str, salt: bytes) -> bytes:
    return await anyio.to_thread.run_sync(hashed, password, salt)


async def sign_in_with_asyncio_alone(password: str, salt: bytes) -> bytes:
    return await asyncio.to_thread(hashed, password, salt)
```

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`, and the
same limits hold:

```python
import hashlib

from fastapi import FastAPI

app = FastAPI()


@app.post("/key")
def key(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 600_000).hex()
```

### Leave it to others

Long work belongs into a task queue (Celery, arq, Dramatiq) or a service of its own. More workers
(`uvicorn --workers 4`) spread the load, but each one still stops while it computes.

## When to ignore it

Where the work is known to be small. The comment belongs on the line that is reported:

```python
import hashlib


async def fingerprint(text: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", text.encode(), b"salt", 1)  # noqa: ASB112 - one round
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB112", "ASB212"]
```

For the whole project, with everything else that is bounded by the disk or the processor:

```toml
[tool.async-block]
cost = "unbounded"
```

## What stays silent

- Work that is as long as its argument, and mostly short: `json.loads`, `zlib.compress`. It is
  reported from `cost = "brief"` on.
- A single hash, such as `hashlib.sha256(data)`.
- Loops and functions of your own, however long they take.

```python
import hashlib
import json


async def harmless(body: bytes) -> str:
    json.loads(body)  # error with cost = "brief": ASB112
    return hashlib.sha256(body).hexdigest()
```

## See also

- `ASB107`: waiting for a process. `ASB301`: an endless loop that never gives the loop a turn.
- [AnyIO: running code in worker processes](https://anyio.readthedocs.io/en/stable/subprocesses.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    12, "cpu", "cpu-heavy-call", "cpu-heavy-call-in-helper", "computes for long", __doc__
)
