"""A slow function called from an async handler: nothing in the handler looks as if it blocked.

``GET /ping`` answers only after a ``GET /report`` that came before it is done, because ``work``
sleeps on the event loop. ``BLOCK_SECONDS`` in the environment says how long.
"""

import os
import time

from fastapi import FastAPI

SECONDS = float(os.environ.get("BLOCK_SECONDS", "8"))

app = FastAPI()


def work(seconds: float) -> str:
    print(f"working for {seconds:g} s")
    time.sleep(seconds)
    print("worked")
    return "report"


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/report")
async def report() -> str:
    return work(SECONDS)
