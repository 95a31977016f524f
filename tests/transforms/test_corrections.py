"""Reviewed corrections: they change what is read, never what was published, and say when they no longer match."""

from pathlib import Path

import pyarrow as pa
import pytest

from data_contracts.strict_files import DeclarationError
from sources.cells import cells_table
from tests.transforms.sample import FACTS, Declare, sheet
from transforms import corrections as module
from transforms.corrections import (
    HEADER,
    Correction,
    as_published,
    correct,
    load_corrections,
    unused,
)
from transforms.normalize.facts import FileFacts
from transforms.normalize.normalizer import Normalizer
from transforms.privacy.disclosure import suppress

CELLS = cells_table({"_value": ["27", "1204"], "_locator": ["line 2", "line 3"], "Year": ["2017", "2018"]})
SHA, OTHER_SHA = "a" * 64, "b" * 64


def correction(**changed: str) -> Correction:
    values = {
        "id": "kg-2017",
        "dataset": "d",
        "file": "",
        "locator": "line 2",
        "action": "override",
        "published": "27",
        "corrected": "22",
        "reason": "the text and the other edition say 22",
        "reported": "2026-11-24",
        "status": "open",
    }
    return Correction(**{**values, **changed})


def observed(*rows: tuple[str, str, str | None]) -> pa.Table:
    """Rows of file, place and published value."""
    names = ("raw_sha256", "raw_locator", "published_value")
    return pa.table({n: pa.array([row[i] for row in rows], pa.string()) for i, n in enumerate(names)})


# -- applying ----------------------------------------------------------------------------------------------------


def test_an_override_is_read_and_noted_and_the_published_text_is_kept() -> None:
    made = correct(CELLS, "d", "f", [correction()])
    assert made.cells["_value"].to_pylist() == ["22", "1204"]
    assert (made.published, made.matched, made.unmatched) == ({"line 2": "27"}, {"kg-2017"}, {})
    remark = "Published as 27, corrected: the text and the other edition say 22"
    assert made.cells["_note"].to_pylist() == [remark, None]


def test_a_dropped_cell_is_not_read() -> None:
    made = correct(CELLS, "d", "f", [correction(action="drop", corrected="")])
    assert made.cells["_locator"].to_pylist() == ["line 3"]
    assert (made.published, made.matched) == ({}, {"kg-2017"})


def test_all_cells_can_be_dropped() -> None:
    both = [
        correction(action="drop", corrected=""),
        correction(id="kg-2018", action="drop", locator="line 3", published="1204", corrected=""),
    ]
    assert correct(CELLS, "d", "f", both).cells.num_rows == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"published": "28"}, "the cell does not say '28'"),
        ({"locator": "line 9"}, "the file has no cell there that says '27'"),
    ],
)
def test_a_correction_that_no_longer_matches_names_itself_and_its_file(
    changed: dict[str, str], words: str
) -> None:
    made = correct(CELLS, "d", "f", [correction(**changed)])
    assert made.cells["_value"].to_pylist() == ["27", "1204"]
    (sentence,) = unused([made])
    assert sentence.startswith(f"correction kg-2017, file f, {changed.get('locator', 'line 2')}: {words};")


def test_the_sentence_does_not_quote_what_the_cell_says_now() -> None:
    """The file of a restricted dataset may say anything there; findings are public."""
    (sentence,) = unused([correct(CELLS, "d", "f", [correction(locator="line 3")])])
    assert "1204" not in sentence


def test_a_correction_is_unused_only_where_no_file_of_the_dataset_matches() -> None:
    other = cells_table({"_value": ["5"], "_locator": ["line 2"]})
    made = [correct(cells, "d", name, [correction()]) for cells, name in ((other, "f"), (CELLS, "g"))]
    assert [m.matched for m in made] == [frozenset(), {"kg-2017"}] and unused(made) == []
    assert len(unused(made[:1])) == 1


def test_other_files_and_datasets_are_left_alone() -> None:
    for changed in ({"dataset": "other"}, {"file": "other"}):
        made = correct(CELLS, "d", "f", [correction(**changed)])
        assert made.cells is CELLS and not made.published and not made.matched and not made.unmatched


# -- the published text ------------------------------------------------------------------------------------------


def test_the_published_text_comes_back_by_file_and_place() -> None:
    rows = [
        (SHA, "line 2", "22"),
        (SHA, "line 3", "22"),
        (OTHER_SHA, "line 2", "22"),
    ]
    restored = as_published(observed(*rows), {(SHA, "line 2"): "27"})
    assert restored["published_value"].to_pylist() == ["27", "22", "22"]
    assert restored.schema == observed(*rows).schema


def test_a_withheld_text_does_not_come_back() -> None:
    restored = as_published(observed((SHA, "line 2", None), (SHA, "line 3", "4")), {(SHA, "line 2"): "27"})
    assert restored["published_value"].to_pylist() == [None, "4"]


