"""What a fixer is asked to do about a finding, or why it is asked nothing."""

from __future__ import annotations

from typing import Final, NamedTuple

from flake8_async_block.catalogue.blocking import BlockingApi
from flake8_async_block.model.diagnostic import Applicability, FixPlan, Span
from flake8_async_block.model.summary import Place, Site, SiteKind

_NO_AWAIT: Final = {
    Place.GENERATOR: "`await` would turn the generator expression into an asynchronous one",
    Place.CLASS_BODY: "`await` cannot stand in a class body",
    Place.DEFAULT: "`await` cannot stand in a default value",
    Place.DECORATOR: "`await` cannot stand in a decorator",
}
_NO_CALLBACK: Final = (
    "hand the loop a task of `asyncio.to_thread` instead, or give the work to `run_in_executor`"
)
_NATIVE_SLEEPS: Final = {"anyio": "anyio", "starlette": "anyio", "trio": "trio"}


class Advice(NamedTuple):
    """A plan or the reason why there is none, one line for people, and other plans there are."""

    plan: FixPlan | None
    why_not: str | None
    remedy: str
    alternatives: tuple[FixPlan, ...] = ()


def advise(
    api: BlockingApi,
    site: Site,
    callee: str,
    backend: str,
    *,
    direct: bool,
    caution: str | None,
    exposed: str | None = None,
    companions: tuple[Span, ...] | None = None,
) -> Advice:
    """What to do about ``api`` reached at ``site``.

    Args:
        callee: the source text of what is called, for a call.
        backend: ``anyio``, ``asyncio``, ``trio``, ``starlette`` or ``executor``.
        direct: whether the site itself is the blocking call.
        caution: what speaks against running it in a thread.
        exposed: what speaks against letting other tasks run meanwhile.
        companions: where moving more than the call may be better, the calls of the function which
            may move with it.
    """
    if api.kind == "callback":
        return Advice(
            None, f"the loop itself calls `{api.name}`, whoever hands it over", _NO_CALLBACK
        )
    remedy = _remedy(api, site, callee, backend, direct=direct)
    if api.what == "nested-loop":
        return Advice(None, "the coroutine must be awaited instead, which changes the code", remedy)
    if api.holds_gil:
        return Advice(None, "it keeps the interpreter lock, so a thread would not help", remedy)
    if direct and api.thread == "never":
        return Advice(None, f"`{api.name}` must not be moved to another thread", remedy)
    if direct and api.thread == "affine":
        if caution is not None:
            why = (
                f"`{api.name}` stays with one thread: what it belongs to outlives the function, and"
                " each hop may take another thread"
            )
            return Advice(None, why, remedy)
        plans = _together(backend, companions, exposed, whole=True)
        return Advice(plans[0], None, remedy, plans[1:])
    caution = caution or exposed
    plans = _together(backend, companions, caution)
    if site.kind != SiteKind.CALL:
        return Advice(plans[0], None, remedy, plans[1:])
    if site.place in _NO_AWAIT:
        consumed = site.place == Place.GENERATOR
        return Advice(plans[-1] if consumed else None, _NO_AWAIT[site.place], remedy)
    offload = _offload(backend, caution, direct=direct)
    if direct and api.exact and api.what == "sleep":
        module = _NATIVE_SLEEPS.get(backend, "asyncio")
        native = (("replacement", f"{module}.sleep"), ("import", module))
        title = f"use await {module}.sleep"
        plan = FixPlan("native", Applicability.SAFE, title, native)
        if exposed is not None:
            title += f", though {exposed}"
            plan = FixPlan("native", Applicability.UNSAFE, title, native)
        return Advice(plan, None, remedy, (offload, *plans))
    # What moves together in one hop is better than a hop for each call, if nothing is risked.
    plans = (*plans[:-1], offload, plans[-1])
    return Advice(plans[0], None, remedy, plans[1:])


def for_twisted(api: BlockingApi, site: Site, callee: str, *, direct: bool) -> Advice:
    """The advice for a call in a coroutine that runs on Twisted's reactor.

    Args:
        callee: the source text of what is called, for a call.
        direct: whether the site itself is the blocking call.
    """
    remedy = "move the whole block to a function and run that with `deferToThread`"
    if direct and api.exact and api.what == "sleep":
        remedy = "use `await twisted.internet.task.deferLater(reactor, ...)`"
    elif site.kind == SiteKind.CALL:
        call = f"await twisted.internet.threads.deferToThread({callee}, ...)"
        remedy = f"run it in a worker thread: `{call}`"
    why_not = "it runs on Twisted's reactor, where nothing of asyncio can be awaited"
    return Advice(None, why_not, remedy)


def without_await(advice: Advice, function: str) -> Advice:
    """The advice for a call in ``function``, which is not async but runs on the loop.

    Args:
        function: its name.
    """
    why_not = advice.why_not
    if advice.plan is not None:
        why_not = f"it stands in `def {function}`, which is not async"
    remedy = advice.remedy
    if "await " in remedy:
        remedy = f"from an `async def`, which `{function}` is not, {remedy}"
    return Advice(None, why_not, remedy)


def _offload(backend: str, caution: str | None, *, direct: bool) -> FixPlan:
    strategy, title = ("thread" if direct else "helper"), "run it in a worker thread"
    if caution is None:
        return FixPlan(strategy, Applicability.SAFE, title, (("backend", backend),))
    title += f", though {caution}"
    return FixPlan(strategy, Applicability.UNSAFE, title, (("backend", backend),))


def _together(
    backend: str,
    companions: tuple[Span, ...] | None,
    caution: str | None,
    *,
    whole: bool = False,
) -> tuple[FixPlan, ...]:
    """The plans to move statements together: a safe one if that may be, and an unsafe one.

    Args:
        companions: see :func:`advise`.
        whole: whether all that uses the object in question has to move with it.
    """
    parameters: tuple[tuple[str, str], ...] = (("backend", backend),)
    if whole:
        parameters += (("scope", "whole"),)
    title = "run the statements together in a worker thread"
    unsafe = f"{title}, though other tasks run meanwhile"
    plans = (FixPlan("block", Applicability.UNSAFE, unsafe, parameters),)
    if companions is None or caution is not None:
        return plans
    return (FixPlan("block", Applicability.SAFE, title, parameters, companions), *plans)


def without_async(caution: str | None) -> FixPlan:
    """The plan to make a handler a plain function, which its framework runs in a thread."""
    title = "drop `async`: the framework runs a plain handler in a thread"
    if caution is None:
        return FixPlan("sync-handler", Applicability.SAFE, title)
    return FixPlan("sync-handler", Applicability.UNSAFE, f"{title}, though {caution}")


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
    if api.instead and "to_thread" not in api.instead:
        return f"{thread}, or {'use' if direct else 'make it asynchronous with'} `{api.instead}`"
    return thread
