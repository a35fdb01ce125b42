"""The rules, each with its page, and what turns the graph's answers into diagnostics."""

from __future__ import annotations

from typing import Final

from flake8_async_block.model.rule import Rule
from flake8_async_block.rules.advice import HANDLER_WITHOUT_AWAIT
from flake8_async_block.rules.async_in_thread import ASYNC_FUNCTION_IN_THREAD
from flake8_async_block.rules.back_to_loop import BACK_TO_OWN_LOOP
from flake8_async_block.rules.forgotten_awaits import AWAIT_FORGOTTEN
from flake8_async_block.rules.handed_files import BLOCKING_FILE_HANDED_OVER
from flake8_async_block.rules.held_locks import LOCK_HELD_ACROSS_AWAIT
from flake8_async_block.rules.idle_awaits import LOOP_WITHOUT_PAUSE
from flake8_async_block.rules.kinds import KINDS
from flake8_async_block.rules.loops import LOOP_WITHOUT_AWAIT
from flake8_async_block.rules.lost_offloads import OFFLOAD_NOT_AWAITED
from flake8_async_block.rules.offload_keywords import KEYWORD_NOT_HANDED_ON
from flake8_async_block.rules.offloading import CALL_BEFORE_OFFLOAD
from flake8_async_block.rules.polling import BUSY_WAIT
from flake8_async_block.rules.pool_loops import ENDLESS_LOOP_IN_POOL
from flake8_async_block.rules.pool_waits import WAIT_FOR_POOL

ALL_RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (
            *[rule for kind in KINDS for rule in kind.rules()],
            LOOP_WITHOUT_AWAIT,
            LOOP_WITHOUT_PAUSE,
            BUSY_WAIT,
            ENDLESS_LOOP_IN_POOL,
            CALL_BEFORE_OFFLOAD,
            ASYNC_FUNCTION_IN_THREAD,
            OFFLOAD_NOT_AWAITED,
            KEYWORD_NOT_HANDED_ON,
            BACK_TO_OWN_LOOP,
            LOCK_HELD_ACROSS_AWAIT,
            WAIT_FOR_POOL,
            BLOCKING_FILE_HANDED_OVER,
            AWAIT_FORGOTTEN,
            HANDLER_WITHOUT_AWAIT,
        ),
        key=lambda rule: rule.code,
    )
)
RULES_BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in ALL_RULES}
ADVICE: Final[tuple[Rule, ...]] = (HANDLER_WITHOUT_AWAIT,)
"""What is only looked for if it is asked for."""
