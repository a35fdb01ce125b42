"""A lock for threads that two tasks want, and one for tasks."""

import asyncio
import threading

of_threads = threading.Lock()
rows: list[int] = []


async def add_holding(row: int) -> None:
    with of_threads:
        await asyncio.sleep(0)
        rows.append(row)


async def mistake() -> list[int]:
    await asyncio.gather(add_holding(1), add_holding(2))
    return rows


async def advised() -> list[int]:
    of_tasks = asyncio.Lock()

    async def add(row: int) -> None:
        async with of_tasks:
            await asyncio.sleep(0)
            rows.append(row)

    await asyncio.gather(add(1), add(2))
    return rows
