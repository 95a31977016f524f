"""Grammars of published text: ``read_numbers``, ``read_periods``, ``read_areas``, ``fold_labels``.

One text in, a value or the reason of a refusal out; no tables, no files, no declarations. ``transforms.normalize``
calls them once for each distinct text of a column.

Not here: labels with a declared meaning (``transforms.normalize.codes_from_labels``).
"""
