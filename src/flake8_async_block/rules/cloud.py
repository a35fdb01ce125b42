"""A call that waits for a cloud service on the event loop.

**In a hurry:** use the asynchronous client of the same service, such as `openai.AsyncOpenAI` or
`aioboto3`, or write `await asyncio.to_thread(s3.delete_object, Bucket=bucket, Key=key)`.

## What it does

- `ASB106` (`blocking-cloud-call`) reports a call in an `async def` that asks a service by means of
  a synchronous SDK: AWS (`boto3`), Google Cloud, Azure, OpenAI, Anthropic, Stripe, GitHub and
  others.
- `ASB206` (`blocking-cloud-call-in-helper`) reports a call in an `async def` to a function of your
  own that gets there, however many functions are in between. The finding lists them all.

## Why it freezes the server

All requests that your server answers share one thread, and take turns at each `await`. An SDK is
an HTTP client with a nicer face: it keeps the thread until the service has answered. An upload or
the answer of a language model takes many seconds, and when the service limits your rate, most
SDKs sleep and try again, still on your thread.

## Example

### In the coroutine itself

```python
import boto3

s3 = boto3.client("s3")


async def delete(key: str) -> None:
    s3.delete_object(Bucket="pictures", Key=key)  # error: ASB106
```

### Behind a helper

```python
from openai import OpenAI


def summarise(client: OpenAI, text: str) -> str:
    answer = client.responses.create(model="gpt-5", input=f"Summarise: {text}")
    return answer.output_text


async def summary(client: OpenAI, text: str) -> str:
    return summarise(client, text)  # error: ASB206
```

The finding shows the way to the call that waits:

```text
app.py:10 in summary: summarise(client, text)
  app.py:5 in summarise: client.responses.create(model="gpt-5", input=f"Summarise: {text}")
```

## Remedies

`async-block fix` moves a call in a coroutine to a thread for you, where the SDK allows that.

### Use the asynchronous client

```python
from openai import AsyncOpenAI


async def summary(client: AsyncOpenAI, text: str) -> str:
    answer = await client.responses.create(model="gpt-5", input=f"Summarise: {text}")
    return answer.output_text
```

For AWS there is `aioboto3`, with the methods of `boto3`:

```python
import aioboto3


async def delete(key: str) -> None:
    async with aioboto3.Session().client("s3") as s3:
        await s3.delete_object(Bucket="pictures", Key=key)
```

Elsewhere: `anthropic.AsyncAnthropic`, the `aio` modules of the Azure SDK
(`azure.storage.blob.aio`), the `...AsyncClient` classes of Google Cloud, the methods of Stripe
whose names end in `_async`.

### Run it in a thread

`anyio.to_thread.run_sync` takes no keyword arguments, so wrap them up:

```python
import asyncio
import functools

import anyio.to_thread
import boto3

s3 = boto3.client("s3")


async def delete(key: str) -> None:
    call = functools.partial(s3.delete_object, Bucket="pictures", Key=key)
    await anyio.to_thread.run_sync(call)


async def delete_with_asyncio_alone(key: str) -> None:
    await asyncio.to_thread(s3.delete_object, Bucket="pictures", Key=key)
```

The clients of `boto3` may be shared by threads; its resources and sessions may not. The pool of
threads is finite, so set a timeout in the client.

### Make the handler a plain function

FastAPI and Starlette run a handler without `async` in a thread. It must not need `await`:

```python
import boto3
from fastapi import FastAPI

app = FastAPI()
s3 = boto3.client("s3")


@app.delete("/pictures/{key}")
def delete(key: str) -> None:
    s3.delete_object(Bucket="pictures", Key=key)
```

## When to ignore it

Where nothing else runs on the loop, as in a function of AWS Lambda that serves one event at a
time. The comment belongs on the line that is reported:

```python
import boto3

queue = boto3.client("sqs")


async def handle_one_event(url: str) -> None:
    queue.purge_queue(QueueUrl=url)  # noqa: ASB106 - one event at a time
```

For whole directories:

```toml
[tool.async-block.per-file-ignores]
"scripts/*" = ["ASB106", "ASB206"]
```

## What stays silent

- What is awaited, so every asynchronous client.
- Making a client. With `boto3` that reads files, so it is reported from `cost = "brief"` on; make
  clients once, not for every request.
- What the SDK computes by itself, such as a presigned address.
- Functions that no coroutine calls.

```python
import boto3
from openai import AsyncOpenAI


async def harmless(client: AsyncOpenAI) -> str:
    await client.models.list()
    s3 = boto3.client("s3")  # error with cost = "brief": ASB106
    return s3.generate_presigned_url("get_object", Params={"Bucket": "pictures", "Key": "a"})
```

## See also

- `ASB102`: HTTP clients. `ASB105`: data services. `ASB112`: models that run in your own process.
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.rules.kind import Kind

KIND: Final = Kind(
    6,
    "cloud",
    "blocking-cloud-call",
    "blocking-cloud-call-in-helper",
    "waits for a cloud service",
    __doc__,
)
