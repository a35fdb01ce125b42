"""A pause that is never awaited, and one that is."""

import asyncio

SECONDS = 0.1
readings: list[float] = []


async def mistake() -> None:
    while True:
        readings[:] = [20.5]
        asyncio.sleep(0)


async def advised() -> None:
    while True:
        readings[:] = [20.5]
        await asyncio.sleep(0)
