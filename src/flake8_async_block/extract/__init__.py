"""Text → :class:`~flake8_async_block.model.summary.ModuleSummary`: pure, and blind to meaning."""

from __future__ import annotations

from flake8_async_block.extract.module import extract_summary

__all__ = ["extract_summary"]
