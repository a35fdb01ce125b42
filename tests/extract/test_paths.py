"""What extraction writes down for an expression, from the text of one file alone."""

from __future__ import annotations

import pytest

from tests.graph.asking import check_paths, summary_of


def test_imports() -> None:
    check_paths("""
        import requests
        import os.path
        import numpy as np
        from time import sleep as nap
        from . import sibling
        from ..above import name

        reveal_type(requests.get)  # requests.get
        reveal_type(os.path.join)  # os.path.join
        reveal_type(np.array)  # numpy.array
        reveal_type(nap)  # time.sleep
        reveal_type(sibling)  # .sibling
        reveal_type(name.x)  # ..above.name.x
        reveal_type(print)  # builtins.print
        reveal_type(missing)  # ?`missing` is not defined in this file
    """)


def test_chains_of_steps() -> None:
    check_paths("""
        import lib

        async def f(given):
            reveal_type(lib.Client().get("x").json()["id"])  # lib.Client().get().json()['id']
            reveal_type(await lib.fetch())  # lib.fetch() await
            reveal_type(given.name)  # f:given.name
            reveal_type((lib.A() / "x").read)  # lib.A().__truediv__().read
            reveal_type([lib.A(), given])  # [lib.A(), f:given]
            reveal_type((lib.A(),))  # (lib.A(),)
            reveal_type({"a": given})  # {f:given}
            reveal_type(-1)  # -1
    """)


def test_flow() -> None:
    check_paths("""
        import lib

        def f(flag, given):
            x = lib.A()
            reveal_type(x)  # lib.A()
            if flag:
                x = lib.B()
            reveal_type(x)  # (lib.B() | lib.A())
            y, z = x, given
            reveal_type(z)  # f:given
            with lib.open() as handle, given as other:
                reveal_type(handle)  # lib.open() with
                reveal_type(other)  # f:given with
            for item in given:
                reveal_type(item)  # f:given iter
            reveal_type([e for e in given])  # [f:given iter]
            reveal_type(given if flag else None)  # (f:given | None)
            reveal_type(given or lib.A())  # (f:given | lib.A())
            reveal_type(given and lib.A())  # lib.A()
            if (found := lib.find()):
                reveal_type(found)  # lib.find()
            del x
            reveal_type(x)  # ?`x` was deleted
    """)


def test_what_no_branch_leaves_behind() -> None:
    check_paths("""
        import lib

        def f(flag):
            x = lib.A()
            if flag:
                x = lib.B()
                return x
            reveal_type(x)  # lib.A()
            try:
                y = lib.C()
            except OSError:
                raise
            reveal_type(y)  # lib.C()
            while True:
                z = lib.D()
                if flag:
                    break
            reveal_type(z)  # lib.D()
    """)


def test_annotations() -> None:
    check_paths("""
        from __future__ import annotations
        from typing import Annotated, Optional
        import lib

        Alias = Annotated[lib.A, "note"]

        def f(a: lib.A, b: "lib.B | None", c: Optional[lib.C] = None):
            v: lib.D = a
            reveal_type(v)  # lib.D@
            w: Alias
            reveal_type(w)  # Alias@
    """)


def test_scopes() -> None:
    check_paths("""
        import lib

        name = lib.A()
        other = lib.A()
        other = lib.B()

        class C:
            name = lib.C()

            def method(self):
                reveal_type(name)  # name
                reveal_type(other)  # other
                reveal_type(self.name)  # C.method:self.name
                reveal_type(super().run)  # super(C).run

        def outer():
            local = lib.D()

            def inner(name):
                reveal_type(local)  # lib.D()
                reveal_type(name)  # outer.inner:name
                reveal_type((lambda x: x)(1))  # outer.inner.<lambda:23:21>()

            return inner
    """)


def test_tests_narrow_for_as_long_as_they_hold() -> None:
    summary = summary_of("""
        def f(x, y):
            if isinstance(x, int) and not isinstance(y, str):
                reveal_type(x)
                reveal_type(y)
            reveal_type(x)
            return reveal_type(y.z) if isinstance(y.z, int) else y
    """)
    sites = summary.functions["f"].sites
    asked = [
        summary.nodes[summary.nodes[site.path].operands[1]]
        for site in sites
        if summary.nodes[site.path].operands
        and summary.nodes[summary.nodes[site.path].operands[0]].name == "builtins.reveal_type"
    ]
    assert [(node.op, node.name) for node in asked] == [
        ("narrowed", "is"),
        ("narrowed", "is not"),
        ("parameter", "f:x"),
        ("narrowed", "is"),
    ]


def test_equal_paths_are_written_once() -> None:
    summary = summary_of("""
        import lib
        a = lib.make().x
        b = lib.make().x
        c = lib.make().x.y
    """)
    assert len(summary.nodes) == len(set(summary.nodes))
    assert summary.names["a"] == summary.names["b"]


def test_a_binding_with_too_many_meanings_is_not_followed() -> None:
    text = "\n".join(f"x{n} = lib.a{n}()" for n in range(20))
    choice = " or ".join(f"x{n}" for n in range(20))
    check_paths(f"import lib\n{text}\nreveal_type({choice})  # ?too many candidates\n")


@pytest.mark.parametrize("text", ["", "x = 1\n", "# nothing\n", '"""docstring"""\n'])
def test_files_without_code(text: str) -> None:
    summary = summary_of(text)
    assert list(summary.functions) == ["<module>"]
    assert summary.functions["<module>"].sites == ()
