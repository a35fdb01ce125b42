"""One worker, many requests: tasks take turns on one thread, so one that blocks holds up all.

Async handlers, ``gather`` and ``create_task`` let a single worker serve many requests, as long as
every task awaits where it waits. Here they do not, except in ``/cooperative``. ``BLOCK_SECONDS``
in the environment says how long each one blocks.
"""

import asyncio
import hashlib
import os
import time

import anyio
from fastapi import FastAPI

SECONDS = float(os.environ.get("BLOCK_SECONDS", "1"))

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def fetch(page: int) -> int:
    time.sleep(SECONDS)  # stands for any synchronous client
    return page


@app.get("/page")
async def one_page(number: int = 1) -> int:
    return await asyncio.create_task(fetch(number))


@app.get("/gathered")
async def gathered_parts(count: int = 5) -> list[int]:
    async def part(number: int) -> int:
        time.sleep(SECONDS)
        return number

    return await asyncio.gather(*(part(number) for number in range(count)))


@app.get("/group")
async def grouped_pages(count: int = 5) -> list[int]:
    pages: list[int] = []

    async def collect(number: int) -> None:
        pages.append(await fetch(number))

    async with anyio.create_task_group() as group:
        for number in range(count):
            group.start_soon(collect, number)
    return sorted(pages)


@app.get("/cooperative")
async def cooperative_parts(count: int = 5) -> list[int]:
    async def part(number: int) -> int:
        await asyncio.sleep(SECONDS)
        return number

    return await asyncio.gather(*(part(number) for number in range(count)))


@app.get("/password")
async def password_key(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 600_000).hex()
