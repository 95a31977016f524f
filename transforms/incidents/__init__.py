"""Registers of incidents to the cells of declared margins: exact counts, and nothing else of any row.

``coding``    each distinct text of a column to its code, by the same reading as any other dataset's labels
``counting``  the rows of all files, each incident once, to counts by margin, with the zeros between them
``twice``     incidents that are said again, or with other texts
``register``  one register from its files to cells that the normalizer reads

The rows are in ``sources.incidents.database`` for the time of a count. What leaves this package is counts, names of
columns, and for the restricted folder alone the texts that have no code. Small counts are withheld after it
(``transforms.privacy.suppress_cells``). Called by ``transforms.files_to_observations``.
"""
