"""A copy of the contract's files with one of them changed, for tests of what the contract refuses.

Not here: loading it (``data_contracts.load.load_contract``).
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from data_contracts.load import HERE


def contract_copy(tmp_path: Path, name: str, change: Callable[[str], str]) -> Path:
    """The folder of the copy; ``change`` gets the text of the file ``name`` and must change it."""
    folder = tmp_path / "contract"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / name
    text = path.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text, name
    path.write_text(changed, encoding="utf-8")
    return folder
