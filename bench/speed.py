"""Measures async-block beside its peers and writes ``docs/benchmarks.md``.

Run by ``make bench``. Corpora come from the package index, and every tool lives in an environment
of its own, so that flake8 runs no plugin but the one in question; all is below ``build/bench``.
Commands take turns, round after round, so that a busy moment of the machine hits all of them; the
tables show medians, and ratios to ruff of the same run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import time
import venv
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
WORK: Final = ROOT / "build" / "bench"
CORPORA: Final = {"homeassistant": "homeassistant==2024.3.3", "open_webui": "open-webui==0.12.4"}
ENVIRONMENTS: Final = {
    "async-block": (str(ROOT),),
    "ruff": ("ruff",),
    "flake8": ("flake8",),
    "flake8-async": ("flake8", "flake8-async"),
    "hydroid": ("hydroid-cli",),
}
"""What each environment is named after, and what is installed there."""
_OUTPUT: Final = WORK / "output.txt"
_INTRODUCTION: Final = (
    "Written by `make bench`. Medians of runs that took turns; peak memory is that of the largest"
    " process, or of the one that measures, if that is larger. Read the ratios: seconds belong to"
    " one machine."
)
_USUAL: Final = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
"""What is set for those who measure must not slow down what they measure."""
_CACHES: Final = (".async_block_cache", ".ruff_cache", ".hydroid_cache")


@dataclass
class Command:
    """Something to measure.

    Attributes:
        name: shown in the table; the first one with the name ``ruff`` is the reference.
        words: the command line; the first word is a program of the environment.
        prepare: called before every run, outside the measured time.
        rounds: at most so many runs, for what takes minutes.
        warm: run it once more before, so that it finds everything as it left it.
        environment: one of ``ENVIRONMENTS``; that of the program's own name when left out.
    """

    name: str
    words: Sequence[str]
    prepare: Callable[[Path], None] = lambda _: None
    rounds: int = 99
    warm: bool = False
    environment: str = ""
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: int = 0
    findings: str = ""

    def run(self, directory: Path) -> None:
        """Run once in ``directory`` and note seconds, processor seconds and peak memory."""
        self.prepare(directory)
        if self.warm:
            self._start(directory).wait()
        began = time.perf_counter()
        process = self._start(directory)
        _, status, usage = os.wait4(process.pid, 0)
        self.wall.append(time.perf_counter() - began)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            sys.exit(f"{' '.join(self.words)} ended with {process.returncode}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory = max(self.memory, usage.ru_maxrss)
        self.findings = count_findings(_OUTPUT.read_text("utf-8", "replace"))

    def _start(self, directory: Path) -> subprocess.Popen[bytes]:
        run = program(self.environment or self.words[0], self.words[0])
        # As in an activated environment: some look for Python, and so for packages, on the path.
        path = f"{run.parent}{os.pathsep}{_USUAL.get('PATH', os.defpath)}"
        with _OUTPUT.open("wb") as stream:
            return subprocess.Popen(
                [run, *self.words[1:]],
                cwd=directory,
                env={**_USUAL, "PATH": path},
                stdout=stream,
                stderr=subprocess.DEVNULL,
            )


def program(environment: str, name: str) -> Path:
    """The file of a program in an environment."""
    return WORK / "venvs" / environment / "bin" / name


def count_findings(output: str) -> str:
    """The number of findings in a report, JSON or one on each line; a question mark if unknown."""
    try:
        report = json.loads(output)
    except ValueError:
        return str(sum(":" in line for line in output.splitlines()))
    if isinstance(report, dict):
        report = report.get("diagnostics", report.get("findings"))
    return str(len(report)) if isinstance(report, list) else "?"


def forget(directory: Path) -> None:
    """Delete all caches."""
    for name in _CACHES:
        shutil.rmtree(directory / name, ignore_errors=True)


def edit(file: str) -> Callable[[Path], None]:
    """Make a file differ from every earlier run."""

    def change(directory: Path) -> None:
        with (directory / file).open("a") as stream:
            stream.write(f"\n\ndef added_{time.time_ns()}():\n    pass\n")

    return change


def commands_for(target: str, edited: str, *, slow: bool) -> list[Command]:
    """What is measured on one corpus: everything cold, warm, and after an edit."""
    ours = ["async-block", "check", target, "--output-format", "json"]
    ruff = ["ruff", "check", target, "--isolated", "--select", "ASYNC", "--output-format", "json"]
    flake8 = ["flake8", "--isolated", target]
    hydroid = ["hydroid", target, "--format", "json"]
    commands = [
        Command("ruff", [*ruff, "--no-cache"]),
        Command("ruff, warm", ruff, warm=True),
        Command("async-block, cold", ours, forget),
        Command("async-block, cold, one process", [*ours, "--jobs", "1"], forget),
        Command("async-block, nothing changed", ours, warm=True),
        Command("async-block, one file edited", ours, edit(edited)),
        Command("async-block, no cache", [*ours, "--no-cache"]),
    ]
    if slow:
        commands += [
            Command("hydroid, cold", [*hydroid, "--no-cache"], forget, 2),
            Command("hydroid, warm", hydroid, warm=True, rounds=1),
        ]
    if slow and target == "open_webui":
        for jobs in ("1", "2"):
            base = [*flake8, "-j", jobs]
            commands += [
                Command(f"flake8 -j{jobs}", base, rounds=3),
                Command(
                    f"flake8 -j{jobs} with async-block, cold",
                    base,
                    forget,
                    rounds=3,
                    environment="async-block",
                ),
                Command(
                    f"flake8 -j{jobs} with async-block, warm",
                    base,
                    rounds=3,
                    warm=True,
                    environment="async-block",
                ),
            ]
        commands.append(
            Command(
                "flake8 -j2 with flake8-async",
                [*flake8, "-j2"],
                rounds=1,
                environment="flake8-async",
            )
        )
    return commands


def small_file() -> list[Command]:
    """What pre-commit does most often, beside the start of Python itself."""
    check = ["async-block", "check", "small.py"]
    return [
        Command("python -c pass", ["python", "-c", "pass"], environment="async-block"),
        Command("async-block, one small file, unchanged", check, warm=True),
        Command("async-block, one small file, edited", check, edit("small.py")),
    ]


def measure(directory: Path, commands: Sequence[Command], rounds: int) -> None:
    """Run all commands in turn."""
    for number in range(rounds):
        for command in commands:
            if number < command.rounds:
                print(f"  round {number + 1}: {command.name}", file=sys.stderr)
                command.run(directory)


def table(commands: Sequence[Command]) -> list[str]:
    """The results as Markdown; ratios are to the first command's wall time."""
    reference = statistics.median(commands[0].wall)
    lines = [
        f"| command | seconds | × {commands[0].name} | CPU seconds | peak MB | findings |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for command in commands:
        wall = statistics.median(command.wall)
        cpu = statistics.median(command.cpu)
        lines.append(
            f"| {command.name} | {wall:.2f} | {wall / reference:.1f} | {cpu:.2f}"
            f" | {command.memory / 1024:.0f} | {command.findings} |"
        )
    return [*lines, ""]


def install() -> list[str]:
    """Make the environments and fetch the corpora; returns the versions of what is compared."""
    versions: dict[str, None] = {}
    compared = {"msgspec", *chain.from_iterable(ENVIRONMENTS.values())}
    for name, requirements in ENVIRONMENTS.items():
        python = program(name, "python")
        if not python.exists():
            venv.create(WORK / "venvs" / name, with_pip=True)
        pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        if str(ROOT) in requirements:
            subprocess.run([*pip, "install", "--force-reinstall", "--no-deps", ROOT], check=True)
        subprocess.run([*pip, "install", *requirements], check=True)
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True)
        lines = frozen.stdout.splitlines()
        versions.update(
            dict.fromkeys(line for line in lines if line.partition("==")[0] in compared)
        )
    for name, requirement in CORPORA.items():
        if (WORK / name / name).is_dir():
            continue
        print(f"fetching {requirement}", file=sys.stderr)
        fetched = WORK / "download" / name
        subprocess.run(
            [*pip, "download", "--no-deps", "--ignore-requires-python", "-d", fetched, requirement],
            check=True,
        )
        unpack(next(fetched.iterdir()), name)
    return list(versions)


