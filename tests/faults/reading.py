"""The invented files of ``tests/fixtures`` as cells and as observations, for tests that change those files."""

import pyarrow as pa

from pipelines.declarations import Declarations
from sources import isolated
from sources.cells import LOCATOR, NOTE, VALUE, ReadError
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from sources.readers.protocol import Readable
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import NOW
from transforms.normalize.inputs_and_results import FileFacts

DATASETS = load_datasets(HERE / "datasets")


def body(dataset: Dataset) -> bytes:
    """The first file of a dataset of the fixtures."""
    return Mirror(HERE).content[dataset.files[0].address.partition("://")[2]]


def read(dataset: Readable, content: bytes) -> pa.Table | None:
    """Cells in the form that readers promise, or None where the file is refused in words."""
    try:
        cells = isolated.read_cells(dataset, content)
    except ReadError as error:
        assert "failed: " not in error.problem and "ends the program" not in error.problem, error
        assert error.problem and error.remedy
        return None
    assert cells.column_names[:3] == [VALUE, LOCATOR, NOTE] and set(cells.schema.types) == {pa.string()}
    return cells


def observed(
    declared: Declarations, dataset: Dataset, cells: pa.Table
) -> tuple[dict[str, float | None], int]:
    """Value by key, and how many rows were refused."""
    facts = FileFacts("0" * 64, NOW, "file", dict(dataset.files[0].constants))
    result = declared.normalizer.normalize(cells, dataset, facts)
    values = {row["obs_key"]: row["obs_value"] for row in result.good.to_pylist()}
    return values, result.refused.num_rows
