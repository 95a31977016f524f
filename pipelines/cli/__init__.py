"""The command line ``dvstats``: ``main`` runs it, ``arguments`` parses, ``commands`` acts, ``terminal/`` shows.

Not here: what the commands do (``pipelines.refresh``, ``pipelines.published``, ``pipelines.export``).
"""
