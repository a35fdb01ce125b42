"""The settings of ``[tool.async-block]``: finding, reading and checking them, and what they mean.

One file decides for the command line and for flake8 alike, so the two cannot disagree.
"""

from flake8_async_block.config.load import common_start, load_config
from flake8_async_block.config.settings import DEFAULT_EXCLUDE, Config, is_reported

__all__ = ["DEFAULT_EXCLUDE", "Config", "common_start", "is_reported", "load_config"]
