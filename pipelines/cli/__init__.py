"""The command line ``dvstats``: ``main`` runs it, ``parser`` parses, ``commands`` acts, ``terminal/`` shows.

Commands that only read a release are in ``reading_arguments`` and ``reading_commands``; ``common_arguments`` has what
all commands have. Not here: what is behind the commands (``pipelines.refresh``, ``pipelines.published``,
``pipelines.export``). Called by people: ``pyproject.toml`` makes ``main`` the command ``dvstats``.
"""
