"""Requesting addresses of publishers over HTTP, politely, and judging what comes back.

``fetch_policy`` says how a publisher is requested, ``client`` does it, ``answer`` judges one answer,
``expected_content`` its body, ``addresses`` which machines may be reached, ``failures`` puts what went wrong in plain
words, ``redact`` removes keys and passwords from addresses.

Not here: which addresses a dataset has (``sources.dataset``), and what becomes of an answer (``sources.pull``, which
calls this, and ``sources.archive``).
"""
