"""What a programme's return says: judged, made rows, protected, and put together into tables.

``judge_return``    a filled form to typed rows, or to problems with cells, sentence and numbers (``problems``)
``judge_figures``   its parts of figures: rows, rules, parts against each other
``typed_answers``   one answer by itself; ``organisations``: whether a provider's name is none of a person
``figure_relations``  what of a return adds up to what, and what contains what
``protect_return``  small counts withheld, and what would give them away
``tables``          all accepted returns to the eight tables; the bundled references and studies to theirs

Not here: reading the form (``sources.programmes``), keeping returns (``pipelines.programme_returns``, which calls this;
``pipelines.assets.programmes`` makes the tables).
"""
