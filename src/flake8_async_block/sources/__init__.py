"""The project's files: which there are, what they say, and which module name means which file.

Nothing here knows what Python code means; the graph asks :class:`SourceTree` for files, the
engine asks :func:`find_sources` what to check.
"""

from flake8_async_block.sources.dependencies import mentions_dependency
from flake8_async_block.sources.discovery import find_sources
from flake8_async_block.sources.excerpts import SourceTexts
from flake8_async_block.sources.files import display_path, read_source, write_atomically
from flake8_async_block.sources.tree import SourceTree

__all__ = [
    "SourceTexts",
    "SourceTree",
    "display_path",
    "find_sources",
    "mentions_dependency",
    "read_source",
    "write_atomically",
]
