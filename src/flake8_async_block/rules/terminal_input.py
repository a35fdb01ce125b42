"""A call that waits for terminal input on the event loop.

**In a hurry:** write `await asyncio.to_thread(input, "> ")` instead of `input("> ")`. If it is a
`breakpoint()`, take it out.

## What it does

- `ASB109` (`blocking-terminal-input`) reports a call in an `async def` that waits for a person:
  `input`, `getpass.getpass`, reading `sys.stdin`, debuggers and interactive consoles.
- `ASB209` (`blocking-terminal-input-in-helper`) reports a call in an `async def` to a function of
  your own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. `input` has no `await`
in it: it keeps the thread until somebody presses Enter. Nothing is slower than a person, and on a
server there is none.

## Example

### In the coroutine itself

```python
async def chat() -> str:
    return input("> ")  # error: ASB109
```

### Behind a helper

```python
import getpass


def ask_for_token() -> str:
    return getpass.getpass("Token: ")


async def sign_in() -> str:
    return ask_for_token()  # error: ASB209
```

The finding shows the way to the call that waits:

```text
app.py:9 in sign_in: ask_for_token()
  app.py:5 in ask_for_token: getpass.getpass("Token: ")
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you, except for debuggers.

### Run it in a thread

```python
import asyncio

import anyio.to_thread


async def chat() -> str:
    return await anyio.to_thread.run_sync(input, "> ")


async def chat_with_asyncio_alone() -> str:
    return await asyncio.to_thread(input, "> ")
```

A thread that waits for a line cannot be stopped from outside: the program ends only after one more
Enter.

### Read the input asynchronously

```python
import sys

import anyio


async def echo() -> None:
    async for line in anyio.wrap_file(sys.stdin):
        print(line, end="")
```

For prompts with editing and history there is `prompt_toolkit`, with `prompt_async`.

### Ask before the loop starts

```python
import asyncio
import getpass


async def serve(token: str) -> None:
    await asyncio.sleep(len(token))


def main() -> None:
    asyncio.run(serve(getpass.getpass("Token: ")))
```

## When to ignore it

Where nothing else runs on the loop, as in a small tool with one task. The comment belongs on the
line that is reported:

```python
async def confirm() -> bool:
    return input("Sure? ") == "yes"  # noqa: ASB109 - the only task there is
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB109", "ASB209"]
```

## What stays silent

- What is awaited.
- Writing to the terminal: `print`, `sys.stdout.write`.
- `input` handed over, not called: `asyncio.to_thread(input, "> ")`.
- A function of your own with the name `input`.

```python
import asyncio
import sys


async def harmless() -> str:
    print("What is your name?")
    sys.stdout.flush()
    return await asyncio.to_thread(input, "> ")
```

## See also

- `ASB108`: files. `ASB110`: waiting for a queue, a thread or a future.
- [AnyIO: asynchronous file I/O](https://anyio.readthedocs.io/en/stable/fileio.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    9,
    "input",
    "blocking-terminal-input",
    "blocking-terminal-input-in-helper",
    "waits for terminal input",
    __doc__,
)
