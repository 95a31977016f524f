"""Errors that a person at the terminal can mend: one or two plain sentences that say what, where and how."""

DONE, NOTHING_PUBLISHED, WRONG_USAGE, TROUBLED = 0, 1, 2, 3


class UserError(Exception):
    """Something the person at the terminal can mend."""

    status = WRONG_USAGE


class NothingThereError(UserError):
    """There is no release, row or file to show."""

    status = NOTHING_PUBLISHED


class BusyError(UserError):
    """Another refresh holds the data directory."""

    status = NOTHING_PUBLISHED
