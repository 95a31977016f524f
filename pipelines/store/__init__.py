"""A data directory in an object store (S3): the store, the working copy of it on this machine, and publishing.

Every command works on a folder. Where ``--data-dir`` is an address, that folder is a working copy, brought up to date
before the work and given back after it; what is published is decided by one object, ``latest.json``.
"""
