"""What the twelve kinds of blocking have in common: a direct rule, and one behind helpers."""

from __future__ import annotations

from typing import NamedTuple

from flake8_async_block.model.rule import Rule


class Kind(NamedTuple):
    """One kind of blocking.

    Attributes:
        number: the last two digits of its codes.
        what: its name in the catalogue.
        direct: the name of the rule for a call that blocks by itself.
        behind: the name of the rule for a call that reaches one through helpers.
        does: what such a call does, for messages: "waits for an HTTP response".
        page: the documentation of both rules.
    """

    number: int
    what: str
    direct: str
    behind: str
    does: str
    page: str

    @property
    def direct_code(self) -> str:
        return f"ASB1{self.number:02}"

    @property
    def behind_code(self) -> str:
        return f"ASB2{self.number:02}"

    def rules(self) -> tuple[Rule, Rule]:
        """The rules for the direct call and for the one behind helpers."""
        return (
            Rule(
                self.direct_code,
                self.direct,
                f"a call that {self.does} on the event loop",
                self.page,
            ),
            Rule(
                self.behind_code,
                self.behind,
                f"a call whose helpers reach one that {self.does}",
                self.page,
            ),
        )
