"""``dvstats``: the command line. Errors are one or two plain sentences on standard error, never a traceback."""

import os
import sys
from collections.abc import Sequence

from data_contracts.errors import DONE, NOTHING_PUBLISHED, WRONG_USAGE, DvstatsError
from pipelines.cli.arguments import build_parser


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
        return _complain("Stopped. The last release is untouched.", 130)
    except Exception as error:
        return _complain(*_known(error))


def _known(error: Exception) -> tuple[str, int]:
    """Plain words for what is not one of the project's own errors."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return (
            f"{where}{error.strerror or error}. Check the path, its permissions and the free space.",
            NOTHING_PUBLISHED,
        )
    if os.environ.get("DVSTATS_DEBUG"):
        raise error
    return (
        f"Unexpected: {type(error).__name__}: {error}. Set DVSTATS_DEBUG=1 to see where, and report it.",
        NOTHING_PUBLISHED,
    )


def _complain(sentence: str, status: int) -> int:
    print(f"dvstats: {sentence}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
