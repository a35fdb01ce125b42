"""What paths turn out to be, over several files."""

from __future__ import annotations

from tests.graph.asking import check_values


def test_the_outside() -> None:
    check_values("""
        import requests
        import unheard_of

        reveal_type(requests)  # requests
        reveal_type(requests.Session)  # requests.Session
        reveal_type(requests.Session())  # requests.Session@
        reveal_type(requests.Session().get)  # requests.Session@.get
        reveal_type(unheard_of.make)  # unheard_of.make
        reveal_type(unheard_of.make())  # unheard_of.make()
        reveal_type(unheard_of.Thing())  # unheard_of.Thing@
        reveal_type(len([]))  # builtins.len()
        reveal_type("text")  # 'text'
    """)


def test_imports_between_files() -> None:
    check_values(
        """
        from package import alias, inner, made
        from package.inner import Thing
        from package import nothing

        reveal_type(Thing)  # Thing
        reveal_type(alias)  # Thing
        reveal_type(made)  # Thing@
        reveal_type(inner.Thing().method)  # Thing.method
        reveal_type(nothing)  # ?`nothing` is not defined in its module
        """,
        {"package/__init__.py": """
        from . import inner
        from .inner import Thing as alias

        made = alias()
        """, "package/inner.py": """
        class Thing:
            def method(self): ...
        """},
    )  # fmt: skip


def test_star_imports_take_what_the_module_offers() -> None:
    check_values(
        """
        from listed import *
        from plain import *

        reveal_type(offered)  # offered
        reveal_type(kept_back)  # ?`kept_back` is not defined in its module
        reveal_type(_listed)  # _listed
        reveal_type(_private)  # ?`_private` is not defined in its module
        reveal_type(twice)  # 2
        reveal_type(open)  # builtins.open
        """,
        {"listed.py": """
        __all__ = ["offered", "_listed", "twice"]
        def offered(): ...
        def kept_back(): ...
        def _listed(): ...
        twice = 1
        """, "plain.py": """
        from listed import *
        def _private(): ...
        twice = 2
        """},
    )  # fmt: skip


def test_attributes_of_instances() -> None:
    check_values("""
        import requests

        class Base:
            shared = requests.Session()

            def __init__(self, given):
                self.given = given
                self.session = None

            def connect(self):
                self.session = requests.Session()

            @property
            def computed(self):
                return self.session

            def itself(self):
                return self

        class Child(Base):
            pass

        reveal_type(Child().shared)  # requests.Session@
        reveal_type(Child().session)  # None | requests.Session@
        reveal_type(Child().computed)  # None | requests.Session@
        reveal_type(Child().itself())  # Child@
        reveal_type(Child().given)  # ?parameter `given` has no annotation and no default
        reveal_type(Child().other)  # ?`Child` has no attribute `other` whose value is known
    """)


def test_reasons_for_not_knowing() -> None:
    check_values("""
        import unheard_of
        from typing import Any

        class Strange(unheard_of.make()):
            pass

        def f(bare, default=None, *many, anything: Any = 1, **rest):
            reveal_type(bare)  # ?parameter `bare` has no annotation and no default
            reveal_type(default)  # ?parameter `default` has no annotation
            reveal_type(rest)  # ?`rest` collects keyword arguments
            reveal_type(f())  # ?`f` has no return annotation
            reveal_type(bare.x.y)  # ?parameter `bare` has no annotation and no default
            reveal_type(not_there)  # ?`not_there` is not defined in this file
    """)


def test_annotations_win_unless_they_only_name_an_interface() -> None:
    check_values("""
        from abc import ABC
        from typing import Protocol

        class Interface(Protocol): ...
        class Abstract(ABC): ...
        class Real: ...
        class Other: ...

        def interface() -> Interface:
            return Real()

        def abstract() -> Abstract:
            return Real()

        def concrete() -> Other:
            return Real()

        reveal_type(interface())  # Real@
        reveal_type(abstract())  # Real@
        reveal_type(concrete())  # Other@
    """)


def test_tests_narrow() -> None:
    check_values("""
        import requests

        class A: ...
        class B(A): ...
        class C: ...

        def f(x: A | C, y: B | C, z, s: requests.Session | A):
            if isinstance(x, A):
                reveal_type(x)  # A@
            else:
                reveal_type(x)  # C@
            if isinstance(y, A):
                reveal_type(y)  # B@
            if type(z) is C:
                reveal_type(z)  # C@
            if not isinstance(s, A):
                reveal_type(s)  # requests.Session@
            if isinstance(s, (A, requests.Session)):
                reveal_type(s)  # requests.Session@ | A@
            else:
                reveal_type(s)  # ?a test has ruled out every known type
            reveal_type(s)  # requests.Session@ | A@
            if isinstance(z, A) or x:
                reveal_type(z)  # ?parameter `z` has no annotation and no default
            if not (isinstance(z, A) and x):
                return
            reveal_type(z)  # A@
    """)


def test_named_tuples_and_enumerations() -> None:
    check_values("""
        import enum
        from typing import NamedTuple

        class A: ...

        class Pair(NamedTuple):
            first: A
            second: str

        class Kind(enum.Enum):
            ONE = 1

        pair = Pair(A(), "")
        first, second = pair

        reveal_type(first)  # A@
        reveal_type(pair[1])  # builtins.str@
        reveal_type(pair.first)  # A@
        reveal_type([each for each in pair][0])  # A@ | builtins.str@
        reveal_type(Kind.ONE)  # Kind@
    """)


def test_containers() -> None:
    check_values("""
        class A: ...
        class B: ...

        def f(table: dict[str, A], rows: list[tuple[A, B]], **named: A):
            reveal_type(table["x"])  # A@
            reveal_type(table.get("x"))  # A@
            for key, value in table.items():
                reveal_type(value)  # A@
            for a, b in rows:
                reveal_type(b)  # B@
            reveal_type(named["x"])  # A@
            reveal_type({"a": A(), "b": B()}["b"])  # B@
            reveal_type([A(), B()][-1])  # B@
            reveal_type(dict(a=A())["a"])  # A@
            reveal_type(max(rows)[0])  # A@
    """)


def test_callables() -> None:
    check_values("""
        import functools

        class A: ...

        def make(): return A()
        def call(function): return function
        async def coroutine(): return A()

        @functools.lru_cache
        def cached(): return A()

        reveal_type(functools.partial(make)())  # A@
        reveal_type(call(make)())  # A@
        reveal_type((lambda: make())())  # A@
        reveal_type(cached())  # A@
        reveal_type(coroutine())  # coroutine()

        async def f():
            reveal_type(await coroutine())  # A@
    """)
