"""A condition that only another coroutine can change, and one that it gets to change."""

import asyncio


class Watch:
    def __init__(self) -> None:
        self.running = True
        self.rounds = 0

    async def blind(self) -> None:
        while self.running:
            self.rounds += 1

    async def seeing(self) -> None:
        while self.running:
            self.rounds += 1
            await asyncio.sleep(0)

    async def stop(self) -> None:
        self.running = False


async def mistake() -> None:
    watch = Watch()
    stopping = asyncio.ensure_future(watch.stop())
    await watch.blind()
    await stopping


async def advised() -> str:
    watch = Watch()
    stopping = asyncio.ensure_future(watch.stop())
    await watch.seeing()
    await stopping
    return "stopped"
