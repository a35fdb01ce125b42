"""What a fixer is asked to do about a finding, or why it is asked nothing."""

from __future__ import annotations

from typing import Final, NamedTuple

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.model.diagnostic import Applicability, FixPlan
from flake8_async_block.model.summary import Place, Site, SiteKind

_NO_AWAIT: Final = {
    Place.GENERATOR: "`await` would turn the generator expression into an asynchronous one",
    Place.CLASS_BODY: "`await` cannot stand in a class body",
    Place.DEFAULT: "`await` cannot stand in a default value",
    Place.DECORATOR: "`await` cannot stand in a decorator",
}
_NOT_A_CALL: Final = {
    SiteKind.ATTRIBUTE: "reading an attribute blocks here: move the whole statement to a function"
    " and run that in a thread",
    SiteKind.ENTER: "entering or leaving the `with` block blocks: move the whole block to a"
    " function and run that in a thread",
    SiteKind.ITERATE: "the iteration blocks step by step: move the whole loop to a function and run"
    " that in a thread",
    SiteKind.ITEM: "a subscript blocks here: move the whole statement to a function and run that in"
    " a thread",
}
_NATIVE_SLEEPS: Final = {"anyio": "anyio", "starlette": "anyio", "trio": "trio"}


class Advice(NamedTuple):
    """A plan or the reason why there is none, and one line for people."""

    plan: FixPlan | None
    why_not: str | None
    remedy: str


def advise(
    api: BlockingApi, site: Site, callee: str, backend: str, *, direct: bool, caution: str | None
) -> Advice:
    """What to do about ``api`` reached at ``site``.

    Args:
        callee: the source text of what is called, for a call.
        backend: ``anyio``, ``asyncio``, ``trio``, ``starlette`` or ``executor``.
        direct: whether the site itself is the blocking call.
        caution: what speaks against running it in a thread.
    """
    remedy = _remedy(api, site, callee, backend, direct=direct)
    if api.what == "nested-loop":
        return Advice(None, "the coroutine must be awaited instead, which changes the code", remedy)
    if site.kind != SiteKind.CALL:
        return Advice(None, _NOT_A_CALL[site.kind], remedy)
    if site.place in _NO_AWAIT:
        return Advice(None, _NO_AWAIT[site.place], remedy)
    if direct and api.exact and api.what == "sleep":
        module = _NATIVE_SLEEPS.get(backend, "asyncio")
        native = (("replacement", f"{module}.sleep"), ("import", module))
        title = f"use await {module}.sleep"
        return Advice(FixPlan("native", Applicability.SAFE, title, native), None, remedy)
    if api.holds_gil:
        return Advice(None, "it keeps the interpreter lock, so a thread would not help", remedy)
    if direct and api.thread == "never":
        return Advice(None, f"`{api.name}` must not be moved to another thread", remedy)
    if direct and api.thread == "affine":
        return Advice(
            None, f"`{api.name}` stays with one thread: move all that uses it together", remedy
        )
    parameters = (("backend", backend),)
    if caution is None:
        title = "run it in a worker thread"
        return Advice(FixPlan("thread", Applicability.SAFE, title, parameters), None, remedy)
    title = f"run it in a worker thread, though {caution}"
    return Advice(FixPlan("thread", Applicability.UNSAFE, title, parameters), None, remedy)


_THREAD_CALLS: Final = {
    "anyio": "await anyio.to_thread.run_sync({}, ...)",
    "asyncio": "await asyncio.to_thread({}, ...)",
    "trio": "await trio.to_thread.run_sync({}, ...)",
    "starlette": "await starlette.concurrency.run_in_threadpool({}, ...)",
    "executor": "await loop.run_in_executor(None, {}, ...)",
}


def _remedy(api: BlockingApi, site: Site, callee: str, backend: str, *, direct: bool) -> str:
    if api.what == "nested-loop":
        return "await the coroutine: an event loop is running already"
    if api.holds_gil or (api.what == "cpu" and not direct):
        return "move the work to a process: a thread would compete for the interpreter lock"
    if api.exact and direct:
        module = _NATIVE_SLEEPS.get(backend, "asyncio")
        return f"use `await {module}.sleep(...)`"
    if site.kind == SiteKind.CALL:
        thread = f"run it in a worker thread: `{_THREAD_CALLS[backend].format(callee)}`"
    else:
        thread = "move the whole block to a function and run that in a worker thread"
    if api.what == "cpu":
        return f"{thread}, or better in a process"
    if api.thread == "never":
        return f"use `{api.instead}`" if api.instead else "keep it off the event loop's thread"
    if api.instead:
        return f"{thread}, or {'use' if direct else 'make it asynchronous with'} `{api.instead}`"
    return thread
