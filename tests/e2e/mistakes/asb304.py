"""Loops without end in the threads of a pool, and in threads of their own."""

import asyncio
import threading
import time

import anyio
import anyio.to_thread

THREADS = 2


def watch() -> None:
    while True:
        time.sleep(0.01)


async def is_next_one_served() -> bool:
    with anyio.move_on_after(0.5):
        await anyio.to_thread.run_sync(int, abandon_on_cancel=True)
        return True
    return False


async def handler() -> None:
    await anyio.to_thread.run_sync(watch, abandon_on_cancel=True)


async def mistake() -> tuple[int, bool]:
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = THREADS
    handlers = [asyncio.ensure_future(handler()) for _ in range(THREADS)]
    while limiter.available_tokens:
        await asyncio.sleep(0.1)
    return len(handlers), await is_next_one_served()


async def advised() -> tuple[int, bool]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    for _ in range(THREADS):
        threading.Thread(target=watch, daemon=True).start()
    while not await is_next_one_served():
        # A busy machine may take longer than that to start a thread.
        pass
    return THREADS, True
