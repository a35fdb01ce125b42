"""The loop waits for itself, and awaits."""

import asyncio


async def load() -> str:
    await asyncio.sleep(0)
    return "loaded"


async def mistake() -> str:
    return asyncio.run_coroutine_threadsafe(load(), asyncio.get_running_loop()).result()


async def advised() -> str:
    return await load()
