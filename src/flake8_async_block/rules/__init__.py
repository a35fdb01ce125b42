"""The rules, each with its page, and what turns the graph's answers into diagnostics."""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule
from flake8_async_block.rules.kinds import KINDS
from flake8_async_block.rules.loops import LOOP_WITHOUT_AWAIT

ALL_RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (*[rule for kind in KINDS for rule in kind.rules()], LOOP_WITHOUT_AWAIT),
        key=lambda rule: rule.code,
    )
)
RULES_BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in ALL_RULES}
