"""A loop that awaits what never pauses, and one that pauses."""

import asyncio

SECONDS = 0.1
readings: list[float] = []


async def read() -> None:
    readings[:] = [20.5]


async def mistake() -> None:
    while True:
        await read()


async def advised() -> None:
    while True:
        await read()
        await asyncio.sleep(0)
