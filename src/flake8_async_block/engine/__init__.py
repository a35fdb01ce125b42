"""One engine behind the command line, flake8 and the Python API.

:mod:`.project` checks, explains and fixes; :mod:`.reading` is all it knows of the disk;
:mod:`.pool` spreads a large check over several processes; :mod:`.kept` and :mod:`.standing` keep
what was found out, and tell what of it still holds.
"""

from flake8_async_block.engine.fixing import FixOptions, FixResult
from flake8_async_block.engine.project import Engine

__all__ = ["Engine", "FixOptions", "FixResult"]
