"""Which handlers may lose their ``async``, and which plans the engine makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_async_block import Config, Engine, FixOptions
from flake8_async_block.model.diagnostic import Applicability, Diagnostic

HEAD = """\
import asyncio
import sqlite3
import time

import requests
from fastapi import FastAPI, WebSocket

app = FastAPI()
CACHE = {}


def helper(url):
    return requests.get(url)


def remember(url):
    CACHE[url] = requests.get(url)


"""


def findings(root: Path, code: str, **others: str) -> list[Diagnostic]:
    (root / "app.py").write_text(HEAD + code)
    for name, text in others.items():
        (root / f"{name}.py").write_text(text)
    return list(Engine(Config(root=root)).check([root / "app.py"]).diagnostics)


def strategies(found: Diagnostic) -> list[str]:
    return [plan.strategy for plan in (found.fix, *found.alternatives) if plan is not None]


def may_become_sync(root: Path, code: str, **others: str) -> bool:
    found = findings(root, code, **others)
    assert found
    return all("sync-handler" in strategies(item) for item in found)


ROUTE = '@app.get("/")\nasync def index():\n    time.sleep(1)\n'


def test_a_handler_that_awaits_nothing(tmp_path: Path) -> None:
    assert may_become_sync(tmp_path, ROUTE)


@pytest.mark.parametrize(
    "code",
    [
        "async def index():\n    time.sleep(1)\n",
        ROUTE + "    await asyncio.sleep(1)\n",
        ROUTE + "    async with app: pass\n",
        ROUTE + "    async for _ in app: pass\n",
        ROUTE + "    return [x async for x in app]\n",
        ROUTE + "    asyncio.create_task(other())\n",
        ROUTE + "    asyncio.get_running_loop()\n",
        ROUTE + "    return index\n",
        ROUTE + "\nasync def other():\n    await index()\n",
        ROUTE + '\napp.add_api_route("/other", index)\n',
        "@wrapped\n" + ROUTE,
        '@app.websocket("/")\nasync def index(socket: WebSocket):\n    time.sleep(1)\n',
        '@app.middleware("http")\nasync def index(request, following):\n    time.sleep(1)\n',
    ],
)
def test_a_handler_that_needs_the_loop(tmp_path: Path, code: str) -> None:
    assert not may_become_sync(tmp_path, code)


def test_a_handler_that_another_file_names(tmp_path: Path) -> None:
    other = "from app import index\n\n\nasync def f():\n    await index()\n"
    assert not may_become_sync(tmp_path, ROUTE, other=other)
    assert not may_become_sync(tmp_path, ROUTE, other="import app\n\nhandlers = [app.index]\n")


def test_another_function_of_the_same_name(tmp_path: Path) -> None:
    assert may_become_sync(tmp_path, ROUTE, other="def index(): ...\n\n\nindex()\n")


def test_helpers_and_calls_have_strategies_of_their_own(tmp_path: Path) -> None:
    code = "async def f(url):\n    helper(url)\n    requests.get(url)\n    time.sleep(1)\n"
    found = findings(tmp_path, code)
    assert [strategies(item) for item in found] == [
        ["helper", "block"],
        ["thread", "block"],
        ["native", "thread", "block"],
    ]
    assert {item.fix.applicability for item in found if item.fix} == {Applicability.SAFE}


def test_a_helper_that_changes_shared_state_is_unsafe(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "async def f(url):\n    remember(url)\n")
    assert found.fix is not None
    assert found.fix.strategy == "helper"
    assert found.fix.applicability is Applicability.UNSAFE
    assert "CACHE" in found.fix.title


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("asyncio.get_running_loop()", "asyncio.get_running_loop"),
        ("asyncio.create_task(url)", "asyncio.create_task"),
        ("QUEUE.put_nowait(url)", "asyncio.Queue"),
        ("EVENT.set()", "asyncio.Event"),
        ("VARIABLE.set(url)", "context variable"),
        ("VARIABLE.reset(url)", "context variable"),
        ("CACHE.update(url)", "collection"),
        ("CACHE[url] = 1", "CACHE"),
        ("global COUNT; COUNT = url", "COUNT"),
        ("inner(url)", "asyncio.create_task"),
        ("os.chdir(url)", "`os.chdir`, which is in force for the whole process"),
        ("os.environ.update(A=url)", "os.environ.update"),
        ("with contextlib.redirect_stdout(url): pass", "contextlib.redirect_stdout"),
        ("signal.signal(2, url)", "`signal.signal`, which works in the main thread only"),
        ("aiohttp.ClientSession()", "aiohttp.ClientSession"),
        ("Server().add_insecure_port(url)", "grpc.aio.Server"),
    ],
)
def test_reasons_against_a_thread(tmp_path: Path, body: str, word: str) -> None:
    code = (
        "import contextlib\nimport contextvars\nimport os\nimport signal\n"
        "import aiohttp\nimport grpc.aio\n"
        "class Server(grpc.aio.Server):\n    def own(self): ...\n"
        "QUEUE = asyncio.Queue()\nEVENT = asyncio.Event()\n"
        "VARIABLE = contextvars.ContextVar('v')\n"
        "def inner(url):\n    asyncio.create_task(url)\n"
        f"def work(url):\n    time.sleep(1)\n    {body}\n"
        "async def f(url):\n    work(url)\n"
    )
    (found,) = findings(tmp_path, code)
    assert found.fix is not None
    assert found.fix.applicability is Applicability.UNSAFE
    assert word in found.fix.title


@pytest.mark.parametrize(
    "body",
    [
        "EVENT.is_set()",
        "LOOP.call_soon_threadsafe(url)",
        "[].append(url)",
        "own = asyncio.Queue(); own.put_nowait(url)",
        "own = {}; own.update(url)",
        "Server().own()",
        "os.getcwd()",
        "os.environ.get('A')",
        "signal.strsignal(2)",
        "with contextlib.suppress(OSError): pass",
    ],
)
def test_nothing_against_a_thread(tmp_path: Path, body: str) -> None:
    code = (
        "import contextlib\nimport os\nimport signal\nimport grpc.aio\n"
        "class Server(grpc.aio.Server):\n    def own(self): ...\n"
        "EVENT = asyncio.Event()\nLOOP = asyncio.new_event_loop()\n"
        f"def work(url):\n    time.sleep(1)\n    {body}\n"
        "async def f(url):\n    work(url)\n"
    )
    found = [item for item in findings(tmp_path, code) if item.code == "ASB201"]
    assert [item.fix.applicability for item in found if item.fix] == [Applicability.SAFE]


def test_what_stays_with_a_thread_moves_as_a_whole_or_not(tmp_path: Path) -> None:
    own = "async def f(url):\n    sqlite3.connect(url).execute('select')\n"
    plans = [item.fix for item in findings(tmp_path, own) if item.fix is not None]
    assert plans
    assert all(plan.strategy == "block" for plan in plans)
    assert all(("scope", "whole") in plan.parameters for plan in plans)
    foreign = "async def f(c: sqlite3.Connection):\n    c.execute('select')\n"
    (found,) = findings(tmp_path, foreign)
    assert found.fix is None
    assert found.why_not is not None
    assert "stays with one thread" in found.why_not


def test_a_generator_expression_is_no_place_for_an_await(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "async def f(urls):\n    any(requests.get(u) for u in urls)\n")
    assert found.fix is not None
    assert (found.fix.strategy, found.fix.applicability) == ("block", Applicability.UNSAFE)
    assert "generator" in (found.why_not or "")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("if account.left < 1: return", "account.left -= 1", "`account.left` is tested before"),
        ("before = account.left", "account.left = before - 1", "`account.left` is read before"),
        ("if url in CACHE: pass", "CACHE[url] = text", ""),
        ("before = account.left", "account.right = before", ""),
    ],
)
@pytest.mark.parametrize(
    "blocking",
    ["text = requests.get(url).text", "with open(url) as stream:\n        text = stream.read()"],
)
def test_what_other_tasks_may_change_meanwhile(
    tmp_path: Path, blocking: str, before: str, after: str, reason: str
) -> None:
    (tmp_path / "app.py").write_text(
        f"{HEAD}async def f(account, url):\n    {before}\n    {blocking}\n    {after}\n"
    )

    result = Engine(Config(root=tmp_path)).fix([tmp_path], FixOptions())

    reasons = [item.reason for file in result.files for item in file.refused]
    assert bool(reasons) == bool(reason)
    assert all(told.startswith(f"unsafe: {reason}") for told in reasons)
    assert any(file.fixed for file in result.files) == (not reason)


EXPOSING = """\
import contextlib
import os


