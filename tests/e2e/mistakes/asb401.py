"""A function that is called before it is handed over, and one that is handed over."""

import asyncio
import threading

ran_in: list[str] = []


def work(name: str) -> None:
    ran_in.append(threading.current_thread().name + name)


async def mistake() -> bool:
    here = threading.current_thread().name
    try:
        await asyncio.to_thread(work("!"))
    except TypeError:
        return ran_in == [here + "!"]
    return False


async def advised() -> bool:
    here = threading.current_thread().name
    await asyncio.to_thread(work, "!")
    return ran_in == [here + "!"]