def test_rows_without_a_file_stay() -> None:
    table = pa.table({"raw_sha256": pa.nulls(1, pa.string()), "raw_locator": [""], "published_value": ["x"]})
    assert as_published(table, {(SHA, "line 2"): "27"})["published_value"].to_pylist() == ["x"]


# -- restricted datasets -----------------------------------------------------------------------------------------

# Regions of a country that add up: 2 is withheld as small, and with it one that would give it away.
COUNTS = {"KZ": "97", "KZ-71": "2", "KZ-75": "40", "KZ-79": "55"}


@pytest.fixture
def corrected(normalizer: Normalizer, declare: Declare) -> tuple[pa.Table, dict[tuple[str, str], str]]:
    """Normalized rows of a file of which every cell was corrected, and the published texts."""
    declared = [
        correction(id=f"c-{line}", locator=f"line {line}", published=f"published {text}", corrected=text)
        for line, text in enumerate(COUNTS.values(), 2)
    ]
    rows = [(f"published {text}", {"Region": area, "Sex": "All"}) for area, text in COUNTS.items()]
    made = correct(sheet(rows), "d", "f", declared)
    facts = FileFacts(SHA, FACTS.retrieved_at, FACTS.path)
    good = normalizer.normalize(made.cells, declare(), facts).good
    assert good.num_rows == len(COUNTS)
    return good, {(SHA, place): text for place, text in made.published.items()}


@pytest.mark.parametrize("late", [False, True])
def test_a_withheld_cell_never_shows_its_published_text(
    corrected: tuple[pa.Table, dict[tuple[str, str], str]], late: bool
) -> None:
    """Not that of the small count, nor of what was withheld with it, even if the text is put back too late."""
    good, published = corrected
    made = as_published(suppress(good), published) if late else suppress(as_published(good, published))
    rows = {row["ref_area"]: row for row in made.to_pylist()}
    withheld = [area for area, row in rows.items() if row["conf_status"] in ("A", "D")]
    assert "KZ-71" in withheld and len(withheld) >= 2
    for area, row in rows.items():
        expected = None if area in withheld else f"published {COUNTS[area]}"
        assert row["published_value"] == expected
        if area in withheld:
            assert "published" not in str(row).replace("published_value", "")


# -- the file ----------------------------------------------------------------------------------------------------


def written(tmp_path: Path, *rows: str, header: str = ",".join(HEADER)) -> Path:
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


ROW = "a-1,d,,line 2,override,27,22,why,2026-11-24,open"


def test_the_example_of_the_module_can_be_pasted(tmp_path: Path) -> None:
    lines = [line.strip() for line in (module.__doc__ or "").splitlines()]
    start = lines.index(",".join(HEADER))
    (loaded,) = load_corrections(written(tmp_path, lines[start + 1]))
    cells = cells_table({"_value": [loaded.published], "_locator": [loaded.locator]})
    made = correct(cells, loaded.dataset, loaded.file, [loaded])
    assert made.cells["_value"].to_pylist() == ["1 204"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.replace("a-1", ""), "line 2: correction without id: the id must be"),
        (ROW.replace("a-1", "A 1"), "line 2: correction A 1: the id must be"),
        (ROW.replace(",d,", ",,"), "correction a-1: dataset is missing"),
        (ROW.replace("line 2", ""), "correction a-1: locator is missing"),
        (ROW.replace("why", " "), "correction a-1: reason is missing"),
        (ROW.replace("override", "scale"), "correction a-1: action 'scale' is not one of override, drop"),
        (ROW.replace("open", "done"), "correction a-1: status 'done' is not one of open, reported"),
        (ROW.replace("22", "27"), "correction a-1: corrected is what was published"),
        (ROW.replace("override", "drop"), "correction a-1: a dropped cell has no corrected text"),
        (ROW.removesuffix(",open"), "line 2: 9 cells where 10 are expected"),
        (ROW + ",more", "line 2: 11 cells where 10 are expected"),
        (ROW.replace("why", '"why" not'), "line 2: the file is no CSV here"),
    ],
)
def test_a_malformed_row_is_an_error_that_names_it(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(DeclarationError) as error:
        load_corrections(written(tmp_path, row))
    assert words in str(error.value) and str(error.value).startswith("corrections.csv, line 2")


def test_ids_are_unique_and_the_header_is_fixed(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"line 3: correction a-1: another correction has this id"):
        load_corrections(written(tmp_path, ROW, ROW))
    load_corrections.cache_clear()
    with pytest.raises(
        DeclarationError, match=r"line 1: the column 'id' is missing; the header must be id,dataset"
    ):
        load_corrections(written(tmp_path, header="dataset,file"))


def test_a_file_in_another_encoding_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes() + ROW.replace("why", "опечатка").encode("cp1251"))
    with pytest.raises(DeclarationError, match=r"corrections.csv, line 2: the file is not UTF-8"):
        load_corrections(path)


def test_the_bundled_corrections_are_well_formed() -> None:
    load_corrections.cache_clear()
    assert isinstance(load_corrections(), tuple)
