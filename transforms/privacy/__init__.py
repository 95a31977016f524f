"""What keeps people unidentifiable in files that an office handed over without having published them.

``disclosure``         withholds small counts and what gives them away (statistical disclosure control)
``disclosure_tables``  which rows add up to which
``disclosure_attack``  what an attacker can compute from the published rows
``personal_data``      refuses files with names, identification numbers, telephones or addresses

Not here: which datasets are concerned (``restricted`` in the declaration). Called by ``transforms.ingest``.
"""
