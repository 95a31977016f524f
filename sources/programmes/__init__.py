"""The quarterly return of a programme for aggressors: its form, and reading what was filled in.

``form``         the parts, rows and columns of the form, and its words in six languages (``form.yaml``, ``words.csv``)
``read_return``  a filled workbook or CSV form as texts, each with the place of its cell
``beside_cells`` texts of a workbook in no cell: notes, text boxes, headers, names, properties

Not here: what the texts mean and whether they are right (``transforms.programmes``), and writing the empty form
(``pipelines.programme_template``).
"""
