"""What a path can turn out to be. Values are small, frozen and hashable.

An evaluation gives a tuple of candidates; several stay several.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import NamedTuple

Values = tuple["Value", ...]
Given = tuple[tuple[str, Values], ...]


class ProjectModule(NamedTuple):
    """A module of the project, by its file's absolute path."""

    path: str


class Namespace(NamedTuple):
    """A package without ``__init__.py``: a dotted name as imported from the file ``importer``."""

    name: str
    importer: str


class ProjectFunction(NamedTuple):
    """A function of the project.

    ``receiver`` is what it is bound to, if anything; ``given`` what calls have handed to it and to
    the functions around it for parameters that are called, by their slots.
    """

    path: str
    qualname: str
    receiver: Values = ()
    given: Given = ()


class ProjectClass(NamedTuple):
    path: str
    qualname: str
    arguments: tuple[Values, ...] = ()


class Instance(NamedTuple):
    """An instance of a class of the project."""

    of: ProjectClass


class SuperOf(NamedTuple):
    """``super()`` in a method of ``of``."""

    of: ProjectClass


class External(NamedTuple):
    """Something outside the project, by the path that leads to it: ``requests.get``."""

    name: str


class ExternalInstance(NamedTuple):
    """An instance of a type outside the project; ``arguments`` are those of a generic type."""

    type_name: str
    arguments: tuple[Values, ...] = ()


class ExternalMethod(NamedTuple):
    """A method bound to an instance of an outside type; ``method`` may be a chain (``a.b``)."""

    type_name: str
    method: str
    receiver: Values = ()


class Opaque(NamedTuple):
    """What something outside gave of which the catalogue knows nothing: ``foo.make()``."""

    name: str


class Literal(NamedTuple):
    """A constant, by its ``repr`` (so that ``1`` and ``True`` stay different)."""

    text: str


class Sequence(NamedTuple):
    """A tuple or list; ``exact`` when the elements are known one by one, in order.

    For an iterator that makes its elements on demand, ``calls`` are the functions that it calls
    meanwhile, and ``over`` what it iterates over itself.
    """

    elements: tuple[Values, ...]
    exact: bool
    calls: Values = ()
    over: tuple[Values, ...] = ()


class Mapping(NamedTuple):
    """A dictionary display: values and their keys' ``repr`` (empty where not constant)."""

    keys: tuple[str, ...]
    elements: tuple[Values, ...]


class Partial(NamedTuple):
    """``functools.partial`` of a callable: calling it calls that."""

    function: Values


class Coroutine(NamedTuple):
    """What calling an ``async def`` of the project gave: it runs when it is awaited."""

    function: ProjectFunction


class Generator(NamedTuple):
    """What calling a generator function of the project gave: it runs when it is iterated."""

    function: ProjectFunction


class Manager(NamedTuple):
    """What calling a ``@contextmanager`` function of the project gave."""

    function: ProjectFunction


class KnownResult(NamedTuple):
    """A callable of which only the result's type is known."""

    returns: Values


class Unknown(NamedTuple):
    """A value that could not be followed, and why."""

    reason: str


Value = (
    ProjectModule
    | Namespace
    | ProjectFunction
    | ProjectClass
    | Instance
    | SuperOf
    | External
    | ExternalInstance
    | ExternalMethod
    | Opaque
    | Literal
    | Sequence
    | Mapping
    | Partial
    | Coroutine
    | Generator
    | Manager
    | KnownResult
    | Unknown
)

NONE = Literal("None")
DEFINED_BY_ITSELF = Unknown("it is defined by itself")


def is_known(value: Value) -> bool:
    """Whether the value counts as a candidate: unknown ones and ``None`` do not."""
    return not isinstance(value, (Unknown, Opaque)) and value != NONE


def only_known(values: Values) -> Values:
    """The values that count as candidates."""
    return tuple(value for value in values if is_known(value))


def unbound(function: ProjectFunction) -> ProjectFunction:
    """The function, whatever it is bound to."""
    if not function.receiver:
        return function
    return ProjectFunction(function.path, function.qualname, (), function.given)


def origin_of_class(cls: ProjectClass) -> ProjectClass:
    """``Repository`` for ``Repository[User]``."""
    return ProjectClass(cls.path, cls.qualname) if cls.arguments else cls


def merge(*groups: Values) -> Values:
    """All candidates of ``groups``, each once, in order."""
    if len(groups) == 1:
        return groups[0]
    return tuple(dict.fromkeys(value for group in groups for value in group))


@lru_cache(maxsize=4096)
def literal_value(text: str) -> object:
    """The value of a literal's ``repr``; the text itself where it is not one (``Ellipsis``)."""
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value
