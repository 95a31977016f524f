"""Requests for what is not published: a letter and an empty table for the body that would answer.

``empty_table``: the rows that a requirement needs. ``letter``: what the letter says. ``request``: both as files.

Not here: which requirements there are (``data_contracts``) and what is published of them (view ``not_published``).
Called by ``dvstats request``.
"""
