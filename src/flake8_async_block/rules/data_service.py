"""A call that waits for a data service on the event loop.

**In a hurry:** use the asynchronous client of the same library, such as `redis.asyncio.Redis`, or
write `await asyncio.to_thread(cache.get, key)`.

## What it does

- `ASB105` (`blocking-data-service-call`) reports a call in an `async def` that asks a cache, a
  document store, a message broker, a search engine or a vector store: Redis, Memcached, MongoDB,
  Cassandra, RabbitMQ, Kafka, Elasticsearch and others.
- `ASB205` (`blocking-data-service-call-in-helper`) reports a call in an `async def` to a function
  of your own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All requests that your server answers share one thread, and take turns at each `await`. A
synchronous client has no `await` in it: it keeps the thread for a whole round trip. A cache
answers in less than a millisecond, until it fails over or the network is slow: then nobody is
served until the call times out.

## Example

### In the coroutine itself

```python
import redis

cache = redis.Redis()


async def greeting(name: str) -> object:
    return cache.get(f"greeting:{name}")  # error: ASB105
```

### Behind a helper

```python
import pymongo

client = pymongo.MongoClient()


def find_user(name: str) -> object:
    return client.shop.users.find_one({"name": name})


async def user(name: str) -> object:
    return find_user(name)  # error: ASB205
```

The finding shows the way to the call that waits:

```text
app.py:11 in user: find_user(name)
  app.py:7 in find_user: client.shop.users.find_one({"name": name})
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you.

### Use the asynchronous client

It mostly has the same methods, to be awaited:

```python
import redis.asyncio

cache = redis.asyncio.Redis()


async def greeting(name: str) -> object:
    return await cache.get(f"greeting:{name}")
```

Elsewhere: `pymongo.AsyncMongoClient`, `elasticsearch.AsyncElasticsearch`,
`opensearchpy.AsyncOpenSearch`, `aio_pika` for RabbitMQ, `aiokafka` for Kafka, `aiomcache` for
Memcached.

### Run it in a thread

```python
import asyncio

import anyio.to_thread
import pymongo

client = pymongo.MongoClient()


def find_user(name: str) -> object:
    return client.shop.users.find_one({"name": name})


async def user(name: str) -> object:
    return await anyio.to_thread.run_sync(find_user, name)


async def user_with_asyncio_alone(name: str) -> object:
    return await asyncio.to_thread(find_user, name)
```

Set a timeout in the client: a thread cannot be stopped from outside, and the pool of threads is
finite.

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
import redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.Redis(decode_responses=True)


@app.get("/greeting/{name}")
def greeting(name: str) -> object:
    return cache.get(f"greeting:{name}")
```

## When to ignore it

Where nothing else runs on the loop yet, as when an application starts. The comment belongs on the
line that is reported:

```python
import redis

cache = redis.Redis()


async def check_cache_at_startup() -> None:
    cache.ping()  # noqa: ASB105 - before the first request
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB105", "ASB205"]
```

## What stays silent

- What is awaited, so every asynchronous client.
- Making a client that connects with the first command, as those of Redis and MongoDB do.
- Commands that a pipeline only collects. Its `execute()` is reported.
- Functions that no coroutine calls.

```python
import redis
import redis.asyncio


async def harmless(client: redis.asyncio.Redis) -> object:
    pipeline = redis.Redis().pipeline()
    pipeline.incr("visits")
    return await client.get("visits")


def in_a_thread_of_its_own(client: redis.Redis) -> object:
    return client.get("visits")
```

## See also

- `ASB104`: SQL databases. `ASB106`: cloud services. `ASB110`: queues inside the process.
- [redis-py: asyncio](https://redis.readthedocs.io/en/stable/examples/asyncio_examples.html)
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    5,
    "data-service",
    "blocking-data-service-call",
    "blocking-data-service-call-in-helper",
    "waits for a data service",
    __doc__,
)
