"""Fix whole applications, and count what went wrong and what was left.

    python bench/fix_corpora.py chainlit==2.0.0 gradio      # fetched from the package index
    python bench/fix_corpora.py --unpacked DIRECTORY ...    # sources that are there already

Nothing is written into the sources. For each application: the files that would no longer compile
(there must be none), the files that a second run would change again (none either), the shares of
findings fixed safely, fixed with ``--unsafe-fixes`` and left, and why they were left. With
``--sample N`` some fixes are printed as diffs, drawn at random, to be read by somebody, and
``--markdown FILE`` writes the tables of ``docs/fix-corpora.md``.
"""

from __future__ import annotations

import argparse
import difflib
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pages import write_between

from flake8_async_block import Config, Engine, FixOptions
from flake8_async_block.model.fix import FileFix

_QUOTED = re.compile(r"`[^`]*`")


@dataclass(slots=True)
class Tally:
    """What fixing one application came to."""

    findings: int = 0
    safe: int = 0
    unsafe: int = 0
    broken: list[str] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    strategies: Counter[str] = field(default_factory=Counter)
    changed: list[FileFix] = field(default_factory=list)


def fetch(requirement: str, into: Path) -> Path:
    """Download and unpack a distribution, without what it depends on.

    Returns:
        The directory with its files.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--dest", str(into), requirement], check=True)
    archive = next(path for path in into.iterdir() if path.is_file())
    sources = into / "sources"
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(sources)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(sources, filter="data")
    return sources


def tally(root: Path) -> Tally:
    """Fix everything below ``root`` in memory."""
    # The modules of a package name one another from the directory that it lies in.
    base = root.parent if named(root) else root
    config = Config(root=base, respect_gitignore=False)
    found = Tally()
    safe = Engine(config).fix([root], FixOptions())
    found.safe = sum(len(file.fixed) for file in safe.files)
    options = FixOptions(unsafe=True)
    files = Engine(config).fix([root], options).files
    overlays = {base / file.path: file.after for file in files if file.changed}
    again = {file.path: file for file in Engine(config, overlays).fix([root], options).files}
    for file in files:
        found.findings += len(file.fixed) + len(file.refused)
        found.unsafe += len(file.fixed)
        found.reasons.update(_QUOTED.sub("`…`", left.reason) for left in file.refused)
        found.strategies.update(
            f"{item.fix.strategy} ({item.fix.applicability.value})"
            if item.fix is not None
            else "together with another"
            for item in file.fixed
        )
        if file.changed:
            found.changed.append(file)
            if not compiles(file):
                found.broken.append(file.path)
            if file.path in again and again[file.path].changed:
                found.unstable.append(file.path)
    return found


def table(results: Sequence[tuple[str, Tally]]) -> Iterator[str]:
    """The same for a page: one row for each application, and the reasons of all of them."""

    def share(count: int, found: Tally) -> str:
        return f"{count} ({count / found.findings:.0%})" if found.findings else "0"

    yield (
        "| application | findings | safe | with `--unsafe-fixes` | left | files changed"
        " | do not compile | changed by a second run |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for name, found in results:
        cells = (
            name,
            str(found.findings),
            share(found.safe, found),
            share(found.unsafe, found),
            share(found.findings - found.unsafe, found),
            str(len(found.changed)),
            str(len(found.broken)),
            str(len(found.unstable)),
        )
        yield f"| {' | '.join(cells)} |"
    for title, counts in (
        ("how they were fixed", sum((found.strategies for _, found in results), Counter())),
        ("why they were left", sum((found.reasons for _, found in results), Counter())),
    ):
        yield ""
        yield f"| findings | {title} |"
        yield "|---|---|"
        yield from (f"| {count} | {text} |" for text, count in counts.most_common(12))


def compiles(file: FileFix) -> bool:
    try:
        compile(file.after, file.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def report(name: str, found: Tally, reasons: int) -> Iterator[str]:
    def share(count: int) -> str:
        return f"{count} ({count / found.findings:.0%})" if found.findings else "0"

    yield f"## {name}"
    yield f"findings {found.findings} · fixed safely {share(found.safe)} · fixed with unsafe fixes"
    yield f"{share(found.unsafe)} · left {share(found.findings - found.unsafe)}"
    yield f"files changed {len(found.changed)} · that do not compile {len(found.broken)}"
    yield f"files that a second run changes {len(found.unstable)}"
    yield from (f"  {path}" for path in [*found.broken, *found.unstable])
    yield from (f"  {count:5} {strategy}" for strategy, count in found.strategies.most_common())
    yield "left because"
    yield from (f"  {count:5} {reason}" for reason, count in found.reasons.most_common(reasons))


def hunks_of(file: FileFix) -> Iterator[list[str]]:
    """The places that a fix changes, but for new imports, each with the name of the file."""
    before, after = (
        content.decode("utf-8", "replace").splitlines() for content in (file.before, file.after)
    )
    lines = list(difflib.unified_diff(before, after, file.path, file.path, lineterm="", n=4))
    starts = [number for number, line in enumerate(lines) if line.startswith("@@ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        hunk = lines[start:end]
        added = [line[1:].strip() for line in hunk if line.startswith("+")]
        if not all(line.startswith(("import ", "from ")) or not line for line in added):
            yield [file.path, *hunk]


def named(root: Path) -> str:
    """The distribution whose metadata lie beside an unpacked directory, with its version."""
    for place in (root.parent.glob("*.dist-info"), root.glob("*.dist-info")):
        for path in place:
            distribution, _, version = path.name.removesuffix(".dist-info").rpartition("-")
            if distribution.replace("-", "_") == root.name:
                return f"{distribution} {version}"
    unpacked = root.parent.name.removeprefix(f"{root.name}-")
    return f"{root.name} {unpacked}" if unpacked != root.parent.name else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run over all applications; 1 if a file broke or a second run would change one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("applications", nargs="*", metavar="REQUIREMENT")
    parser.add_argument("--unpacked", nargs="*", type=Path, default=[], metavar="DIRECTORY")
    parser.add_argument("--reasons", type=int, default=12, help="how many reasons to list")
    parser.add_argument("--sample", type=int, default=0, help="how many changed files to print")
    parser.add_argument("--seed", type=int, default=0, help="for the sample")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the page to write into")
    arguments = parser.parse_args(argv)
    failed = False
    changed: list[FileFix] = []
    results: list[tuple[str, Tally]] = []
    with tempfile.TemporaryDirectory() as temporary:
        roots = [(path.name, path.resolve()) for path in arguments.unpacked]
        for number, requirement in enumerate(arguments.applications):
            into = Path(temporary) / str(number)
            into.mkdir()
            roots.append((requirement, fetch(requirement, into)))
        for name, root in roots:
            found = tally(root)
            failed = failed or bool(found.broken or found.unstable)
            changed += found.changed
            results.append((named(root) or name, found))
            print(*report(name, found, arguments.reasons), "", sep="\n", flush=True)
    if arguments.markdown is not None:
        write_between(arguments.markdown, "<!-- tables -->", "<!-- end -->", table(results))
    hunks = [hunk for file in changed for hunk in hunks_of(file)]
    chosen = random.Random(arguments.seed).sample(hunks, min(arguments.sample, len(hunks)))
    for hunk in chosen:
        print(*hunk, "", sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
