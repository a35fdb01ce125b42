"""One engine behind the command line, flake8 and the Python API.

:mod:`.project` checks, explains and fixes; :mod:`.reading` is all it knows of the disk; and
:mod:`.pool` spreads a large check over several processes.
"""

from flake8_async_block.engine.project import Engine, FixOptions, FixResult

__all__ = ["Engine", "FixOptions", "FixResult"]
