"""Where new imports go; in each case the second text is the first with the import added."""

from __future__ import annotations

import pytest

from tests.fixers.harness import fix, thread_plan

TAIL = "\n\nasync def f(u):\n    return requests.get(u, t=1)\n"

FIXED_TAIL = TAIL.replace(
    "requests.get(u, t=1)",
    "await anyio.to_thread.run_sync(functools.partial(requests.get, u, t=1))",
)

CASES = {
    "docstring": (
        '"""Doc."""\n',
        '"""Doc."""\n\nimport functools\n\nimport anyio.to_thread\n',
    ),
    "docstring of several lines, then blank lines": (
        '"""Doc.\n\nMore.\n"""\n\n',
        '"""Doc.\n\nMore.\n"""\n\nimport functools\n\nimport anyio.to_thread\n\n',
    ),
    "future": (
        "from __future__ import annotations\n",
        "from __future__ import annotations\n\nimport functools\n\nimport anyio.to_thread\n",
    ),
    "docstring and future": (
        '"""Doc."""\nfrom __future__ import (\n    annotations,\n)\n',
        '"""Doc."""\nfrom __future__ import (\n    annotations,\n)\n\n'
        "import functools\n\nimport anyio.to_thread\n",
    ),
    "sorted among others": (
        "import asyncio\nimport os\nfrom typing import Any\n\nimport aiohttp\nimport requests\n",
        "import asyncio\nimport functools\nimport os\nfrom typing import Any\n\n"
        "import aiohttp\nimport anyio.to_thread\nimport requests\n",
    ),
    "plain before from": (
        "from os import path\n\nfrom aiohttp import web\n",
        "import functools\nfrom os import path\n\n"
        "import anyio.to_thread\nfrom aiohttp import web\n",
    ),
    "only third parties": (
        "import requests\n",
        "import functools\n\nimport anyio.to_thread\nimport requests\n",
    ),
    "only the standard library": (
        "import os\nimport sys\n",
        "import functools\nimport os\nimport sys\n\nimport anyio.to_thread\n",
    ),
    "the project's own modules come later": (
        "import functools\n\nfrom app.models import User\nfrom . import other\n",
        "import functools\n\nimport anyio.to_thread\n\n"
        "from app.models import User\nfrom . import other\n",
    ),
    "only relative imports": (
        "from . import other\n",
        "import functools\n\nimport anyio.to_thread\n\nfrom . import other\n",
    ),
    "shebang and licence": (
        "#!/usr/bin/env python\n# Licence: MIT\nimport requests\n",
        "#!/usr/bin/env python\n# Licence: MIT\nimport functools\n\nimport anyio.to_thread\n"
        "import requests\n",
    ),
    "comments stay with their statement": (
        "import functools\n\n# HTTP\n# and more\nimport requests\n",
        "import functools\n\nimport anyio.to_thread\n# HTTP\n# and more\nimport requests\n",
    ),
    "several on a line": (
        "import functools; import sys; x = (\n    1)\n",
        "import functools; import sys; x = (\n    1)\n\nimport anyio.to_thread\n",
    ),
    "of several lines": (
        "import functools\n\nimport aiohttp; from aiohttp import (\n    web,\n)  # c\n"
        "import requests\n",
        "import functools\n\nimport aiohttp; from aiohttp import (\n    web,\n)  # c\n"
        "import anyio.to_thread\nimport requests\n",
    ),
    "not under a condition": (
        "import functools\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    import requests\n",
        "import functools\nfrom typing import TYPE_CHECKING\n\nimport anyio.to_thread\n\n"
        "if TYPE_CHECKING:\n    import requests\n",
    ),
    "after statements": (
        "__version__ = 1\nimport functools\nimport requests\n",
        "__version__ = 1\nimport functools\nimport anyio.to_thread\nimport requests\n",
    ),
    "not into a later part": (
        "import functools\n\n\ndef g():\n    pass\n\n\nimport requests\n",
        "import functools\n\nimport anyio.to_thread\n\n\ndef g():\n    pass\n\n\nimport requests\n",
    ),
    "nothing but the function": (
        "",
        "\n\nimport functools\n\nimport anyio.to_thread\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_new_imports(before: str, after: str) -> None:
    result = fix((before + TAIL).encode())
    assert result.after.decode() == after + FIXED_TAIL
    assert not result.refused


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("async def f(u): ", "import anyio.to_thread\n\n\nasync def f(u): "),
        (
            "@decorated\nasync def f(u): ",
            "import anyio.to_thread\n\n\n@decorated\nasync def f(u): ",
        ),
        (
            "# Header\n\n# About f\nasync def f(u): ",
            "# Header\n\nimport anyio.to_thread\n\n\n# About f\nasync def f(u): ",
        ),
        (
            "if 1:\n    import requests\n    async def f(u): ",
            "import anyio.to_thread\n\nif 1:\n    import requests\n    async def f(u): ",
        ),
        (
            '"""Doc."""\nasync def f(u): ',
            '"""Doc."""\n\nimport anyio.to_thread\n\nasync def f(u): ',
        ),
        (
            '"""Doc."""; x = 1\nasync def f(u): ',
            '"""Doc."""; x = 1\n\nimport anyio.to_thread\n\nasync def f(u): ',
        ),
        (
            '"""Doc."""; import requests\nasync def f(u): ',
            '"""Doc."""; import requests\n\nimport anyio.to_thread\n\nasync def f(u): ',
        ),
    ],
)
def test_new_imports_right_before_the_function(before: str, after: str) -> None:
    result = fix(f"{before}requests.get(u)\n".encode())
    expected = f"{after}await anyio.to_thread.run_sync(requests.get, u)\n"
    assert result.after.decode() == expected


def test_an_import_from() -> None:
    before = (
        "import aiohttp\nfrom aiohttp import web\nfrom zoo import bear\nasync def f(): open()\n"
    )
    result = fix(before.encode(), thread_plan("starlette"))
    assert result.after.decode() == (
        "import aiohttp\nfrom aiohttp import web\n"
        "from starlette.concurrency import run_in_threadpool\nfrom zoo import bear\n"
        "async def f(): await run_in_threadpool(open)\n"
    )


def test_an_import_is_added_only_for_edits_that_are_kept() -> None:
    source = b"import requests\nasync def f(u): return lambda: requests.get(u)\n"
    assert fix(source).after == source