@contextlib.contextmanager
def inside(directory):
    before = os.getcwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)


class Inside:
    def __enter__(self):
        enter()

    def __exit__(self, *exc):
        pass


class Beside:
    def __enter__(self):
        pass

    def __exit__(self, *exc):
        enter()


def enter():
    os.umask(0)


"""


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("with contextlib.redirect_stdout(url):\n        {}", "contextlib.redirect_stdout"),
        ("with open(url) as f, contextlib.chdir(url):\n        {}", "contextlib.chdir"),
        ("with inside(url):\n        {}", "os.chdir"),
        ("with Inside():\n        {}", "os.umask"),
        ("os.chdir(url)\n    {}\n    os.chdir('/')", "os.chdir"),
        ("with contextlib.redirect_stdout({}):\n        pass", ""),
        ("with contextlib.redirect_stdout(url):\n        pass\n    {}", ""),
        ("with contextlib.suppress(OSError):\n        {}", ""),
        ("with Beside():\n        {}", ""),
        ("os.chdir(url)\n    {}", ""),
        ("os.chdir(url)\n    {}\n    os.umask(0)", ""),
        ("{}\n    os.chdir(url)\n    os.chdir('/')", ""),
    ],
)
@pytest.mark.parametrize("call", ["time.sleep(1)", "requests.get(url)"])
def test_what_other_tasks_would_run_in(tmp_path: Path, body: str, name: str, call: str) -> None:
    code = f"{EXPOSING}async def f(url):\n    {body.format(call)}\n"
    plans = [
        item.fix
        for item in findings(tmp_path, code)
        if item.fix is not None and item.code in ("ASB101", "ASB102")
    ]
    assert len(plans) == 1
    told = f"though `{name}` is in force for other tasks meanwhile"
    assert (plans[0].applicability is Applicability.UNSAFE) == bool(name)
    assert plans[0].title.endswith(told) == bool(name)


LOCKED = """\
async def f(account, url, n):
    async with {manager}:
        if account.left < n:
            return
        text = requests.get(url).text
        account.left -= n
        account.seen += requests.get(url).text
    return text
