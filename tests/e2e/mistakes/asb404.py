"""A keyword argument that is not handed on, and one that is bound."""

import functools

import anyio.to_thread


async def mistake() -> int:
    return await anyio.to_thread.run_sync(int, "11", base=2)


async def advised() -> int:
    return await anyio.to_thread.run_sync(functools.partial(int, "11", base=2))
