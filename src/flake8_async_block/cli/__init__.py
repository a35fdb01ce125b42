"""The ``async-block`` command: what was asked, what to run, and how the process ends.

Each subcommand is a module with a ``run`` function, imported only when it is called for.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

from flake8_async_block.cli.replay import replay
from flake8_async_block.model.errors import UsageError

EXIT_FINDINGS: Final = 1
EXIT_COULD_NOT_RUN: Final = 2
EXIT_INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: the arguments without the program's name; those of the process when left out.

    Returns:
        The exit status: 0 clean, 1 findings or changed files, 2 could not run, 130 interrupted.
    """
    if argv is None:
        # The process ends before its garbage could matter; looking for it costs up to a third.
        gc.disable()
        argv = sys.argv[1:]
    try:
        status = replay(argv)
        if status is not None:
            return status
        return _run(argv)
    except UsageError as error:
        from flake8_async_block.cli.console import write_text

        write_text(f"async-block: error: {error}\n", sys.stderr)
        return EXIT_COULD_NOT_RUN
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FINDINGS
    except Exception:  # noqa: BLE001 - printed whole, with a status of our own
        # Python's own status for a traceback is 1, which here means findings.
        import traceback

        traceback.print_exc()
        return EXIT_COULD_NOT_RUN
    finally:
        if not gc.isenabled():
            gc.freeze()


def _run(argv: Sequence[str]) -> int:
    from flake8_async_block.cli.arguments import parse_arguments

    arguments = parse_arguments(argv)
    if arguments.command == "check":
        from flake8_async_block.cli import check

        return check.run(arguments, argv)
    if arguments.command == "fix":
        from flake8_async_block.cli import fix

        return fix.run(arguments)
    if arguments.command == "cache":
        from flake8_async_block.cli import cache

        return cache.run(arguments)
    from flake8_async_block.cli import explain

    return explain.run(arguments)
