"""An async function in a thread, and on the loop."""

import asyncio


async def work() -> str:
    await asyncio.sleep(0)
    return "done"


async def mistake() -> str:
    return type(await asyncio.to_thread(work)).__name__


async def advised() -> str:
    return await work()
