"""``dvstats``: parse, run one command, give its exit status.

Errors are one or two plain sentences on standard error, never a traceback. Not here: the arguments (``arguments``) and
what the commands do (``commands``). This is the entry point that ``pyproject.toml`` names.
"""

import os
import sys
from collections.abc import Sequence

from data_contracts.errors import DONE, NOTHING_PUBLISHED, WRONG_USAGE, DvstatsError
from pipelines.cli.arguments import build_parser

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return WRONG_USAGE
    try:
        return int(arguments.run(arguments))
    except DvstatsError as error:
        return _complain(str(error), error.status)
    except BrokenPipeError:
        # The reader of our output went away (as `| head` does); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _complain("Stopped. The last release is untouched.", INTERRUPTED)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        problem = f"{where}{error.strerror or error}. Check the path, its permissions and the free space."
        return _complain(problem, NOTHING_PUBLISHED)
    except Exception as error:
        if os.environ.get("DVSTATS_DEBUG"):
            raise
        problem = (
            f"Unexpected: {type(error).__name__}: {error}. Set DVSTATS_DEBUG=1 to see where, and report it."
        )
        return _complain(problem, NOTHING_PUBLISHED)


def _complain(sentence: str, status: int) -> int:
    """Errors quote publishers' texts too."""
    from pipelines.cli.terminal.console import safe

    print(f"dvstats: {safe(sentence)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
