"""Which files are looked at again after an edit, and which are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_async_block.cache.recordings import Inputs
from flake8_async_block.cache.store import SummaryStore
from flake8_async_block.config import Config
from flake8_async_block.engine import Engine

FILES = {
    "app.py": "import helpers\n\nasync def handler(): helpers.work()\n",
    "helpers.py": "import low\n\ndef work(): low.rest()\n",
    "low.py": "import time\n\ndef rest(): time.sleep(1)\n",
    "other.py": "import time\n\nasync def other(): time.sleep(1)\n",
    "given.py": (
        "import socket\n\nasync def given(): take(socket.socket())\n\ndef take(it): it.recv(1)\n"
    ),
}
Run = Callable[[], tuple[set[str], set[str]]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text)
    return root


@pytest.fixture
def run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Checks the project, and tells which files it looked at and which have findings."""
    looked_at: set[str] = set()
    original = Engine._check_file

    def noted(self: Engine, path: str) -> object:
        looked_at.add(Path(path).name)
        return original(self, path)

    monkeypatch.setattr(Engine, "_check_file", noted)

    def check() -> tuple[set[str], set[str]]:
        looked_at.clear()
        store = SummaryStore(str(tmp_path / "cache"))
        engine = Engine(Config(root=project), store=store, inputs=Inputs())
        found = engine.check([project]).diagnostics
        engine.keep()
        return set(looked_at), {item.path for item in found}

    assert check() == (set(FILES), {"app.py", "other.py", "given.py"})
    return check


def test_nothing_edited(run: Run) -> None:
    assert run() == (set(), {"app.py", "other.py", "given.py"})


def test_a_file_that_nobody_uses(run: Run, project: Path) -> None:
    (project / "other.py").write_text("async def other(): pass\n")
    assert run() == ({"other.py"}, {"app.py", "given.py"})
    assert run() == (set(), {"app.py", "given.py"})


def test_what_is_reached_through_the_edited_file(run: Run, project: Path) -> None:
    (project / "low.py").write_text("def rest(): pass\n")
    assert run() == ({"app.py", "helpers.py", "low.py"}, {"other.py", "given.py"})


def test_a_comment_concerns_only_those_who_tell_where_something_stands(
    run: Run, project: Path
) -> None:
    (project / "low.py").write_text("# A comment.\n" + FILES["low.py"])
    assert run() == ({"app.py", "low.py"}, {"app.py", "other.py", "given.py"})


def test_a_word_that_stands_in_another_file_now(run: Run, project: Path) -> None:
    (project / "other.py").write_text("from given import take\n\ntake(unknown)\n")
    looked_at, found = run()
    assert "given.py" in looked_at
    assert "app.py" not in looked_at
    assert found == {"app.py"}


def test_a_new_file_concerns_all(run: Run, project: Path) -> None:
    (project / "new.py").write_text("x = 1\n")
    assert run() == ({*FILES, "new.py"}, {"app.py", "other.py", "given.py"})


def test_a_file_that_was_only_touched(run: Run, project: Path) -> None:
    (project / "low.py").touch()
    assert run() == (set(), {"app.py", "other.py", "given.py"})


def test_broken_and_mended(run: Run, project: Path) -> None:
    (project / "low.py").write_text("def (\n")
    assert run() == ({"app.py", "helpers.py", "low.py"}, {"other.py", "given.py"})
    (project / "low.py").write_text(FILES["low.py"])
    assert run() == ({"app.py", "helpers.py", "low.py"}, {"app.py", "other.py", "given.py"})


def test_a_damaged_state_is_none(run: Run, project: Path, tmp_path: Path) -> None:
    (state,) = (tmp_path / "cache").glob("state-*")
    state.write_bytes(state.read_bytes()[:-9] + b"nonsense!")
    assert run() == (set(FILES), {"app.py", "other.py", "given.py"})
