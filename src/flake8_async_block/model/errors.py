"""The one exception for what the user got wrong."""

from __future__ import annotations


class UsageError(Exception):
    """Bad input: what is wrong, where, and what to do, in one line; it ends with exit 2."""
