"""Grammars of published text: ``numbers``, ``periods``, ``areas``, ``labels``.

One text in, a value or the reason of a refusal out; no tables, no files, no declarations. ``transforms.normalize``
calls them once for each distinct text of a column.

Not here: labels with a declared meaning (``transforms.normalize.concepts``).
"""
