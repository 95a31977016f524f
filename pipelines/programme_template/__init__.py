"""The empty form of a programme's return, and the answer to a filled one.

``workbook``    the form as an Excel workbook: drop-downs, locked totals, notes, guidance
``open_cells``  what may be written in its cells
``answer``      the sender's own file with the faulty cells marked and a sentence each

Not here: what the form asks (``sources.programmes.form``) and its CSV form (``sources.programmes.csv_form``). Called by
``dvstats template`` and by ``pipelines.programme_returns``.
"""
