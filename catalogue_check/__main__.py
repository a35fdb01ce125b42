"""Prove the catalogue on the real packages: ``python3 -m catalogue_check`` in the checkout.

Needs Python 3.11, for which the requirements are pinned, and some gigabytes for the environments;
they are made in ``.catalogue-check``, or in the directory given as the argument.

For each file in ``requirements/`` an environment is made (once; again when the file changes) and
``verify.py`` runs in it. A fact is proven when one environment shows it, so that names which moved
between major versions can be proven side by side. The result is written to
``docs/catalogue-check.md``; the exit code is 1 when a fact is wrong, or missing everywhere and not
listed in ``expected.toml``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from catalogue_check.report import Environment, Outcome, render

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
ROOT = HERE.parent
DATA = ROOT / "src" / "flake8_async_block" / "catalogue" / "data"
PAGE = ROOT / "docs" / "catalogue-check.md"


def environment_for(requirements: Path, directory: Path) -> Path:
    """The interpreter of the environment in which the requirements are installed."""
    place = directory / requirements.stem
    stamp = place / "installed"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    python = place / "bin" / "python"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == digest):
        say(f"Installing {requirements.name} …")
        venv.EnvBuilder(clear=True, with_pip=True).create(place)
        # The files name every package with its version; nothing is left to resolve.
        subprocess.run(  # noqa: S603
            [python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", requirements],
            check=True,
        )
        stamp.write_text(digest, encoding="utf-8")
    return python


def verify(requirements: Path, directory: Path) -> Environment:
    """Run the verification in the requirements' environment."""
    python = environment_for(requirements, directory)
    say(f"Verifying with {requirements.name} …")
    answer = subprocess.run(  # noqa: S603
        [python, HERE / "verify.py", DATA, HERE / "samples.toml"],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    result: dict[str, Any] = json.loads(answer.stdout)
    facts = {fact: (state, detail) for fact, (state, detail) in result["facts"].items()}
    return Environment(requirements.stem, result["python"], facts, result["versions"])


def judge(environments: list[Environment], expected: dict[str, Any]) -> Outcome:
    """Put the environments' facts together and sort out what is expected."""
    outcome = Outcome(entries=_count_entries(environments))
    packages = {
        package: table["reason"] for table in expected["left-out"] for package in table["packages"]
    }
    not_shown = {
        fact: table["reason"] for table in expected["not-shown"] for fact in table["facts"]
    }
    plain = {name for table in expected["not-a-coroutine"] for name in table["names"]}
    for fact in sorted({fact for each in environments for fact in each.facts}):
        kind, _, name = fact.partition(" ")
        found = [each.facts[fact] for each in environments if fact in each.facts]
        wrong = [detail for state, detail in found if state == "wrong"]
        if kind == "replacement" and name in plain:
            wrong = []
            found.append(("ok", ""))
        if wrong:
            outcome.problems[fact] = wrong[0]
        elif any(state == "ok" for state, _ in found):
            outcome.proven[kind] = outcome.proven.get(kind, 0) + 1
        elif name.split(".")[0] in packages:
            outcome.left_out[fact] = packages[name.split(".")[0]]
        elif fact in not_shown:
            outcome.left_out[fact] = not_shown[fact]
        else:
            outcome.problems[fact] = found[0][1]
    return outcome


def _count_entries(environments: list[Environment]) -> tuple[int, int]:
    shown = {
        fact.partition(" ")[2]
        for each in environments
        for fact, (state, _) in each.facts.items()
        if state == "ok"
    }
    samples = tomllib.loads((HERE / "samples.toml").read_text(encoding="utf-8"))["samples"]
    total = found = 0
    for path in DATA.glob("*.toml"):
        if path.stem.startswith("stdlib_"):
            continue
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for entry in [*tables.get("function", []), *tables.get("class", [])]:
            patterns = entry.get("patterns", [])
            names = [*entry.get("names", []), *patterns]
            names += [name for pattern in patterns for name in samples.get(pattern, [])]
            total += 1
            found += any(name.removesuffix(".result") in shown for name in names)
    return total, found


def main(directory: Path) -> int:
    """Check, write the page, and say in one line how it went.

    Args:
        directory: where the environments are.
    """
    requirements = sorted((HERE / "requirements").glob("*.txt"))
    environments = [verify(path, directory) for path in requirements]
    expected = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    outcome = judge(environments, expected)
    today = dt.datetime.now(tz=dt.timezone.utc).date().isoformat()
    PAGE.write_text(render(outcome, environments, today), encoding="utf-8")
    for fact, why in sorted(outcome.problems.items()):
        say(f"{fact}: {why}")
    total, found = outcome.entries
    say(
        f"{found} of {total} entries found, {sum(outcome.proven.values())} facts proven, "
        f"{len(outcome.left_out)} left out, {len(outcome.problems)} problems; see docs/{PAGE.name}"
    )
    return 1 if outcome.problems else 0


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="catalogue_check", description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, default=ROOT / ".catalogue-check")
    sys.exit(main(parser.parse_args().directory))
