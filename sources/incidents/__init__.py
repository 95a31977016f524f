"""Registers: files with one row an incident, read for their counts only.

``declared``      what a declaration says of a register: incident, margins, persons, partitions
``columns``       the header of a file against the declaration; no unknown column comes in
``rows``          one file as record batches of text, read in a process of its own
``formats``       what that process reads: delimited text, Parquet, workbooks
``workbook``      the first sheet of a workbook, for ``formats``
``multiline_cells``  cells over several lines: notes, or rows that an unclosed quote swallowed
``texts``         the different texts of a column, numbered
``hashes``        what stands for an id or a pseudonym
``number_files``  columns of numbers on the disk
``database``      the rows of all files as numbers, in bounded memory, for the time of a count

A register is always ``restricted``. Not here: what a label means and how rows become counts
(``transforms.incidents``, which calls this package), what is withheld (``transforms.privacy``).
"""
