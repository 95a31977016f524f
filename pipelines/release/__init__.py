"""Writing a release: its folder, database file, manifest, notes, feed and citation.

Not here: deriving the tables (``transforms.derive``) and reading what is published (``pipelines.published``). Called
by the last step of the graph (``pipelines.assets``).
"""
