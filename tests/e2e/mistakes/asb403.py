"""Work for a thread that nobody awaits, and that somebody does."""

import asyncio

done: list[str] = []


async def mistake() -> list[str]:
    asyncio.to_thread(done.append, "saved")
    await asyncio.sleep(0.1)
    return done


async def advised() -> list[str]:
    await asyncio.to_thread(done.append, "saved")
    return done
