"""What a file says of its figures that its declaration does not read: a package of rules that refuse such rows.

A declaration says which columns give sex, period, unit and so on; what it leaves out is a constant. A file may say
otherwise in any place: a column that nothing reads, a heading between rows, a level of the header, a title, the name of
a sheet, a line below the table, a comment on a cell, an attribute of a message. An example. The declaration says
``sex: {const: _T}``, and the file has a column that it does not read::

    Region   Gender   Cases
    Astana   women    120        refused by ``unread_dimensions``: these are figures of women, and no totals

Each rule is a function of one file's cells (``FileCells``) that gives refusals, one a distinct text, as every step of
``transforms.normalize`` does. ``one_file`` calls them in order; ``refused_by_text`` those that are asked before any
number is judged. What only gives a status (``said_status``) refuses nothing.

By what is contradicted:

unit and scale     ``unit_words`` counts, shares and rates (words: ``unit_vocabulary``); ``unit_base`` per how many;
                   ``adjusted`` an index, prices, a transformation; ``refused_by_text`` thousands, money
period             ``frequency`` a month or part of a year (``said_parts``, ``parts_in_text``, ``as_of_days``,
                   ``school_years``);
                   ``several_years`` a mean of years, or parts of two; ``cumulative`` since 1 January or a law;
                   ``year_of_title``, ``unread_years`` another year; what a line says around a time: ``stated_times``
who is counted     ``unread_dimensions`` (columns), ``unread_headings`` (between rows), ``unread_levels`` (header,
                   title, sheet): a sex, an age, a place of residence (words: ``group_words``); ``restricting_texts``
                   any text with "only" or a part alone, also of a form, partner, article or stage
                   (words: ``restriction_words``)
what is counted    ``unread_breakdowns`` a form of violence, a relationship or another part, by name and texts of a
                   column; ``dividing_columns`` by its rows (words: ``dimension_words``, ``form_words``,
                   ``part_words``);
                   ``unread_indicators``, ``several_dataflows``, ``several_titles`` two indicators as one
where              ``area_labels`` code and label that differ; ``unread_areas`` a column; ``area_of_title`` a title;
                   ``left_out_areas`` a part that is not counted, or alone is
what a label is    ``declared_codes`` its declared code is another
whether at all     ``planned`` nobody counted it; ``drafts`` it is a draft, a sample or a deleted record;
                   ``confidentiality`` it is not for publication; ``said_status`` it is
                   preliminary, estimated or misprinted; ``note_codes`` columns of such marks

A column of yes and no says any of this by its name where it says yes: ``yes_or_no``.

Sentences about all figures ("Данные приведены в процентах") are judged without subject and verb: ``statements``.
"""
