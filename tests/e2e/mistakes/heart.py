"""Runs one coroutine of a program beside a heartbeat, and says what became of both.

It is run as ``python heart.py PROGRAM COROUTINE PATIENCE`` and prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import threading
import warnings
from typing import Any

BEATS_OF_LIFE = 5


def main(program: str, name: str, patience: float) -> None:
    spec = importlib.util.spec_from_file_location("program", program)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["program"] = module
    spec.loader.exec_module(module)
    report: dict[str, Any] = {"result": None, "error": "", "warnings": [], "alive": False}
    beaten = threading.Event()
    ended = threading.Event()

    def warn(message: Warning | str, *_: Any, **__: Any) -> None:
        report["warnings"].append(str(message))

    warnings.simplefilter("always")
    warnings.showwarning = warn

    async def beat() -> None:
        for _ in range(BEATS_OF_LIFE):
            await asyncio.sleep(0)
        beaten.set()

    async def run() -> None:
        # The program has the first turn: a heart that ever beats does so beside it.
        running = asyncio.ensure_future(getattr(module, name)())
        beating = asyncio.ensure_future(beat())
        try:
            report["result"] = await running
        except (TypeError, RuntimeError) as error:
            report["error"] = f"{type(error).__name__}: {error}"
        await beating
        ended.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    report["alive"] = beaten.wait(patience)
    if report["alive"]:
        # What comes to its end at all does so soon; what never does has been seen alive.
        ended.wait(getattr(module, "SECONDS", patience))
    sys.stdout.write(json.dumps(report, default=str))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
