"""A call that waits for a process on the event loop.

**In a hurry:** write `await anyio.run_process(command)` or
`await asyncio.to_thread(subprocess.run, command)` instead of `subprocess.run(command)`.

## What it does

- `ASB107` (`blocking-subprocess`) reports a call in an `async def` that waits until another
  process ends or writes something: `subprocess.run` and its sisters, `Popen.wait`,
  `Popen.communicate`, reading from a pipe, `os.system`, `os.waitpid`, `multiprocessing` and others.
- `ASB207` (`blocking-subprocess-in-helper`) reports a call in an `async def` to a function of your
  own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. `subprocess.run` has no
`await` in it: it keeps the thread until the other process has ended. That the work is done
elsewhere does not help, because the waiting is done here.

## Example

### In the coroutine itself

```python
import subprocess


async def shrink(picture: str) -> None:
    subprocess.run(["mogrify", "-resize", "80x80", picture], check=True)  # error: ASB107
```

### Behind a helper

```python
import subprocess


def current_commit() -> str:
    return subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()


async def version() -> str:
    return current_commit()  # error: ASB207
```

The finding shows the way to the call that waits:

```text
app.py:9 in version: current_commit()
  app.py:5 in current_commit: subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you.

### Await the process

```python
import asyncio

import anyio


async def version() -> str:
    done = await anyio.run_process(["git", "rev-parse", "HEAD"])
    return done.stdout.decode().strip()


async def version_with_asyncio_alone() -> str:
    process = await asyncio.create_subprocess_exec(
        "git", "rev-parse", "HEAD", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"git ended with {process.returncode}")
    return output.decode().strip()
```

`anyio.run_process` raises `subprocess.CalledProcessError` unless you say `check=False`.

### Run it in a thread

```python
import asyncio
import subprocess

import anyio.to_thread


def current_commit() -> str:
    return subprocess.check_output(["git", "rev-parse", "HEAD"], text=True, timeout=10).strip()


async def version() -> str:
    return await anyio.to_thread.run_sync(current_commit)


async def version_with_asyncio_alone() -> str:
    return await asyncio.to_thread(current_commit)
```

Set a timeout: a thread cannot be stopped from outside, and the pool of threads is finite.

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
import subprocess

from fastapi import FastAPI

app = FastAPI()


@app.get("/version")
def version() -> str:
    return subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
```

## When to ignore it

Where nothing else runs on the loop, as in a build script. The comment belongs on the line that is
reported:

```python
import subprocess


async def build_assets() -> None:
    subprocess.run(["make", "assets"], check=True)  # noqa: ASB107 - nothing is served yet
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB107", "ASB207"]
```

## What stays silent

- What is awaited.
- Looking without waiting: `poll()`, `wait(timeout=0)`, `os.waitpid(pid, os.WNOHANG)`.
- Starting a process and letting it run, which is short: reported from `cost = "brief"` on.
- Functions that no coroutine calls.

```python
import os
import subprocess


async def harmless(running: subprocess.Popen[bytes]) -> int | None:
    os.waitpid(running.pid, os.WNOHANG)
    subprocess.Popen(["sleep", "1"])  # error with cost = "brief": ASB107
    return running.poll()
```

## See also

- `ASB110`: waiting for a thread or a future. `ASB112`: work that belongs into a process.
- [asyncio subprocesses](https://docs.python.org/3/library/asyncio-subprocess.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    7,
    "subprocess",
    "blocking-subprocess",
    "blocking-subprocess-in-helper",
    "waits for a process",
    __doc__,
)
