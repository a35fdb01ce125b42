"""``python -m flake8_async_block``: the command, for when its script is not on the PATH."""

from __future__ import annotations

import sys

from flake8_async_block.cli import main

if __name__ == "__main__":
    sys.exit(main())
