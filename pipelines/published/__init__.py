"""Reading what is published: SQL, codebook, trace, differences, status. Nothing here writes a release.

Called by the command line. Not here: how an answer looks on a terminal (``pipelines.cli.terminal``) and files for
people who do not use SQL (``pipelines.export``).
"""