"""


@pytest.mark.parametrize(
    ("manager", "is_safe"),
    [
        ("account.lock", True),
        ("account.lock_for(url)", True),
        ("account.semaphore", False),
        ("account.session", False),
    ],
)
def test_a_lock_of_tasks_keeps_others_out(tmp_path: Path, manager: str, is_safe: bool) -> None:
    (tmp_path / "app.py").write_text(HEAD + LOCKED.format(manager=manager))
    (file,) = Engine(Config(root=tmp_path)).fix([tmp_path], FixOptions()).files
    assert bool(file.fixed) == is_safe
    assert bool(file.refused) != is_safe


def test_a_lock_keeps_others_out_where_it_is_held(tmp_path: Path) -> None:
    code = (
        "async def f(account, url, n):\n    if account.left < n:\n        return\n"
        "    async with account.lock:\n        requests.get(url)\n        account.left -= n\n"
    )
    (tmp_path / "app.py").write_text(HEAD + code)
    (file,) = Engine(Config(root=tmp_path)).fix([tmp_path], FixOptions()).files
    assert not file.fixed


READ = "with open(path) as file:\n        data = json.load(file)"
APPEND = "with open(path, 'a') as file:\n        json.dump(data, file)"
WRITE = "with open(path, 'w') as file:\n        json.dump(data, file)"


@pytest.mark.parametrize(
    ("body", "is_safe"),
    [
        (f"{READ}\n    data['n'] += 1\n    {WRITE}", False),
        ("data = path.read_text()\n    path.write_text(data + 'x')", False),
        (
            "data = json.loads(path.read_bytes())\n    time.sleep(1)\n    "
            "path.with_name('x').write_text(json.dumps(data))",
            True,
        ),
        (f"{READ}\n    await asyncio.sleep(1)\n    {WRITE}", True),
        (f"data = {{}}\n    {WRITE}\n    {READ}", True),
        ("data = path.read_text()\n    other.write_text(data)\n    other.replace(path)", False),
        ("data = path.read_text()\n    other.write_text(data)\n    os.replace(other, path)", False),
        ("data = path.read_text().replace('a', 'b')\n    other.write_text(data)", True),
        (f"{READ}\n    {APPEND}", True),
        (f"{READ}\n    {WRITE.replace('path', 'other')}", True),
        ("with open(path, 'r+') as file:\n        file.write(file.read())", True),
        (
            "try:\n        data = path.read_text()\n    except OSError:\n"
            "        data = path.write_text('')",
            True,
        ),
        (
            "if other:\n        data = path.read_text()\n    else:\n"
            "        data = path.write_text('')",
            True,
        ),
        (
            "async with other.lock:\n        data = path.read_text()\n"
            "        path.write_text(data + 'x')",
            True,
        ),
        (
            "async with other:\n        data = path.read_text()\n"
            "        path.write_text(data + 'x')",
            False,
        ),
    ],
)
def test_a_file_that_is_read_and_written(tmp_path: Path, body: str, is_safe: bool) -> None:
    code = f"import json\nfrom pathlib import Path\nasync def f(path: Path, other):\n    {body}\n"
    (tmp_path / "app.py").write_text(HEAD + code)
    (file,) = Engine(Config(root=tmp_path)).fix([tmp_path], FixOptions()).files
    assert bool(file.fixed) == is_safe
    assert bool(file.refused) != is_safe
    for left in file.refused:
        assert "is read before it is written, and others may write it, too" in left.reason


@pytest.mark.parametrize(
    ("code", "is_safe"),
    [
        ("async def f(page: pypdf.PageObject):\n    return page.extract_text()\n", False),
        (
            "async def f(url):\n    reader = pypdf.PdfReader(url)\n"
            "    return [page.extract_text() for page in reader.pages]\n",
            True,
        ),
    ],
)
def test_documents_are_for_one_thread_after_another(
    tmp_path: Path, code: str, is_safe: bool
) -> None:
    found = [item for item in findings(tmp_path, f"import pypdf\n{code}") if item.code == "ASB112"]
    expected = Applicability.SAFE if is_safe else Applicability.UNSAFE
    assert [item.fix.applicability for item in found if item.fix] == [expected]


OBJECTS = """\
from pydantic import BaseModel, model_validator


