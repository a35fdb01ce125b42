"""Summaries as bytes, which is how they cross between processes and runs.

Packing and unpacking together cost about a tenth of reading the text again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_async_block.model.summary import ModuleSummary

if TYPE_CHECKING:
    from msgspec.msgpack import Decoder, Encoder


def pack(summary: ModuleSummary) -> bytes:
    """The bytes from which :func:`unpack` makes an equal summary."""
    return _encoder().encode(summary)


def unpack(packed: bytes) -> ModuleSummary | None:
    """The summary that was packed, or None if the bytes are of none."""
    import msgspec

    try:
        return _decoder().decode(packed)
    except msgspec.DecodeError:
        return None


@lru_cache(maxsize=1)
def _decoder() -> Decoder[ModuleSummary]:
    from msgspec.msgpack import Decoder

    return Decoder(ModuleSummary)


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    from msgspec.msgpack import Encoder

    return Encoder()
