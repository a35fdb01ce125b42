"""Where functions run, asked directly."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_async_block.catalogue.frameworks import load_frameworks
from flake8_async_block.catalogue.load import load_catalogue
from flake8_async_block.extract import extract_summary
from flake8_async_block.graph.contexts import Context, Contexts
from flake8_async_block.graph.project import Project
from flake8_async_block.graph.resolve import Resolver
from flake8_async_block.graph.values import ProjectFunction
from flake8_async_block.sources import SourceTree
from tests.laws.corpus import FIXTURES

PROJECTS = FIXTURES / "projects"


def contexts_of(root: Path) -> Contexts:
    files = sorted(root.rglob("*.py"))
    project = Project(
        SourceTree(files, root, ()), lambda path: extract_summary(Path(path).read_bytes())
    )
    resolver = Resolver(project, load_catalogue({}, "nowhere"), load_frameworks())
    return Contexts(
        resolver,
        lambda word: tuple(str(file) for file in files if word in file.read_bytes()),
    )


@pytest.mark.parametrize(
    ("file", "function", "context"),
    [
        ("fastapi/shop/routers/items.py", "read_item", Context.LOOP),
        ("fastapi/shop/routers/items.py", "read_slowly", Context.THREAD),
        ("fastapi/shop/routers/items.py", "write_audit", Context.THREAD),
        ("fastapi/shop/routers/items.py", "rows", Context.THREAD),
        ("fastapi/shop/deps.py", "settings", Context.THREAD),
        ("fastapi/shop/reports.py", "totals", Context.THREAD),
        ("fastapi/shop/main.py", "create_app.on_key_error", Context.THREAD),
        ("fastapi/shop/main.py", "create_app", Context.CALLED),
        ("fastapi/shop/main.py", "<module>", Context.CALLED),
        ("starlette/app.py", "in_thread", Context.THREAD),
        ("starlette/app.py", "tidy_up", Context.THREAD),
        ("starlette/app.py", "User.post", Context.THREAD),
        ("litestar/app.py", "index", Context.LOOP),
        ("litestar/app.py", "in_thread", Context.THREAD),
        ("litestar/app.py", "settings_in_thread", Context.THREAD),
        ("sanic/views.py", "Report.helper", Context.CALLED),
        ("quart/app.py", "in_thread", Context.THREAD),
        ("robyn/app.py", "in_thread", Context.THREAD),
        ("bots/aiogram_bot.py", "in_thread", Context.THREAD),
        ("textual/app.py", "Shop.fetch", Context.THREAD),
        ("asyncio/app.py", "done", Context.LOOP),
        ("asyncio/app.py", "done_in_a_thread", Context.CALLED),
        ("offloading/app.py", "off_the_loop", Context.THREAD),
        ("offloading/app.py", "in_the_pool", Context.THREAD),
        ("offloading/app.py", "on_the_loop", Context.CALLED),
    ],
)
def test_context(file: str, function: str, context: Context) -> None:
    root = PROJECTS / file.partition("/")[0]
    where = contexts_of(root).context_of(ProjectFunction(str(PROJECTS / file), function))
    assert where.context is context


def test_every_framework_has_evidence_and_a_word() -> None:
    for table in load_frameworks().tables:
        assert table.evidence.startswith("https://"), table.name
        assert table.package, table.name
