"""A file in ``content=``, and its bytes."""

import asyncio

import httpx


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=str(len(request.content)))


async def mistake() -> str:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with open(__file__, "rb") as file:
            return (await client.post("http://server/", content=file)).text


async def advised() -> str:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with open(__file__, "rb") as file:
            content = await asyncio.to_thread(file.read)
        return (await client.post("http://server/", content=content)).text
