"""Tables laid out for the eye (titles, merged headers, footnotes), whatever file they came from.

``excel`` and ``pdf`` make a :class:`~sources.readers.grid.table.Grid` of texts and call
:func:`~sources.readers.grid.unfold.unfold`, which turns it into long cells. The parts:

``table``       the grid itself, its texts, merged cells and column letters
``unfold``      the choice of layout, and several tables as one
``cross``       labels at the side, dimensions in the header
``header``      which rows are the header of a ``cross`` table, and what they say of each column
``records``     one record a row under one header
``other_tables``  further headers, tables and headings between the rows and beside them
``comments``    what people have attached to single cells
``footnotes``   marks such as ``¹``, ``2)`` or ``*``, and the notes below the table that they point to

Not here: opening files, number formats, hidden rows (``excel``), text positions (``pdf``), and every meaning of
a text (``transforms.parse``).
"""
