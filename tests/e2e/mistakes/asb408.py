"""A file that the loop reads, from which nothing comes until the loop goes on; and its bytes."""

import asyncio
import os

import httpx

reading, writing = os.pipe()


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=str(b"written" in request.content))


def write() -> None:
    os.write(writing, b"written")
    os.close(writing)


async def mistake() -> str:
    asyncio.get_running_loop().call_soon(write)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with open(reading, "rb") as file:
            return (await client.post("http://server/", files={"file": file})).text


async def advised() -> str:
    asyncio.get_running_loop().call_soon(write)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with open(reading, "rb") as file:
            content = await asyncio.to_thread(file.read)
        return (await client.post("http://server/", files={"file": content})).text
