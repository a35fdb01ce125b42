"""What extraction keeps of a file: facts that depend on its text alone.

Every ``int`` called a path is an index into :attr:`ModuleSummary.nodes` (see
:mod:`flake8_async_block.model.path`); ``NO_PATH`` means there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import NO_PATH, PathNode


class SiteKind:
    """What happens at a site. Plain strings, so that summaries serialise as they are.

    Any other kind is the name of the special method that an operator or an assignment calls: of
    the site's path, of the first operand of a ``BINARY`` step that has it, or, for ``__set__``,
    of what holds the attribute.
    """

    CALL: Final = "call"
    ATTRIBUTE: Final = "attribute"
    """An attribute is read: a property may run."""
    ENTER: Final = "with"
    """A ``with`` statement enters its context manager, and leaves it later."""
    ITERATE: Final = "iterate"
    """A ``for``, a comprehension, an unpacking consumes the path's elements."""
    ITEM: Final = "item"


class Place:
    """Where a site stands, as far as ``await`` may or may not be written there."""

    STATEMENT: Final = "statement"
    EXPRESSION: Final = "expression"
    COMPREHENSION: Final = "comprehension"
    GENERATOR: Final = "generator expression"
    CLASS_BODY: Final = "class body"
    DEFAULT: Final = "default value"
    DECORATOR: Final = "decorator"


class Use:
    """What is done with the value of a call, where that cannot be done with a promise.

    It may be stored in a variable before.
    """

    OTHER: Final = ""
    DROPPED: Final = "dropped"
    """The call is a statement of its own, or nothing reads the variable."""
    VALUE: Final = "value"
    """It is an operand, compared, formatted, subscripted, unpacked, entered, tested, converted, or
    has an attribute read that promises do not have."""


class Guard:
    """How seldom a branch is taken, as far as its text shows."""

    NONE: Final = ""
    ERROR: Final = "error"
    """An ``except`` branch."""
    CACHE_MISS: Final = "cache miss"
    """``if key not in cache: cache[key] = …``"""
    ONCE: Final = "once"
    """``if x is None: x = …`` about something that outlives the call."""
    NO_LOOP: Final = "no loop"
    """Taken only where no event loop runs."""


PlaceName = Literal[
    "statement",
    "expression",
    "comprehension",
    "generator expression",
    "class body",
    "default value",
    "decorator",
]
"""The values of :class:`Place`."""


UseName = Literal["", "dropped", "value"]
"""The values of :class:`Use`."""


GuardName = Literal["", "error", "cache miss", "once", "no loop"]
"""The values of :class:`Guard`."""


class Site(NamedTuple):
    """A place in a function where code outside its text may run.

    ``path`` is the whole expression: for a call, the call node. ``awaited`` is true where the
    value is awaited, entered with ``async with`` or consumed by ``async for``, so that a blocking
    meaning cannot be right. ``guard`` is one of :class:`Guard`.
    """

    kind: str
    path: int
    span: Span
    awaited: bool
    place: PlaceName
    guard: GuardName = Guard.NONE
    use: UseName = Use.OTHER


class Await(NamedTuple):
    """A place where a coroutine may suspend.

    ``kind`` is ``await``, ``async for`` or ``async with``; ``path`` what is awaited, iterated over
    or entered.
    """

    kind: str
    path: int
    span: Span


class Block(NamedTuple):
    """A ``with`` statement without ``async``: one of its managers, and its extent.

    ``path`` is the manager, ``span`` its expression, ``extent`` the whole statement; ``yields``
    tells whether the coroutine is a generator that gives something meanwhile.
    """

    path: int
    span: Span
    extent: Span
    yields: bool = False


class Branch(NamedTuple):
    """Statements that run only for some values of a parameter.

    ``slot`` is the parameter; ``needs`` one of :class:`Needs`; ``extent`` the statements; ``types``
    the path of an instance of the types that are asked for, if it needs one of them or another.
    """

    slot: str
    needs: str
    extent: Span
    types: int = NO_PATH


class Needs:
    """What a parameter has to be for a branch to be taken."""

    TRUE: Final = "true"
    FALSE: Final = "false"
    NONE: Final = "none"
    GIVEN: Final = "given"
    """Anything but None."""
    OF_TYPE: Final = "of type"
    NOT_OF_TYPE: Final = "not of type"


