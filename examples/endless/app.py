"""Loops that never end: on the event loop one stops the server, in a thread it keeps the thread.

After ``GET /watch`` not even ``GET /ping`` is answered any more, and the process has to be killed.
``/watch-in-thread`` and ``/watch-in-background`` leave the event loop alone, but each request
keeps one thread of the pool forever, and after about forty of them the pool is empty.
"""

import asyncio

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


class Sensor:
    """Counts how often it was read."""

    readings = 0


sensor = Sensor()


@app.get("/ping")
async def ping() -> int:
    return sensor.readings


@app.get("/watch")
async def watch() -> None:
    while True:
        sensor.readings += 1


async def read_sensor() -> None:
    sensor.readings += 1


@app.get("/watch-through-coroutine")
async def watch_through_coroutine() -> None:
    while True:
        await read_sensor()


@app.get("/watch-in-thread")
def watch_in_thread() -> None:
    while True:
        sensor.readings += 1


def keep_reading() -> None:
    while True:
        sensor.readings += 1


@app.get("/watch-in-background")
async def watch_in_background(background: BackgroundTasks) -> str:
    background.add_task(keep_reading)
    return "watching"


@app.get("/watch-busily")
async def watch_busily() -> None:
    while True:
        sensor.readings += 1
        await asyncio.sleep(0)


@app.get("/watch-at-ease")
async def watch_at_ease() -> None:
    while True:
        sensor.readings += 1
        await asyncio.sleep(0.1)
