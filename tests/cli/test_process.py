"""The command as a process: pipes, terminals, signals, and what it loads."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.projects import BLOCKING, CLEAN, command, environment, run, write


def on_a_terminal(cwd: Path, *arguments: str, **variables: str) -> str:
    """Run the command with a terminal as its output; returns what it wrote there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment(**variables),
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            # How Linux says that the other side is closed.
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    process.wait(timeout=60)
    return written.decode().replace("\r\n", "\n")


def test_a_pipe_gets_plain_text(tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING)
    done = run(tmp_path, "check")
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout
    assert b" | " not in done.stdout
    assert done.stderr == b""


def test_a_terminal_gets_colours_and_source(tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING)
    written = on_a_terminal(tmp_path, "check")
    assert "\x1b[1;31mASB102" in written
    assert "    return requests.get(url)" in written
    assert "^^^^" in written


def test_no_color(tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING)
    written = on_a_terminal(tmp_path, "check", NO_COLOR="1")
    assert "\x1b" not in written
    assert "     7 |     return requests.get(url)\n" in written


def test_diff_on_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING)
    assert "\x1b[31m-    return requests.get(url)" in on_a_terminal(tmp_path, "fix", "--diff")


def test_ascii_terminal(tmp_path: Path) -> None:
    write(tmp_path, å=BLOCKING)
    done = run(tmp_path, "check", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert done.stdout.startswith(b"\\xe5.py:6:5 ASB101 ")
    assert done.stderr == b""


def test_json_is_utf8_on_any_terminal(tmp_path: Path) -> None:
    write(tmp_path, å=BLOCKING)
    done = run(tmp_path, "check", "--output-format", "json", PYTHONIOENCODING="ascii")
    assert '"å.py"'.encode() in done.stdout


def test_file_name_that_is_no_unicode(tmp_path: Path) -> None:
    (tmp_path / "\udcff.py").write_text(BLOCKING)
    for arguments in (["check"], ["check", "--output-format", "json"], ["fix", "--diff"]):
        done = run(tmp_path, *arguments)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert b"xff.py" in done.stdout or b"\xff.py" in done.stdout


def test_reader_that_leaves_early(tmp_path: Path) -> None:
    write(tmp_path, **{f"a{number}": BLOCKING for number in range(300)})
    process = subprocess.Popen(
        command("check"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 1


def test_interrupt(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("check", "-"),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin is not None
    # Once this much has been taken from the pipe, the command is reading.
    process.stdin.write(b"# " + b"x" * 2**20)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == b""


def test_a_plain_check_loads_only_what_it_needs(tmp_path: Path) -> None:
    write(tmp_path, a=BLOCKING, b=CLEAN)
    program = (
        "import sys; from flake8_async_block.cli import main\n"
        "status = main(['check', '-q'])\n"
        "heavy = {'libcst', 'flake8', 'rich', 'pygments', 'difflib', 'pathspec'}\n"
        "print(status, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert done.stdout.splitlines()[-1] == "1 []"
