"""The arguments of a call, as paths of the module in which the call stands."""

from __future__ import annotations

from typing import NamedTuple

from flake8_async_block.model.path import PathNode


class Arguments(NamedTuple):
    """``positional`` and ``keywords`` hold paths of ``module``."""

    module: str
    positional: tuple[int, ...]
    keywords: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, module: str, call: PathNode) -> Arguments:
        """The arguments of a call node."""
        split = len(call.operands) - len(call.keywords)
        return cls(
            module,
            call.operands[1:split],
            tuple(zip(call.keywords, call.operands[split:], strict=True)),
        )

    @classmethod
    def none(cls) -> Arguments:
        """A call without arguments."""
        return cls("", (), ())

    def find(self, name: str, position: int | None) -> int | None:
        """The argument for the parameter ``name`` at ``position`` (from 0), or None."""
        for keyword, path in self.keywords:
            if keyword == name:
                return path
        if position is not None and 0 <= position < len(self.positional):
            return self.positional[position]
        return None

    def after(self, position: int) -> Arguments:
        """What is left when the arguments up to ``position`` are taken."""
        return self._replace(positional=self.positional[position + 1 :])
