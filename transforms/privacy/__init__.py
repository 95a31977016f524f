"""What keeps people unidentifiable: small cells of restricted files, and the guard against personal data.

``disclosure`` withholds small counts and what would give them away, ``disclosure_tables`` and ``disclosure_attack`` are
its parts; ``personal_data`` refuses files that hold names or telephones. ``transforms.ingest`` calls both.

Not here: keys and passwords in addresses (``sources.http.redact``).
"""
