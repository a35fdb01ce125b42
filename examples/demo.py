"""Shows in a minute what async-block is for: find, fix, and feel the difference on real servers.

Run it as ``python examples/demo.py`` where async-block, FastAPI and uvicorn are installed, or as
``make demo``. It works on copies in a temporary directory and uses the loopback interface only.
It exits with 0 if the fixed servers answered their pings promptly, and with 1 if not.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness import Race, proxied, race, running, slow_upstream

EXAMPLES = Path(__file__).resolve().parent
BLOCK_SECONDS = float(os.environ.get("BLOCK_SECONDS", "2"))
PATIENCE = 60.0


@dataclass(frozen=True)
class Frozen:
    """A request that freezes an example server.

    Args:
        name: the directory beside this file.
        target: what to GET, or an empty string for a slow page fetched through the proxy.
        story: what keeps the event loop busy meanwhile.
        endless: the request never ends by itself, and neither does the wait beside it.
    """

    name: str
    target: str
    story: str
    endless: bool = False


SERVERS = (
    Frozen("proxy", "", "fetches a slow page with urllib"),
    Frozen("helper", "/report", "calls a helper that sleeps"),
    Frozen("one_worker", "/gathered?count=3", "three tasks of time.sleep()"),
    Frozen("endless", "/watch", "loops without an await", endless=True),
)


def main() -> int:
    """Run the three acts; the result is the exit status."""
    print("\n1. What blocks the event loop in these servers?")
    async_block("check", EXAMPLES.name)
    print("\n2. What would the fix change in the first of them?")
    async_block("fix", "--diff", f"{EXAMPLES.name}/{SERVERS[0].name}")
    print(
        "\n3. Does it help? Every server gets a request that blocks for a while, and a ping"
        "\n   beside it: first as the server is, then after `async-block fix`. This takes a"
        "\n   few seconds.\n"
    )
    print(f"   {'server':<11} {'what it does meanwhile':<32} {'ping before':>13} {'after':>13}")
    with tempfile.TemporaryDirectory(prefix="async-block-demo-") as scratch:
        fixed = fixed_copy(Path(scratch))
        after = [show(server, fixed) for server in SERVERS]
    if all(result.prompt for result in after):
        print("\nThe fixed servers answered at once: the blocking calls now run elsewhere.\n")
        return 0
    print("\nA ping still had to wait after the fix: that is a failure of async-block.\n")
    return 1


def async_block(*arguments: str) -> None:
    """Run ``async-block`` before the reader's eyes; findings are no failure, trouble is."""
    print(f"\n$ async-block {' '.join(arguments)}\n", flush=True)
    command = (sys.executable, "-m", "flake8_async_block", *arguments)
    status = subprocess.run(command, cwd=EXAMPLES.parent, check=False).returncode
    if status not in {0, 1}:
        raise SystemExit(f"async-block could not run: exit status {status}")


def fixed_copy(scratch: Path) -> Path:
    """Copy the servers into ``scratch``, fix the copies, and return where they are."""
    copied = scratch / "examples"
    for server in SERVERS:
        shutil.copytree(EXAMPLES / server.name, copied / server.name)
    command = (sys.executable, "-m", "flake8_async_block", "fix", "--unsafe-fixes", ".")
    run = subprocess.run(command, cwd=copied, capture_output=True, text=True, check=False)
    if run.returncode not in {0, 1}:
        raise SystemExit(f"async-block could not fix:\n{run.stdout}{run.stderr}")
    return copied


def show(server: Frozen, fixed: Path) -> Race:
    """Print one line of the table as it comes about; the result is the race after the fix."""
    print(f"   {server.name:<11} {server.story:<32}", end="", flush=True)
    before = measure(EXAMPLES / server.name, server)
    print(f" {waited(before):>13}", end="", flush=True)
    after = measure(fixed / server.name, server)
    print(f" {waited(after):>13}", flush=True)
    return after


def measure(directory: Path, server: Frozen) -> Race:
    """Race a ping against the blocking request on the server in ``directory``."""
    patience = BLOCK_SECONDS if server.endless else PATIENCE
    with (
        slow_upstream(opening=BLOCK_SECONDS / 2, reading=BLOCK_SECONDS / 2) as page,
        running(directory, block_seconds=BLOCK_SECONDS) as port,
    ):
        return race(port, server.target or proxied(page), patience=patience)


def waited(result: Race) -> str:
    """How long the ping waited, for people."""
    if result.ping is None:
        return f"> {result.waited:.1f} s"
    if result.waited < 0.1:
        return f"{result.waited * 1000:.0f} ms"
    return f"{result.waited:.2f} s"


if __name__ == "__main__":
    # So that the temporary directory and the servers go even when somebody stops the demonstration.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
