"""A loop without ``await``, and one that lets others have a turn."""

import asyncio

SECONDS = 0.1
readings: list[float] = []


async def mistake() -> None:
    while True:
        readings[:] = [20.5]


async def advised() -> None:
    while True:
        readings[:] = [20.5]
        await asyncio.sleep(0)
