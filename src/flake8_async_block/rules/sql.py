"""A call that waits for a database on the event loop.

**In a hurry:** move the whole unit of work to a function, and write
`await asyncio.to_thread(that_function)`; or use the asynchronous side of your library, such as
SQLAlchemy's `AsyncSession`.

## What it does

- `ASB104` (`blocking-sql-call`) reports a call in an `async def` that runs a statement, fetches,
  commits or connects with a synchronous library: SQLAlchemy, SQLModel, Django's ORM, peewee,
  psycopg, PyMySQL, `sqlite3` and others.
- `ASB204` (`blocking-sql-call-in-helper`) reports a call in an `async def` to a function of your
  own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All requests that your server answers share one thread, and take turns at each `await`. A
synchronous query has no `await` in it: it keeps the thread until the database has answered. That
is often quick. But one missing index, one lock, one connection pool that is empty, and nobody is
served any more.

## Example

### In the coroutine itself

```python
from sqlalchemy import text
from sqlalchemy.orm import Session


async def count_items(session: Session) -> int:
    return session.execute(text("SELECT count(*) FROM items")).scalar_one()  # error: ASB104
```

### Behind a helper

```python
import psycopg


def read_names() -> list[str]:
    with psycopg.connect("dbname=shop") as connection:
        return [name for (name,) in connection.execute("SELECT name FROM items")]


async def list_names() -> list[str]:
    return read_names()  # error: ASB204
```

The finding shows the way to the call that waits:

```text
app.py:10 in list_names: read_names()
  app.py:5 in read_names: psycopg.connect("dbname=shop")
```

## Remedies

There is no automatic fix for a single call on a session or a connection: those stay with one
thread, so all that uses them has to move together. Where one function opens a session, uses it and
closes it again, `async-block fix` moves that as a whole, from a helper as from a coroutine.

### Use the asynchronous side of the library

```python
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def count_items(session: AsyncSession) -> int:
    return (await session.execute(text("SELECT count(*) FROM items"))).scalar_one()
```

The session comes from `async_sessionmaker(create_async_engine("postgresql+asyncpg://..."))`.
Elsewhere: `psycopg.AsyncConnection`, `asyncpg`, `aiosqlite`, `aiomysql`, Django's `aget`,
`acreate` and `async for` over query sets.

### Run the whole unit of work in a thread

Open the session, use it and close it in one function, and return plain data: an object that loads
an attribute later would block again.

```python
import asyncio

import anyio.to_thread
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

engine = create_engine("sqlite:///shop.db")


def count_items() -> int:
    with Session(engine) as session:
        return session.execute(text("SELECT count(*) FROM items")).scalar_one()


async def handler() -> int:
    return await anyio.to_thread.run_sync(count_items)


async def handler_with_asyncio_alone() -> int:
    return await asyncio.to_thread(count_items)
```

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
from collections.abc import Iterator

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

app = FastAPI()
engine = create_engine("sqlite:///shop.db")


def open_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@app.get("/count")
def count_items(session: Session = Depends(open_session)) -> int:
    return session.execute(text("SELECT count(*) FROM items")).scalar_one()
```

## When to ignore it

Where nothing else runs on the loop, as in a migration or a script. The comment belongs on the line
that is reported:

```python
from sqlalchemy import text
from sqlalchemy.orm import Session


async def migrate(session: Session) -> None:
    session.execute(text("CREATE TABLE items (name text)"))  # noqa: ASB104 - before we serve
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB104", "ASB204"]
```

## What stays silent

- What is awaited, so every asynchronous session and driver.
- Making an engine or a session: it connects to nothing.
- Building a statement, adding an object to a session, reading a result that was fetched.
- SQLite in memory: `sqlite3.connect(":memory:")`.

```python
import sqlite3

from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


async def harmless(session: AsyncSession, item: object) -> list[str]:
    engine = create_engine("sqlite:///shop.db")
    Session(engine).add(item)
    sqlite3.connect(":memory:").execute("CREATE TABLE items (name text)")
    names = await session.scalars(text("SELECT name FROM items"))
    return list(names.all())
```

## See also

- `ASB105`: caches, document stores, brokers and search. `ASB108`: files.
- [SQLAlchemy: asynchronous I/O](https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    4, "sql", "blocking-sql-call", "blocking-sql-call-in-helper", "waits for a database", __doc__
)
