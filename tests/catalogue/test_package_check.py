"""The check against real packages notices what it is there to notice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="the check is pinned for Python 3.11"
)

PACKAGE = """
class Client:
    def get(self) -> "Answer": ...
    def other(self) -> int: ...
    def __enter__(self): ...
    def __exit__(self, *exception): ...

class AsyncClient:
    async def get(self): ...

class Answer: ...

def connect() -> Client: ...
async def wait(): ...
"""

Facts = dict[str, list[str]]


def verify(tmp_path: Path, repository: Path, catalogue: str, samples: str = "") -> Facts:
    (tmp_path / "fakelib.py").write_text(PACKAGE, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "area.toml").write_text(catalogue, encoding="utf-8")
    (data / "stdlib_x.toml").write_text('[[function]]\nnames = ["nowhere.f"]\n', encoding="utf-8")
    settings = tmp_path / "samples.toml"
    settings.write_text(samples or "dynamic = []\n[samples]\n", encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, repository / "catalogue_check" / "verify.py", data, settings],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    facts: Facts = json.loads(answer.stdout)["facts"]
    return facts


def states(facts: Facts) -> dict[str, str]:
    return {fact: state for fact, (state, _) in facts.items()}


def test_true_entries_are_proven(tmp_path: Path, repository: Path) -> None:
    facts = verify(
        tmp_path,
        repository,
        """
        [[function]]
        names = ["fakelib.connect"]
        blocks = "http"
        returns = "fakelib.Client"

        [[class]]
        names = ["fakelib.Client"]
        blocks = "http"
        methods = ["get"]
        methods-except = ["other"]
        enter = true
        returns = { get = "fakelib.Answer" }
        instead = "fakelib.AsyncClient"
        instead-import = "fakelib"

        [[class]]
        names = ["fakelib.Client.get.result"]
        """,
    )
    assert states(facts) == {
        "function fakelib.connect": "ok",
        "result fakelib.connect()": "ok",
        "class fakelib.Client": "ok",
        "method fakelib.Client.get": "ok",
        "member fakelib.Client.other": "ok",
        "member fakelib.Client.get": "ok",
        "member fakelib.Client.__enter__": "ok",
        "result fakelib.Client.get()": "ok",
        "import fakelib": "ok",
        "replacement fakelib.AsyncClient": "ok",
        "origin fakelib.Client.get": "ok",
    }


@pytest.mark.parametrize(
    ("entry", "fact", "state"),
    [
        ('function]]\nnames = ["fakelib.gone"]', "function fakelib.gone", "missing"),
        ('function]]\nnames = ["absent.f"]', "function absent.f", "missing"),
        ('function]]\nnames = ["fakelib.wait"]\nblocks = "http"', "function fakelib.wait", "wrong"),
        ('class]]\nnames = ["fakelib.Gone"]', "class fakelib.Gone", "missing"),
        (
            'class]]\nnames = ["fakelib.Client"]\nmethods = ["gone"]',
            "method fakelib.Client.gone",
            "missing",
        ),
        (
            'class]]\nnames = ["fakelib.AsyncClient"]\nmethods = ["get"]',
            "method fakelib.AsyncClient.get",
            "wrong",
        ),
        (
            'class]]\nnames = ["fakelib.Client"]\nattributes = { gone = "fakelib.Answer" }',
            "member fakelib.Client.gone",
            "missing",
        ),
        (
            'class]]\nnames = ["fakelib.Client"]\niterate = true',
            "member fakelib.Client.__iter__",
            "missing",
        ),
        (
            'class]]\nnames = ["fakelib.Client"]\nreturns = { get = "fakelib.Client" }',
            "result fakelib.Client.get()",
            "wrong",
        ),
        (
            'function]]\nnames = ["fakelib.connect"]\nreturns = "fakelib.Answer"',
            "result fakelib.connect()",
            "wrong",
        ),
        (
            'class]]\nnames = ["fakelib.Client.gone.result"]',
            "origin fakelib.Client.gone",
            "missing",
        ),
        (
            'class]]\nnames = ["fakelib.Client"]\ninstead = "fakelib.Client"\n'
            'instead-import = "fakelib"',
            "replacement fakelib.Client",
            "wrong",
        ),
        (
            'class]]\nnames = ["fakelib.Client"]\ninstead = "fakelib.AsyncGone"\n'
            'instead-import = "fakelib"',
            "replacement fakelib.AsyncGone",
            "missing",
        ),
    ],
)
def test_false_entries_are_noticed(
    tmp_path: Path, repository: Path, entry: str, fact: str, state: str
) -> None:
    assert states(verify(tmp_path, repository, f"[[{entry}\n"))[fact] == state


def test_what_is_made_at_run_time_is_only_looked_up(tmp_path: Path, repository: Path) -> None:
    facts = verify(
        tmp_path,
        repository,
        '[[class]]\npatterns = ["fakelib.*Client"]\nmethods = ["anything"]\n',
        'dynamic = ["fakelib.Cl*"]\n[samples]\n"fakelib.*Client" = ["fakelib.Client"]\n',
    )
    assert states(facts) == {
        "class fakelib.Client": "ok",
        "method fakelib.Client.anything": "ok",
    }


def test_one_environment_is_enough_to_prove_a_fact(repository: Path) -> None:
    from catalogue_check.__main__ import judge
    from catalogue_check.report import Environment, render

    new = Environment(
        "new", "3.11", {"function a.f": ("missing", "gone"), "function a.g": ("ok", "")}, {"a": "2"}
    )
    old = Environment(
        "old",
        "3.11",
        {
            "function a.f": ("ok", ""),
            "function a.g": ("wrong", "it is a coroutine function"),
            "function b.f": ("missing", "no module b"),
            "function c.f": ("missing", "no module c"),
        },
        {"a": "1"},
    )
    expected = {
        "left-out": [{"packages": ["b"], "reason": "too large"}],
        "not-shown": [],
        "not-a-coroutine": [],
    }
    outcome = judge([new, old], expected)
    assert outcome.proven == {"function": 1}
    assert outcome.left_out == {"function b.f": "too large"}
    assert outcome.problems == {
        "function a.g": "it is a coroutine function",
        "function c.f": "no module c",
    }
    page = render(outcome, [new, old], "2026-01-02")
    assert "| too large | `b.f` |" in page
    assert "- `function c.f`: no module c" in page
