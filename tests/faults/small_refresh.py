"""A refresh of a few bundled datasets in a process of its own, for tests that kill it or take its disk away.

::

    python tests/faults/small_refresh.py DATA_DIR TURN

Every ``TURN`` has something new to publish: in odd turns one dataset is withdrawn, in even ones it is back. Prints what
``dvstats refresh`` prints, with its exit status.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipelines import data_versions
from pipelines.cli.main import main
from pipelines.declarations import declarations
from tests.few import FEW
from tests.pipelines.test_isolation import BROKEN

if __name__ == "__main__":
    folder, turn = sys.argv[1], int(sys.argv[2])
    names = [name for name in FEW if name != BROKEN or turn % 2 == 0]
    declared = declarations()
    declared.datasets = {name: declared.datasets[name] for name in names}
    data_versions.registers_version = lambda: f"turn {turn}"  # type: ignore[assignment]
    sys.exit(main(["refresh", "--data-dir", folder]))
