"""Readers: the bytes of one file to long text cells, one module a wire format.

What a reader offers, and how a dataset gets its own, is in ``protocol``, the only module that other folders call for
reading. ``grid`` lays out tables made for the eye, ``workbook`` opens spreadsheets, ``text``, ``json_text`` and
``delimited_records`` are what text formats share, ``options`` is what a declaration may say of a reader.

Not here: the meaning of the cells (``sources.cells``), numbers and periods (``transforms.parse``).
"""
