"""A call that waits for the network on the event loop.

**In a hurry:** move the whole conversation to a function, and write
`await asyncio.to_thread(that_function)`.

## What it does

- `ASB103` (`blocking-network-call`) reports a call in an `async def` that waits for a peer, a name
  server or a socket: `socket`, `ssl`, `select`, mail (`smtplib`, `imaplib`, `poplib`), `ftplib`,
  SSH and others. HTTP has a rule of its own.
- `ASB203` (`blocking-network-call-in-helper`) reports a call in an `async def` to a function of
  your own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All tasks of an event loop share one thread, and take turns at each `await`. A blocking socket has
no `await` in it: it keeps the thread until the peer answers. Looking up a name is network traffic
as well, and when the name server is down it takes many seconds.

## Example

### In the coroutine itself

```python
import socket


async def address_of(host: str) -> str:
    return socket.gethostbyname(host)  # error: ASB103
```

### Behind a helper

```python
import smtplib
from email.message import EmailMessage


def send(message: EmailMessage) -> None:
    with smtplib.SMTP("mail.example.org", timeout=10) as server:
        server.send_message(message)


async def notify(message: EmailMessage) -> None:
    send(message)  # error: ASB203
```

The finding shows the way to the call that waits:

```text
app.py:11 in notify: send(message)
  app.py:6 in send: smtplib.SMTP("mail.example.org", timeout=10)
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you.

### Use what the event loop offers

```python
import asyncio
import socket


async def address_of(host: str) -> str:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, family=socket.AF_INET)
    return str(found[0][4][0])


async def ask(host: str, question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, 7)
    writer.write(question)
    await writer.drain()
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer
```

Libraries that speak a protocol asynchronously: `aiosmtplib` and `aioimaplib` for mail, `asyncssh`
for SSH and SFTP, `aioftp` for FTP.

### Run it in a thread

Move the whole conversation at once: most connections must not be used by two threads at a time.

```python
import asyncio
import smtplib
from email.message import EmailMessage

import anyio.to_thread


def send(message: EmailMessage) -> None:
    with smtplib.SMTP("mail.example.org", timeout=10) as server:
        server.send_message(message)


async def notify(message: EmailMessage) -> None:
    await anyio.to_thread.run_sync(send, message)


async def notify_with_asyncio_alone(message: EmailMessage) -> None:
    await asyncio.to_thread(send, message)
```

Always set a timeout: a thread cannot be stopped from outside, and the pool of threads is finite.

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
import socket

from fastapi import FastAPI

app = FastAPI()


@app.get("/address/{host}")
def address_of(host: str) -> str:
    return socket.gethostbyname(host)
```

## When to ignore it

Where the socket cannot make you wait. That `sock.setblocking(False)` stands in the same function is
seen, and such calls are not reported; that it was done elsewhere is not. The comment belongs on the
line that is reported:

```python
import socket


async def drain(sock: socket.socket) -> None:
    try:
        sock.recv(4096)  # noqa: ASB103 - made non-blocking where it was opened
    except BlockingIOError:
        pass
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB103", "ASB203"]
```

## What stays silent

- What is awaited, such as `loop.sock_recv` and everything from `asyncio` streams.
- Making a socket, binding it, setting its options.
- A timeout of 0, as in `select.select([sock], [], [], 0)`.
- Numeric addresses, where the flag `AI_NUMERICHOST` says so.

```python
import asyncio
import select
import socket


async def harmless(sock: socket.socket) -> bytes:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.setblocking(False)
    socket.getaddrinfo("127.0.0.1", 80, flags=socket.AI_NUMERICHOST)
    select.select([sock], [], [], 0)
    return await asyncio.get_running_loop().sock_recv(sock, 4096)
```

## See also

- `ASB102`: HTTP. `ASB104`: SQL databases. `ASB105`: other data services.
- [asyncio streams](https://docs.python.org/3/library/asyncio-stream.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    3,
    "network",
    "blocking-network-call",
    "blocking-network-call-in-helper",
    "waits for the network",
    __doc__,
)
