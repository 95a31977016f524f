"""Coverage-guided fuzzing of one reader by atheris: mutations that reach new code of the reader are mutated further.

::

    python tests/faults/coverage_fuzz.py ex_json_stat [options of libFuzzer, as -max_total_time=60, or a file to repeat]

``make fuzz`` runs it for every reader where atheris is installed (``pip install atheris``; it is in no lock file, since
it has no wheel for every system and version of Python). It begins with the file of ``tests/fixtures`` and goes on from
what earlier runs found in ``build/fuzz``. Of an archive, as a workbook is, one part is mutated and all are packed
again: nearly every other change would break the archive and reach no sheet. A file that ends in another exception than
ReadError, or takes a minute, is written to ``build/fuzz/NAME.crash-…`` and ends the program with another status than 0.
Whoever mends it makes a test of it beside those of its reader.

Not here: figures that change unseen, which ``test_fuzz.py`` looks for.
"""

import io
import random
import sys
import zipfile
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import atheris
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sources.cells import ReadError  # noqa: E402 - found by the path set above
from tests.fixtures.mirror import HERE, Mirror  # noqa: E402 - found by the path set above


def main() -> None:
    """Fuzz the reader of the dataset that the first argument names."""
    name, *options = sys.argv[1:]
    declared = yaml.safe_load((HERE / "datasets" / f"{name}.yaml").read_text(encoding="utf-8"))
    dataset = SimpleNamespace(reader=declared["reader"], reader_options=declared.get("reader_options", {}))
    with atheris.instrument_imports(include=["sources.readers"]):
        protocol = import_module("sources.readers.protocol")
        import_module(f"sources.readers.{dataset.reader}")
    found = ROOT / "build" / "fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    whole = Mirror(HERE).content[declared["files"][0]["address"].partition("://")[2]]
    (found / "whole").write_bytes(whole)

    def once(content: bytes) -> None:
        try:
            protocol.read_cells(dataset, content)
        except ReadError as error:
            assert error.problem and error.remedy

    own = [f"-artifact_prefix={found.parent}/{name}.", "-timeout=60"]
    corpus = [] if any(Path(option).is_file() for option in options) else [str(found)]
    if whole.startswith(b"PK"):
        own.append(f"-max_len={4 * unpacked(whole)}")
        atheris.Setup([sys.argv[0], *own, *options, *corpus], once, custom_mutator=part_mutated)
    else:
        atheris.Setup([sys.argv[0], *own, *options, *corpus], once)
    atheris.Fuzz()


def unpacked(archive: bytes) -> int:
    """Bytes of all parts."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return sum(part.file_size for part in opened.infolist())


def part_mutated(content: bytes, most: int, seed: int) -> bytes:
    """The archive with one part mutated; of what is no archive the whole."""
    # After the readers, which are to be instrumented when they are imported.
    from tests.faults.test_fuzz import of_a_part

    try:
        return of_a_part(lambda _, body: atheris.Mutate(body, 2 * len(body)))(random.Random(seed), content)
    except (zipfile.BadZipFile, IndexError):
        return bytes(atheris.Mutate(content, most))


if __name__ == "__main__":
    main()
