"""The handlers that the findings of the framework fixtures name, as ``--output-format json`` has
them: the full route, across files and prefixes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.laws.corpus import FIXTURES

PROJECTS = FIXTURES / "projects"
EXPECTED = {
    "aiohttp": {
        ("aiohttp", "GET", "/", "index"),
        ("aiohttp", "POST", "/users", "Users.post"),
        ("aiohttp", "PATCH", "/patch", "patch"),
        ("aiohttp", "GET", "/health", "health"),
        ("aiohttp", "GET", "/admin/stats", "stats"),
        ("aiohttp", "DELETE", "/admin/cache", "purge"),
        ("aiohttp", "middleware", "", "timing"),
    },
    "asyncio": set(),
    "blacksheep": {
        ("BlackSheep", "GET", "/", "index"),
        ("BlackSheep", "GET", "/other", "other"),
        ("BlackSheep", "POST", "/users/new", "Users.create"),
    },
    "bots": {
        ("aiogram", "update", "", "on_text"),
        ("aiogram", "update", "", "on_start"),
        ("aiogram", "middleware", "", "Limit.__call__"),
        ("discord.py", "event", "", "on_ready"),
        ("discord.py", "command", "ping", "answer"),
        ("discord.py", "event", "", "Games.on_message"),
        ("discord.py", "command", "roll", "Games.roll_dice"),
        ("discord.py", "event", "", "Client.on_error"),
        ("python-telegram-bot", "command", "start", "start"),
        ("python-telegram-bot", "update", "", "echo"),
    },
    "entry_points": {
        ("FastAPI", "GET", "/api/items/{number}", "read"),
        ("FastAPI", "GET", "/other/", "other_index"),
        ("FastAPI", "dependency", "", "of_include"),
        ("FastAPI", "dependency", "", "of_application"),
        ("FastAPI", "middleware", "", "Timing.__call__"),
        ("FastAPI", "middleware", "", "count"),
        ("Starlette", "middleware", "", "Listed.__call__"),
    },
    "fastapi": {
        ("FastAPI", "GET", "/api/v1/users/me", "read_me"),
        ("FastAPI", "POST", "/api/v1/users", "create_user"),
        ("FastAPI", "GET", "/api/v1/shop/items/{item_id}", "read_item"),
        ("FastAPI", "PUT,PATCH", "/api/v1/shop/items/", "replace_all"),
        ("FastAPI", "WEBSOCKET", "/api/v1/shop/items/live", "live"),
        ("FastAPI", "GET", "/api/v1/shop/items/export", "export"),
        ("FastAPI", "GET,POST", "/reports/{name}", "report"),
        ("FastAPI", "background task", "", "write_journal"),
        ("FastAPI", "exception handler", "", "create_app.on_value_error"),
        ("Starlette", "middleware", "", "Timing.dispatch"),
    },
    "homeassistant": {("Home Assistant", "GET", "/api/export", "Export.get")},
    "litestar": {
        ("Litestar", "GET", "/", "index"),
        ("Litestar", "POST", "/api/loop", "on_the_loop"),
        ("Litestar", "GET", "/api/users", "Users.all_of_them"),
        ("Litestar", "GET", "/api/users/{name:str}", "Users.one"),
    },
    "quart": {
        ("Quart", "GET", "/", "index"),
        ("Quart", "POST", "/people/<name>", "write_user"),
        ("Quart", "middleware", "", "before"),
    },
    "robyn": {
        ("Robyn", "GET", "/", "index"),
        ("Robyn", "POST", "/users/new", "create"),
    },
    "sanic": {
        ("Sanic", "GET", "/api/users/<name>", "read_user"),
        ("Sanic", "POST,PUT", "/api/users/", "write_user"),
        ("Sanic", "GET", "/report", "Report.get"),
        ("Sanic", "middleware", "", "count"),
    },
    "socketio": {
        ("Socket.IO", "event", "", "connect"),
        ("Socket.IO", "event", "chat message", "chat"),
        ("Socket.IO", "event", "", "Game.on_move"),
    },
    "startup": {
        ("FastAPI", "GET", "/", "index"),
        ("FastAPI", "lifespan", "", "lifespan"),
        ("aiohttp", "GET", "/", "handler"),
    },
    "starlette": {
        ("Starlette", "GET", "/", "index"),
        ("Starlette", "GET", "/api/users/{name}", "User.get"),
        ("Starlette", "WEBSOCKET", "/api/echo", "Echo.on_receive"),
        ("Starlette", "exception handler", "", "on_error"),
    },
    "textual": {
        ("Textual", "message handler", "", "Clock.on_mount"),
        ("Textual", "reactive", "", "Clock.watch_time"),
        ("Textual", "", "", "Shop.compose"),
        ("Textual", "action", "", "Shop.action_refresh"),
        ("Textual", "message handler", "", "Shop.save"),
        ("Textual", "worker", "", "Shop.poll"),
    },
    "tornado": {
        ("Tornado", "", "/users/(.*)", "User.prepare"),
        ("Tornado", "GET", "/users/(.*)", "User.get"),
        ("Tornado", "POST", "/users/(.*)", "User.post"),
        ("Tornado", "PUT", "/reports/(.*)", "Report.put"),
        ("Tornado", "GET", "/older", "Older.get"),
        ("Tornado", "WEBSOCKET", "/chat", "Chat.on_message"),
        ("Tornado", "periodic callback", "", "tick"),
    },
}


def output(root: Path, *targets: str) -> dict[str, Any]:
    run = subprocess.run(
        (sys.executable, "-m", "flake8_async_block", "check", "--output-format", "json", *targets),
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def findings(root: Path, *targets: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = output(root, *targets)["diagnostics"]
    return found


def named(found: list[dict[str, Any]]) -> set[tuple[str, str, str, str]]:
    return {
        (handler["framework"], handler["method"], handler["route"], handler["function"])
        for finding in found
        if (handler := finding["handler"]) is not None
    }


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(PROJECTS / request.param, root)
    return root


@pytest.mark.parametrize(("project", "expected"), EXPECTED.items(), indirect=["project"])
def test_named_handlers(project: Path, expected: set[tuple[str, str, str, str]]) -> None:
    assert named(findings(project, ".")) == expected


@pytest.mark.parametrize("project", ["fastapi"], indirect=True)
def test_one_file_is_told_the_same_as_the_whole_project(project: Path) -> None:
    whole = [item for item in findings(project, ".") if item["path"] == "shop/deps.py"]
    assert named(whole) == {
        ("FastAPI", "GET", "/api/v1/users/me", "read_me"),
        ("FastAPI", "GET", "/api/v1/shop/items/{item_id}", "read_item"),
    }
    assert findings(project, "shop/deps.py") == whole


@pytest.mark.parametrize("project", ["startup"], indirect=True)
def test_notes_name_what_starts_the_server(project: Path) -> None:
    notes = output(project, "fastapi_app.py")["notes"]
    assert named(notes) == {
        ("FastAPI", "lifespan", "", "lifespan"),
        ("FastAPI", "lifespan", "", "own_lifespan"),
        ("FastAPI", "lifespan", "", "assigned_lifespan"),
        ("FastAPI", "startup", "", "start"),
        ("FastAPI", "startup", "", "sync_start"),
        ("FastAPI", "shutdown", "", "stop"),
        ("FastAPI", "startup", "", "added"),
    }


@pytest.mark.parametrize("project", ["entry_points"], indirect=True)
def test_what_is_called_before_handlers_is_named_where_they_are_unknown(project: Path) -> None:
    found = [item for item in findings(project, ".") if item["path"] == "shop/checks.py"]
    assert [
        (item["handler"] and item["handler"]["method"], len(item["handlers"])) for item in found
    ] == [
        ("GET", 1),  # of_router
        ("dependency", 1),  # of_include
        ("dependency", 1),  # of_application
        ("GET", 1),  # of_handler_too
        (None, 0),  # of_nothing
        ("GET", 1),  # Limit
        (None, 0),  # Unused
        ("GET", 1),  # LimitOfRouter
    ]


@pytest.mark.parametrize("project", ["litestar"], indirect=True)
def test_the_message_says_why_a_plain_function_runs_on_the_loop(project: Path) -> None:
    messages = [item["message"] for item in findings(project, ".") if item["line"] == 11]
    assert messages == [
        "`time.sleep` sleeps on the event loop, in `def index` (GET /): "
        "Litestar runs it on the event loop"
    ]


SHARED = """\
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/a")
async def first():
    await helper()


@app.get("/b")
async def second():
    await between()


@app.post("/c")
async def third():
    time.sleep(1)
    await first()


@app.get("/d")
def in_a_thread():
    time.sleep(1)


async def between():
    await helper()


async def helper():
    time.sleep(1)


async def unreached():
    time.sleep(1)
"""


def test_a_helper_names_all_handlers_that_reach_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SHARED)
    found = {item["trace"][0]["function"]: item for item in findings(tmp_path, "app.py")}
    assert set(found) == {"third", "helper", "unreached"}
    assert [handler["route"] for handler in found["helper"]["handlers"]] == ["/a", "/b"]
    assert found["helper"]["handler"] == found["helper"]["handlers"][0]
    assert found["helper"]["handler"]["line"] == 9
    assert found["helper"]["message"].endswith("(reached from GET /a and 1 more handler)")
    assert found["third"]["message"].endswith("in `async def third` (POST /c)")
    assert found["unreached"]["handlers"] == []