def unpack(archive: Path, name: str) -> None:
    """Put the package ``name`` of an archive into a directory of its own."""
    target = WORK / name
    scratch = WORK / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(scratch)
    else:
        with tarfile.open(archive) as sdist:
            sdist.extractall(scratch, filter="data")
    package = next(path for path in sorted(scratch.rglob(name)) if (path / "__init__.py").exists())
    target.mkdir(parents=True, exist_ok=True)
    shutil.move(package, target / name)
    (target / "pyproject.toml").write_text("[tool.async-block]\n")
    shutil.rmtree(scratch)


def growth() -> list[str]:
    """Copies of one corpus side by side: the time should grow with their number."""
    commands = []
    directory = WORK / "growth"
    for copies in (1, 2, 4, 8):
        root = directory / str(copies)
        root.mkdir(parents=True, exist_ok=True)
        (root / "pyproject.toml").write_text("[tool.async-block]\n")
        for number in range(copies):
            copy = root / f"copy{number}" / "open_webui"
            if not copy.exists():
                shutil.copytree(WORK / "open_webui" / "open_webui", copy)
        words = ["async-block", "check", str(copies), "--no-cache", "--jobs", "1"]
        words += ["--output-format", "json"]
        commands.append(Command(f"{copies} of open-webui", words))
    measure(directory, commands, 2)
    return table(commands)


