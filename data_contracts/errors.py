"""The one family of errors that a person can act on, and the exit statuses of the command line.

Every error of this project that is meant for a person derives from :class:`DvstatsError`: its text is one or two plain
sentences that say what is wrong, where, and what to do, and its ``status`` is the exit status of the command. The
command line catches this one class; everything else that is raised is a fault of the program.

More exact classes are defined where they are raised: ``DeclarationError`` in ``data_contracts.strict_files``,
``SourceError`` and ``ReadError`` in ``sources.cells``. Not here: when a refresh that published something exits with
``TROUBLED`` (``pipelines.outcome.Outcome``). Imported by all layers.
"""

DONE, NOTHING_PUBLISHED, WRONG_USAGE, TROUBLED = 0, 1, 2, 3


class DvstatsError(Exception):
    """Something that a person can mend; the root of all such errors."""

    status = NOTHING_PUBLISHED


class UserError(DvstatsError):
    """The command was called in a way that cannot be carried out."""

    status = WRONG_USAGE


class NothingThereError(UserError):
    """There is no release, row or file to show."""

    status = NOTHING_PUBLISHED


class BusyError(UserError):
    """Another refresh holds the data directory."""

    status = NOTHING_PUBLISHED
