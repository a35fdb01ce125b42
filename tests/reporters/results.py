"""Results to report, with everything in them that a report has to show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flake8_async_block.model.diagnostic import (
    Applicability,
    CheckResult,
    Diagnostic,
    FileError,
    FixPlan,
    Handler,
    Hop,
    Span,
)

READ_ITEM = Handler("fastapi", "GET", "/items/{id}", "read_item", "app/main.py", 2)
EXPORT = Handler("fastapi", "GET", "/export", "export", "app/main.py", 12)
DIRECT = Diagnostic(
    "ASB102",
    "blocking-http-call",
    "app/main.py",
    Span(3, 11, 3, 29),
    "`requests.get(url)` waits for the network on the event loop",
    api="requests.get",
    cost="unbounded",
    trace=(Hop("app/main.py", 3, "read_item", "requests.get(url)"),),
    handler=READ_ITEM,
    handlers=(READ_ITEM,),
    fix=FixPlan("thread", Applicability.SAFE, "run in a worker thread", (("backend", "anyio"),)),
    remedy="await httpx.AsyncClient.get(...)",
)
BEHIND_A_HELPER = Diagnostic(
    "ASB201",
    "blocking-sleep-in-helper",
    "app/main.py",
    Span(7, 4, 9, 5),
    "`work(8)` reaches `time.sleep`",
    api="time.sleep",
    cost="unbounded",
    trace=(
        Hop("app/main.py", 7, "test2", "work(8)"),
        Hop("lib/wörk.py", 2, "work", "time.sleep(s)"),
    ),
    fix=FixPlan("helper", Applicability.UNSAFE, "run `work` in a worker thread"),
)
LOOP = Diagnostic(
    "ASB301",
    "endless-loop",
    "lib/wörk.py",
    Span(1, 0, 1, 12),
    "this loop never gives way",
    why_not="it holds no statement that could wait",
)
ADVICE = Diagnostic(
    "ASB501",
    "async-handler-without-await",
    "lib/wörk.py",
    Span(4, 4, 4, 12),
    "`handler` awaits nothing",
    fix=FixPlan("sync handler", Applicability.DISPLAY, "write `def`"),
    why_not="only advice",
    cost="brief",
)
FULL = CheckResult(
    diagnostics=(DIRECT, BEHIND_A_HELPER, LOOP, ADVICE),
    errors=(
        FileError("app/broken.py", 12, "invalid syntax"),
        FileError("app/secret.py", 0, "cannot read the file: Permission denied"),
    ),
    files=14,
    suppressed=2,
)
GROUPED = CheckResult(
    diagnostics=(
        DIRECT,
        BEHIND_A_HELPER,
        *(
            replace(
                BEHIND_A_HELPER,
                span=Span(line, 4, line, 9),
                trace=(Hop("app/main.py", line, "export", "work(9)"), BEHIND_A_HELPER.trace[-1]),
                handler=EXPORT,
                handlers=(EXPORT, READ_ITEM) if line == 17 else (EXPORT,),
            )
            for line in range(17, 24)
        ),
        LOOP,
        # Advice freezes nobody.
        replace(ADVICE, handler=EXPORT, handlers=(EXPORT,)),
    ),
    files=14,
    suppressed=2,
    notes=(replace(DIRECT, span=Span(9, 0, 9, 9), once=True),),
)
"""One line in a helper that is reached eight times; no other line is reached from elsewhere."""
SOURCES = {
    "app/main.py": (
        "import requests\nasync def read_item(id):\n\treturn {requests.get(url): 1}\n"
        "\n\nasync def test2():\n    work(\n        8\n    )\n"
    ),
    "lib/wörk.py": "while True: é = 1\n\n\nx = '日本'; handler()\n",
}


def write_sources(root: Path) -> None:
    for name, text in SOURCES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
