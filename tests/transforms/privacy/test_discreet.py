"""Refused rows of a restricted table: which sentences stay, and which lose what was in the cell."""

import datetime as dt

import pyarrow as pa
import pytest

from data_contracts.checks import sentence
from sources.cells import DiscreetError, ReadError, SourceError
from tests.fixtures.register import declaration
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row
from transforms.privacy.discreet import discreet, refuse_persons, said

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


@pytest.mark.parametrize(
    ("collection", "restricted", "looked_at"),
    [("inbox", False, True), ("inbox", True, True), ("portal", True, True), ("portal", False, False)],
)
def test_what_a_person_brings_or_is_not_public_is_searched_for_persons(
    normalizer: Normalizer, collection: str, restricted: bool, looked_at: bool
) -> None:
    dataset = declaration().model_copy(update={"collection": collection, "restricted": restricted})
    persons = pa.table({"Область": ["Ош", "Ош"], "Кто": ["Иванова Мария Петровна", "Осмонов Азат Бакирович"]})
    refuse_persons(normalizer.contract, dataset, persons.select(["Область"]))
    if not looked_at:
        refuse_persons(normalizer.contract, dataset, persons)
        return
    with pytest.raises(DiscreetError, match="Кто") as refused:
        refuse_persons(normalizer.contract, dataset, persons)
    assert "Иванова" not in str(refused.value)
    # Each column once, in order, and no other one.
    twice = persons.append_column("Автор", persons["Кто"]).append_column("Дата", persons["Область"])
    with pytest.raises(DiscreetError, match=r"\bАвтор, Кто\b"):
        refuse_persons(normalizer.contract, dataset, twice)


@pytest.mark.parametrize(
    ("error", "open_text", "restricted_text"),
    [
        (ReadError(f"no number: {PLANTED}", place="line 3"), f"{PLANTED}", "line 3: ReadError; "),
        (ReadError(f"no number: {PLANTED}"), f"{PLANTED}", "ReadError; "),
        (ValueError(PLANTED), f"ValueError: {PLANTED}", "ValueError; "),
        (SourceError("it is gone", file="a.csv", remedy="Bring it"), "is gone", None),
    ],
)
def test_what_is_said_of_an_error(error: Exception, open_text: str, restricted_text: str | None) -> None:
    public, restricted = (
        said(declaration().model_copy(update={"restricted": restricted}), error)
        for restricted in (False, True)
    )
    assert open_text in public
    assert restricted.startswith(restricted_text) if restricted_text else restricted == public
    assert PLANTED not in restricted