def circumstances(load: float, versions: Sequence[str]) -> str:
    """When, where and with what the numbers were made."""
    today = dt.datetime.now(dt.timezone.utc)
    return (
        f"{today:%Y-%m-%d}, {platform.platform()}, {os.cpu_count()} processors, Python"
        f" {platform.python_version()}; load before the start {load:.1f}. {', '.join(versions)}."
    )


def main() -> None:
    """Measure, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=CORPORA, help="one corpus, without the slow peers")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    versions = install()
    load = os.getloadavg()[0]
    lines = [
        "# Benchmarks",
        "",
        _INTRODUCTION,
        "",
        circumstances(load, versions),
        "",
    ]
    edited = {
        "homeassistant": "homeassistant/components/demo/light.py",
        "open_webui": "open_webui/utils/misc.py",
    }
    for name in CORPORA if arguments.only is None else (arguments.only,):
        forget(WORK / name)
        files = list((WORK / name / name).rglob("*.py"))
        size = sum(file.stat().st_size for file in files)
        commands = commands_for(name, edited[name], slow=arguments.only is None)
        measure(WORK / name, commands, arguments.rounds)
        lines += [f"## {CORPORA[name]}: {len(files)} files, {size / 1e6:.1f} MB", ""]
        lines += table(commands)
    directory = WORK / "small"
    directory.mkdir(exist_ok=True)
    (directory / "pyproject.toml").write_text("[tool.async-block]\n")
    (directory / "small.py").write_text("import time\n\n\nasync def f():\n    time.sleep(1)\n")
    commands = small_file()
    measure(directory, commands, arguments.rounds + 5)
    lines += ["## One small file", "", *table(commands)]
    if arguments.only is None:
        lines += ["## Growth", "", *growth()]
    arguments.output.write_text("\n".join(lines), "utf-8")
    print(arguments.output.read_text("utf-8"))


if __name__ == "__main__":
    main()