class Job:
    def load(self, url):
        self.read(url)

    def read(self, url):
        self.text = requests.get(url).text

    def reload(self, other, url):
        other.load(url)


class Loaded(Job):
    def __init__(self, url):
        self.load(url)


class Of(Job):
    def __init__(self, other, url):
        other.load(url)


class Model(BaseModel):
    url: str

    @model_validator(mode="after")
    def fetch(self):
        self.store()
        return self

    def store(self):
        self.text = requests.get(self.url).text


JOB = Job()


def make(url):
    job = Job()
    job.load(url)
    return job


def shared(url):
    JOB.load(url)


def given(job: Job, url):
    job.load(url)


def swap(url):
    job = JOB
    job.load(url)


def beside(job: Job, url):
    Job().reload(job, url)


"""


@pytest.mark.parametrize(
    ("call", "is_safe"),
    [
        ("Loaded(url)", True),
        ("Model(url=url)", True),
        ("make(url)", True),
        ("shared(url)", False),
        ("swap(url)", False),
        ("given(Job(), url)", False),
        ("beside(Job(), url)", False),
        ("Of(JOB, url)", False),
        ("JOB.load(url)", False),
    ],
)
def test_an_object_that_is_being_made_is_nobody_elses(
    tmp_path: Path, call: str, is_safe: bool
) -> None:
    found = findings(tmp_path, f"{OBJECTS}async def f(url):\n    {call}\n")
    expected = Applicability.SAFE if is_safe else Applicability.UNSAFE
    assert [item.fix.applicability for item in found if item.fix] == [expected]


ITERATING = """\
class Pool:
    def __init__(self):
        self.hosts = {}
        self.names = []
        self.fixed = {}

    def add(self, name, url):
        self.hosts[name] = url
        self.names.append(name)

    async def ask(self, hosts, lock):
        BODY
"""


@pytest.mark.parametrize(
    ("header", "is_safe"),
    [
        ("for url in self.hosts.values():", False),
        ("for url in self.hosts:", False),
        ("for url in list(self.hosts.values()):", True),
        ("for url in self.names:", True),
        ("for url in self.fixed.values():", True),
        ("for url in hosts.values():", True),
        ("for url in self.hosts.values():\n            await asyncio.sleep(0)", True),
        ("if self.hosts:", True),
    ],
)
def test_what_is_iterated_over_may_change(tmp_path: Path, header: str, is_safe: bool) -> None:
    body = f"url = ''\n        {header}\n            requests.get(url)"
    (tmp_path / "app.py").write_text(HEAD + ITERATING.replace("BODY", body))
    (file,) = Engine(Config(root=tmp_path)).fix([tmp_path], FixOptions()).files
    assert bool(file.fixed) == is_safe
    assert bool(file.refused) != is_safe
