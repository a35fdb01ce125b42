"""Waiting for a pool on the loop, and awaiting it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(1)
allowed = threading.Event()


async def mistake() -> bool:
    asyncio.get_running_loop().call_soon(allowed.set)
    return pool.submit(allowed.wait).result()


async def advised() -> bool:
    asyncio.get_running_loop().call_soon(allowed.set)
    return await asyncio.wrap_future(pool.submit(allowed.wait))
