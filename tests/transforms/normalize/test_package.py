"""The worked example at the head of the package says what really happens."""

import re

import pandas as pd
import pytest

import transforms.normalize
from data_contracts.model import Contract
from sources.cells import cells_table
from tests.transforms.sample import FACTS, Declare
from transforms.normalize.encoded_columns import encode
from transforms.normalize.normalizer import Normalizer

PAGE = transforms.normalize.__doc__ or ""


@pytest.fixture
def frame() -> pd.DataFrame:
    """The rows of the example, by its own code."""
    code = PAGE[PAGE.index("pandas.DataFrame(") : PAGE.index("1. *Encode*")]
    frame = eval(code.strip(), {"pandas": pd})
    assert isinstance(frame, pd.DataFrame)
    return frame


def test_the_example_gives_what_it_shows(frame: pd.DataFrame, contract: Contract, declare: Declare) -> None:
    concepts = {
        "indicator": {"const": "DV_REPORTS"},
        "time_period": {"const": "2024"},
        "sex": {"column": "Sex", "values": {"Women": "F", "Men": "M"}},
    }
    dataset = declare(concepts)
    normalizer = Normalizer(contract, datasets={"sample": dataset}, sources=[])
    cells = cells_table({name: frame[name].tolist() for name in frame})
    result = normalizer.normalize(cells, dataset, FACTS)
    header, *shown = (
        re.split(r"  +", line.strip())
        for line in PAGE.splitlines()
        if re.match(r" +(obs_key  |k[0-9a-f]{16})", line)
    )
    assert [[str(value) for value in row.values()] for row in result.good.select(header).to_pylist()] == shown
    (refused,) = result.refused.to_pylist()
    assert refused["rule"] == "unknown_area" and refused["raw_locator"] == "line 4"
    assert refused["reason_en"] in " ".join(PAGE.split())


def test_encoded_columns_are_those_of_pandas(frame: pd.DataFrame) -> None:
    cells = cells_table({name: frame[name].tolist() for name in frame})
    sex = encode(cells["Sex"])
    assert (list(sex.dictionary), sex.indices.tolist()) == (["Women", "Men"], [0, 1, 0])
    codes = sex.recoded({"Women": "F", "Men": "M"}.get)
    mapped = frame["Sex"].map({"Women": "F", "Men": "M"})
    assert [codes.dictionary[index] for index in sex.indices] == mapped.tolist()
