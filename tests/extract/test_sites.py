"""Where code outside the text may run, whether it is awaited, and where ``await`` may stand."""

from __future__ import annotations

from flake8_async_block.model.path import render_path
from flake8_async_block.model.summary import FunctionFacts, ModuleSummary
from tests.graph.asking import summary_of


def sites(summary: ModuleSummary, function: str) -> list[tuple[str, str, bool, str]]:
    return [
        (site.kind, render_path(summary.nodes, site.path), site.awaited, site.place)
        for site in facts(summary, function).sites
    ]


def facts(summary: ModuleSummary, function: str) -> FunctionFacts:
    return summary.functions[function]


def test_kinds() -> None:
    summary = summary_of("""
        async def f(a):
            a.call()
            with a:
                pass
            for x in a:
                pass
            a["key"]
            return a.attribute
    """)
    assert sites(summary, "f") == [
        ("call", "f:a.call()", False, "statement"),
        ("with", "f:a", False, "expression"),
        ("iterate", "f:a", False, "expression"),
        ("item", "f:a['key']", False, "statement"),
        ("attribute", "f:a.attribute", False, "expression"),
    ]


def test_awaited() -> None:
    summary = summary_of("""
        import asyncio

        async def f(a):
            await a.now()
            later = a.later()
            await later
            await asyncio.gather(a.one(), a.two())
            await (a.yes() if a.test() else a.no())
            asyncio.create_task(a.task())
            async with a.manager():
                pass
            async for x in a.stream():
                pass
            a.never()
    """)
    awaited = {path.split("()")[0]: is_awaited for _, path, is_awaited, _ in sites(summary, "f")}
    assert {name for name, value in awaited.items() if value} == {
        "f:a.now", "f:a.later", "f:a.one", "f:a.two", "asyncio.gather", "f:a.task",
        "f:a.manager", "f:a.stream", "f:a.yes", "f:a.no",
    }  # fmt: skip


def test_places() -> None:
    summary = summary_of("""
        async def f(a):
            a.statement()
            x = a.expression()
            [a.comprehension() for _ in x]
            class C:
                a.body()
            def g(p=a.default()): ...
            @a.decorator()
            def h(): ...
    """)
    assert [(path, place) for kind, path, _, place in sites(summary, "f") if kind == "call"] == [
        ("f:a.statement()", "statement"),
        ("f:a.expression()", "expression"),
        ("f:a.comprehension()", "comprehension"),
        ("f:a.body()", "class body"),
        ("f:a.default()", "default value"),
        ("f:a.decorator()", "decorator"),
    ]


def test_what_runs_later_belongs_to_a_function_of_its_own() -> None:
    summary = summary_of("""
        async def f(a):
            g = lambda: a.in_lambda()
            h = (a.in_generator() for _ in a.source())
            def inner():
                a.in_function()
    """)
    called = {
        name: [path for kind, path, _, _ in sites(summary, name) if kind == "call"]
        for name in summary.functions
    }
    assert called.pop("f") == ["f:a.source()"]
    assert called.pop("<module>") == []
    assert sorted(called.values()) == [
        ["f:a.in_function()"], ["f:a.in_generator()"], ["f:a.in_lambda()"],
    ]  # fmt: skip


def test_decorators_and_defaults_run_outside() -> None:
    summary = summary_of("""
        import lib

        @lib.decorator()
        async def f(p=lib.default()) -> lib.annotation():
            pass
    """)
    assert sites(summary, "f") == []
    called = [path for kind, path, _, _ in sites(summary, "<module>") if kind == "call"]
    assert called == ["lib.decorator()", "lib.default()"]


def test_code_that_is_never_reached_has_no_sites() -> None:
    summary = summary_of("""
        async def f(a):
            if False:
                a.dead()
            while False:
                a.dead()
            if a:
                return
                a.dead()
            raise ValueError
            a.dead()
    """)
    assert [kind for kind, *_ in sites(summary, "f")] == ["__bool__"]


def test_definitions_of_the_same_name_are_told_apart() -> None:
    summary = summary_of("""
        def f(): one()
        def f(): two()

        class C:
            def m(self): one()
            def m(self): two()
    """)
    assert [name for name in summary.functions if name != "<module>"] == [
        "f", "f#2", "C.m", "C.m#2",
    ]  # fmt: skip
    assert summary.classes["C"].methods == {"m": ("C.m", "C.m#2")}


def test_classes() -> None:
    summary = summary_of("""
        import lib

        class C(lib.Base):
            declared: lib.A
            made = lib.B()

            def __init__(self, given: lib.C) -> None:
                self.given = given
                self.typed: lib.D = given

            @staticmethod
            def static(first) -> None:
                first.attribute = 1
    """)
    cls = summary.classes["C"]
    assert [render_path(summary.nodes, path) for path in cls.bases] == ["lib.Base"]
    assert {
        name: [render_path(summary.nodes, path) for path in paths]
        for name, paths in cls.attributes.items()
    } == {"made": ["lib.B()"], "given": ["C.__init__:given"], "typed": ["lib.D@"]}
    assert {name: render_path(summary.nodes, path) for name, path in cls.annotations.items()} == {
        "declared": "lib.A",
        "typed": "lib.D",
    }
    assert [(store.attribute) for store in summary.stores] == ["attribute"]