class Loop(NamedTuple):
    """A loop without a bound that the text shows, or one that only looks and sleeps.

    ``span`` is the header, ``extent`` the whole statement.
    ``endless``: its condition stays true, or ``iterable`` may have no end, or ``decided_by`` is all
    that could end it.
    ``suspends``: an ``await``, ``async for``, ``async with`` or ``yield`` stands inside.
    ``leaves``: a ``break``, ``return`` or ``raise`` leaves it, or a handler around it waits for
    one certain exception.
    ``iterable``: the call that a ``for`` loop iterates over.
    ``decided_by``: the text and the path of each variable and attribute of which the condition is
    made, none of which the body sets.
    ``states``, ``pause``: what it looks at, and the call that it awaits, if it does nothing else.
    """

    span: Span
    extent: Span
    header: str
    endless: bool
    suspends: bool
    leaves: bool
    iterable: int = NO_PATH
    states: tuple[int, ...] = ()
    pause: int = NO_PATH
    decided_by: tuple[tuple[str, int], ...] = ()


class ParameterKind:
    POSITIONAL: Final = "positional"
    KEYWORD: Final = "keyword"
    VAR_POSITIONAL: Final = "*"
    VAR_KEYWORD: Final = "**"


class Parameter(NamedTuple):
    name: str
    kind: str
    annotation: int
    default: int


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """A function, a method, a lambda, a generator expression, or the module's own body.

    Args:
        qualname: unique in the file; nested names are joined by dots.
        owner: the qualified name of the class of which this is a method, or empty.
        returns: the annotation's path.
        returned: the paths of all returned values.
        yielded: the paths of all yielded values.
        writes: what it assigns to that outlives it, as written: ``self.count``, ``CACHE[…]``.
        awaits: where it may suspend, in the order of the text.
        blocks: its ``with`` statements without ``async``.
        branches: what only some values of its parameters make it run.
        is_abstract: there is nothing in it but ``...`` or ``raise NotImplementedError``, or nothing
            at all where it is declared abstract.
    """

    qualname: str
    span: Span
    is_async: bool
    is_generator: bool
    owner: str
    parameters: tuple[Parameter, ...]
    decorators: tuple[int, ...]
    returns: int
    returned: tuple[int, ...]
    yielded: tuple[int, ...]
    sites: tuple[Site, ...]
    loops: tuple[Loop, ...]
    writes: tuple[str, ...] = ()
    awaits: tuple[Await, ...] = ()
    blocks: tuple[Block, ...] = ()
    branches: tuple[Branch, ...] = ()
    is_abstract: bool = False


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class.

    Args:
        attributes: name → what is assigned to it in the body, or to ``self.name`` in a method.
        annotations: name → the annotation's path, from the body or from ``self.name: T``.
        methods: name → the qualified names of its definitions, in order.
    """

    qualname: str
    span: Span
    bases: tuple[int, ...]
    decorators: tuple[int, ...]
    attributes: dict[str, tuple[int, ...]]
    annotations: dict[str, int]
    methods: dict[str, tuple[str, ...]]
    type_parameters: tuple[str, ...] = ()


class Store(NamedTuple):
    """``base.attribute = value`` or ``base[key] = value`` on something that is not ``self``.

    ``attribute`` is the attribute's name, or ``[key]`` with the constant's ``repr``; ``key`` is the
    path of what stands between the brackets.
    """

    base: int
    attribute: str
    value: int
    key: int = NO_PATH


@dataclass(frozen=True, slots=True)
class ModuleSummary:
    """Everything that the rest of async-block ever asks about a file.

    Args:
        nodes: the table of access paths.
        names: module-level name → its path (a union where it is bound more than once).
        stars: the modules of ``from m import *``, in order.
        functions: by qualified name; the module's own body is ``<module>``.
    """

    nodes: tuple[PathNode, ...]
    names: dict[str, int]
    stars: tuple[str, ...]
    functions: dict[str, FunctionFacts]
    classes: dict[str, ClassFacts]
    stores: tuple[Store, ...]


MODULE_BODY: Final = "<module>"
