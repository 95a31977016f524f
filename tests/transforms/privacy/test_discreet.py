"""Refused rows of a restricted table: which sentences stay, and which lose what was in the cell."""

import datetime as dt

import pytest

from data_contracts.checks import sentence
from tests.fixtures.register import declaration
from transforms.normalize.facts import FileFacts
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row
from transforms.privacy.discreet import discreet

PLANTED, PLACE = "Иванова, 3", "Пол"


@pytest.mark.parametrize(
    ("rule", "quoted"),
    [
        # A label of the file, which whoever declares it has to read.
        ("unmapped_label", True),
        ("missing_column", True),
        ("unreadable_number", False),
        ("currency_contradicts", False),
        # Without the text of a cell.
        ("duplicate_key", False),
    ],
)
@pytest.mark.parametrize("restricted", [True, False])
def test_what_a_reason_keeps(normalizer: Normalizer, rule: str, quoted: bool, restricted: bool) -> None:
    table = declaration().model_copy(
        update={"kind": "table", "counting": None, "reader": "delimited", "restricted": restricted}
    )
    known = Normalizer(normalizer.contract, datasets={table.id: table}, sources=[])
    told = sentence(normalizer.contract, rule, value=PLANTED, place=PLACE)
    facts = FileFacts("0" * 64, dt.datetime(2026, 1, 1), "a.csv")
    refused = refused_row(table.id, rule, told.en, told.ru, facts, value=PLANTED, row=PLANTED)
    (row,) = discreet(known, table, known.quarantine([refused])).to_pylist()
    if not restricted:
        assert (row["reason_en"], row["published_value"], row["row"]) == (told.en, PLANTED, PLANTED)
        return
    assert (row["published_value"], row["row"]) == (None, None)
    for reason, whole in ((row["reason_en"], told.en), (row["reason_ru"], told.ru)):
        assert (PLANTED in reason) is quoted
        assert (reason == whole) is (quoted or PLANTED not in whole)
