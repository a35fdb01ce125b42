"""``helper``: run a function of the project, behind which something blocks, in a worker thread.

The whole helper moves at the place where the event loop's code calls it, so that one hop serves
for all that blocks in it; methods go bound to their object, and a class that blocks when it is
made goes as the function that makes it.
"""

from __future__ import annotations

from typing import Final

from flake8_async_block.fixers.base import Fixer
from flake8_async_block.fixers.thread import move_call

FIXER: Final = Fixer("helper", move_call)
