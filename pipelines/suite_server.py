"""The process of which those that run suites are forks: importing this module loads what all of them need.

Not here: running suites (``pipelines.expectation_suites``). Imported by the fork server of ``multiprocessing`` and by
nothing else (``pipelines.expectation_suites.prepare_suite_workers``).
"""

import signal
from importlib import import_module

# Ctrl+C reaches this process too: until it has loaded all, that ends it, and without a word; its forks are ended by the
# process that they work for.
signal.signal(signal.SIGINT, signal.SIG_DFL)
import_module("pipelines.expectation_suites").load_for_workers()
signal.signal(signal.SIGINT, signal.SIG_IGN)
