"""The quarterly return of a programme for aggressors: its form, and reading what was filled in.

``form``         the parts, rows and columns of the form, and its words in six languages (``form.yaml``, ``words.csv``)
``form_texts``   every text that the form prints, and the code of a chosen one
``read_return``  a filled workbook as texts, each with the place of its cell; ``csv_form``: the same as CSV, both ways
``given_return`` what was read, as values
``beside_cells`` texts of a workbook in no cell: notes, text boxes, headers, names, properties

Not here: what the texts mean and whether they are right (``transforms.programmes``), and writing the empty form
(``pipelines.programme_template``). Called by both, and by ``pipelines.programme_returns``.
"""
