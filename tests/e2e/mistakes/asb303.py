"""Looking again and again, and being told."""

import asyncio

TURNS = 200


class Cache:
    def __init__(self) -> None:
        self.filled = False
        self.looks = 0
        self.telling = asyncio.Event()

    def is_filled(self) -> bool:
        return self.filled

    async def fill(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        self.filled = True
        self.telling.set()


class Counting(Cache):
    def is_filled(self) -> bool:
        self.looks += 1
        return self.filled


async def waits(cache: Cache) -> None:
    while not cache.is_filled():
        await asyncio.sleep(0)


async def mistake() -> int:
    cache = Counting()
    await asyncio.gather(waits(cache), cache.fill())
    return cache.looks


async def advised() -> int:
    cache = Counting()
    filling = asyncio.ensure_future(cache.fill())
    await cache.telling.wait()
    await filling
    return cache.looks
