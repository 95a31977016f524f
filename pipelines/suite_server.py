"""The process of which those that run suites are forks: importing this module loads what all of them need.

Not here: running suites (``pipelines.run_checks``). Imported by the fork server of ``multiprocessing`` and by nothing
else (``pipelines.child_process.prepare_suite_workers``).
"""

from pipelines.run_checks import load_for_workers

load_for_workers()
