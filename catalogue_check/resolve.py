"""Dotted names → the objects they mean in the packages that are installed here.

Runs inside the environments that the check makes, so it uses the standard library only.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import io
import typing
from collections.abc import Callable, Iterator

RESULT_SUFFIX = ".result"
"""``module.function.result`` names what a function returns where its class has no public name."""


class Missing(Exception):  # noqa: N818 - a name that is not there is an answer, not a failure
    """The name means nothing here; the message says why."""


def load(name: str, wanted: Callable[[object], bool] = callable) -> object:
    """What ``name`` means: as much of it as needed is imported, the rest are attributes.

    Args:
        name: a dotted name.
        wanted: which meaning to take where there are several, as when a function hides the
            submodule of its name.

    Raises:
        Missing: there is no such module or attribute.
    """
    found = candidates(name)
    return next((candidate for candidate in found if wanted(candidate)), found[0])


@functools.cache
def candidates(name: str) -> list[object]:
    """All meanings of ``name``, the one that ``import a; a.b.c`` gives first.

    Raises:
        Missing: there is none.
    """
    parts = name.split(".")
    reason = Missing(f"{name} does not exist")
    found: list[object] = []
    for split in range(1, len(parts) + 1):
        try:
            current = _module(".".join(parts[:split]))
        except Missing as error:
            reason = error if split == 1 else reason
            continue
        for part in parts[split:]:
            current = _attribute(current, part)
            if current is _NOTHING:
                break
        else:
            found.append(current)
    if not found:
        raise reason
    return found


_NOTHING: typing.Final = object()


def _module(name: str) -> object:
    # Packages print, warn and fail with whatever they like while they are imported.
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise Missing(f"no module {error.name}") from None
        except Exception as error:  # noqa: BLE001
            raise Missing(f"{name} cannot be imported: {error!r}"[:160]) from None


def _attribute(owner: object, part: str) -> object:
    with contextlib.suppress(Exception):
        return typing.cast("object", getattr(owner, part))
    return _NOTHING


def static_member(cls: type, name: str) -> object:
    """The member as the class has it, without running properties; None if there is none."""
    try:
        return inspect.getattr_static(cls, name)
    except AttributeError:
        pass
    with contextlib.suppress(Exception):
        return typing.cast("object", getattr(cls, name))
    return None


def names_in_source(cls: type) -> Iterator[str]:
    """The sources of a class and its bases, where they can be read."""
    for base in inspect.getmro(cls):
        if base is object:
            continue
        with contextlib.suppress(OSError, TypeError):
            yield inspect.getsource(base)


def has_attribute(cls: type, name: str) -> bool:
    """Whether instances have the attribute: on the class, annotated, or set in a method."""
    if static_member(cls, name) is not None or hasattr(cls, name):
        return True
    if any(name in getattr(base, "__annotations__", {}) for base in inspect.getmro(cls)):
        return True
    return any(
        f"self.{name} " in text or f"self.{name}:" in text or f"self.{name}," in text
        for text in names_in_source(cls)
    )


def is_coroutine(member: object) -> bool:
    """Whether calling gives something to await, as far as the object shows it."""
    if isinstance(member, (classmethod, staticmethod)):
        member = member.__func__
    while isinstance(member, functools.partial):
        member = member.func
    return inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member)


def is_asynchronous(found: object) -> bool:
    """Whether a replacement is for asynchronous code: coroutines, async managers, their classes."""
    if is_coroutine(found):
        return True
    if inspect.ismodule(found):
        return True
    if not inspect.isclass(found):
        answer = getattr(found, "__annotations__", {}).get("return", "")
        text = answer if isinstance(answer, str) else getattr(answer, "__name__", str(answer))
        return any(word in text for word in ("Async", "Awaitable", "Coroutine", "aio", "Connect"))
    if any(hasattr(found, name) for name in ("__aenter__", "__aiter__", "__await__")):
        return True
    if any(is_coroutine(static_member(found, name)) for name in dir(found)):
        return True
    # Some hide it behind decorators and plain functions that return awaitables.
    path = f"{found.__module__}.{found.__qualname__}".lower()
    return "async" in path or ".aio" in path or "aio" in path.split(".")[0]
