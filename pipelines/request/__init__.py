"""Requests for what is not published: a letter and an empty table for the body that would answer.

``empty_table``: the rows that a requirement needs. ``letter``: what the letter says. ``request``: both as files.
"""
