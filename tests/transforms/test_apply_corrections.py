"""Reviewed corrections: they change what is read, never what was published, and say when they no longer match."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.errors import TROUBLED
from data_contracts.strict_files import DeclarationError
from pipelines.outcome import Outcome
from sources.cells import cells_table
from sources.dataset import Concept
from sources.load_datasets import load_datasets
from tests.sources.readers.test_more_cases import declared
from tests.transforms.sample import FACTS, Declare, sheet
from transforms import apply_corrections as module
from transforms.apply_corrections import (
    HEADER,
    Correction,
    as_published,
    correct,
    load_corrections,
    misnamed,
    of_no_dataset,
    unused,
)
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer
from transforms.privacy.suppress_cells import suppress

YEARS: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": ["Year", "Period"]}}
DATASET = declared("delimited", YEARS, id="d")


def cells_of(*rows: str) -> pa.Table:
    """Cells of a file with lines such as ``2017 women 27``."""
    years, sexes, values = zip(*(row.split() for row in rows), strict=True)
    lines = [f"line {number}" for number in range(2, len(rows) + 2)]
    return cells_table({"_value": values, "_locator": lines, "Year": years, "Sex": sexes})


CELLS = cells_of("2017 women 27", "2018 women 1204")
SHA, OTHER_SHA = "a" * 64, "b" * 64


def correction(**changed: str) -> Correction:
    values = {
        "id": "kg-2017",
        "dataset": "d",
        "file": "",
        "row": "Year=2017",
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
    made = correct(CELLS, DATASET, "f", [correction()])
    assert made.cells["_value"].to_pylist() == ["22", "1204"]
    assert (made.published, made.matched, made.unmatched) == ({"line 2": "27"}, {"kg-2017"}, {})
    remark = "Published as 27, corrected: the text and the other edition say 22"
    assert made.cells["_note"].to_pylist() == [remark, None]


@pytest.mark.parametrize("second", [{"corrected": "72"}, {"action": "drop", "corrected": ""}])
def test_of_two_corrections_of_one_cell_the_first_is_applied_and_the_other_named(
    second: dict[str, str],
) -> None:
    """Whichever stood last in the file decided, and both counted as applied."""
    made = correct(CELLS, DATASET, "f", [correction(), correction(id="kg-again", **second)])
    assert made.cells["_value"].to_pylist() == ["22", "1204"] and made.matched == {"kg-2017"}
    assert made.published == {"line 2": "27"}
    assert unused([made]) == [
        "correction kg-again, file f, line 2: correction kg-2017 is of the same cell; delete one of them"
    ]


def test_a_dropped_cell_is_not_read() -> None:
    made = correct(CELLS, DATASET, "f", [correction(action="drop", corrected="")])
    assert made.cells["_locator"].to_pylist() == ["line 3"]
    assert (made.published, made.matched) == ({}, {"kg-2017"})


def test_all_cells_can_be_dropped() -> None:
    both = [
        correction(action="drop", corrected=""),
        correction(
            id="kg-2018", action="drop", row="Year=2018", locator="line 3", published="1204", corrected=""
        ),
    ]
    assert correct(CELLS, DATASET, "f", both).cells.num_rows == 0


MOVED = {
    "a line more above": ["2016 women 27", "2017 women 27", "2018 women 1204"],
    "sorted otherwise": ["2018 women 27", "2017 women 27"],
}


@pytest.mark.parametrize("rows", MOVED.values(), ids=MOVED)
@pytest.mark.parametrize("action", ["override", "drop"])
def test_the_cell_is_found_by_what_its_row_says_not_by_its_place(rows: list[str], action: str) -> None:
    cells = cells_of(*rows)
    made = correct(cells, DATASET, "f", [correction(action=action, corrected="22" * (action == "override"))])
    expected = dict(zip(cells["Year"].to_pylist(), cells["_value"].to_pylist(), strict=True))
    expected |= {"2017": "22"}
    if action == "drop":
        del expected["2017"]
    assert (
        dict(zip(made.cells["Year"].to_pylist(), made.cells["_value"].to_pylist(), strict=True)) == expected
    )
    assert made.published == ({"line 3": "27"} if action == "override" else {}) and not made.unmatched


@pytest.mark.parametrize(
    ("changed", "rows", "words"),
    [
        ({"published": "28"}, ["2017 women 27"], "the cell does not say '28'; delete the correction if"),
        ({}, ["2018 women 27"], "the file has no row that says Year=2017"),
        ({}, ["2017 women 27", "2017 men 27"], "several different rows say Year=2017; row must say more"),
        (
            {"row": "Year=2017; Sex=men"},
            ["2017 women 27"],
            "the file has no row that says Year=2017; Sex=men",
        ),
        ({"row": "Sex=women"}, ["2017 women 27"], "row must also say Year, by which the figure is placed"),
        ({"row": "Year=2017; Age=all"}, ["2017 women 27"], "the file has no column Age"),
        ({"locator": "line 9"}, ["2017 women 27", "2017 women 27"], "several different rows say Year=2017"),
    ],
)
def test_a_correction_that_does_not_fit_names_itself_its_file_and_why(
    changed: dict[str, str], rows: list[str], words: str
) -> None:
    cells = cells_of(*rows)
    made = correct(cells, DATASET, "f", [correction(**changed)])
    assert made.cells["_value"].to_pylist() == cells["_value"].to_pylist()
    (sentence,) = unused([made])
    assert sentence.startswith(f"correction kg-2017, file f, {changed.get('locator', 'line 2')}: {words}")
    (sentence,) = unused([correct(cells, DATASET, "", [correction(**changed)])])
    assert sentence.startswith("correction kg-2017, file without a name, ")


def test_of_a_line_that_is_printed_twice_the_one_at_the_place_is_meant() -> None:
    cells = cells_of("2017 women 27", "2017 women 27")
    made = correct(cells, DATASET, "f", [correction(action="drop", corrected="", locator="line 3")])
    assert made.cells["_locator"].to_pylist() == ["line 2"] and not made.unmatched


def test_the_sentence_does_not_quote_what_the_cell_says_now() -> None:
    """The file of a restricted dataset may say anything there; findings are public."""
    (sentence,) = unused([correct(CELLS, DATASET, "f", [correction(row="Year=2018")])])
    assert "1204" not in sentence


def test_a_correction_is_unused_only_where_no_file_of_the_dataset_matches() -> None:
    other = cells_of("2017 women 5")
    made = [correct(cells, DATASET, name, [correction()]) for cells, name in ((other, "f"), (CELLS, "g"))]
    assert [m.matched for m in made] == [frozenset(), {"kg-2017"}] and unused(made) == []
    assert len(unused(made[:1])) == 1


@pytest.mark.parametrize(
    ("file", "read", "said"),
    [
        ("", ["t"], False),
        ("t", ["t"], False),
        ("t", [], False),  # it did not come, which is told otherwise
        ("t", [""], True),
        ("other", ["t"], True),
    ],
)
def test_a_correction_for_a_file_that_is_never_read_is_said(file: str, read: list[str], said: bool) -> None:
    assert [file_.name for file_ in DATASET.files] == ["t"]
    found = misnamed(DATASET, read, [correction(file=file), correction(dataset="e", file="x")])
    assert [sentence.partition(":")[0] for sentence in found] == [
        f"correction kg-2017, file {file}, line 2"
    ] * said


def test_other_files_and_datasets_are_left_alone() -> None:
    for changed in ({"dataset": "other"}, {"file": "other"}):
        made = correct(CELLS, DATASET, "f", [correction(**changed)])
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
    corrections = [
        correction(
            id=f"c-{area.lower()}", row=f"Region={area}", published=f"published {text}", corrected=text
        )
        for area, text in COUNTS.items()
    ]
    rows = [(f"published {text}", {"Region": area, "Sex": "All"}) for area, text in COUNTS.items()]
    by_region = DATASET.model_copy(update={"concepts": {"ref_area": (Concept(column="Region"),)}})
    made = correct(sheet(rows), by_region, "f", corrections)
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


ROW = "a-1,d,,Year=2017,line 2,override,27,22,why,2026-11-24,open"


def test_the_example_of_the_module_can_be_pasted(tmp_path: Path) -> None:
    lines = [line.strip() for line in (module.__doc__ or "").splitlines()]
    start = lines.index(",".join(HEADER))
    (loaded,) = load_corrections(written(tmp_path, lines[start + 1])).rows
    columns = {name: [text] for name, text in loaded.labels.items()}
    cells = cells_table({"_value": [loaded.published], "_locator": [loaded.locator], **columns})
    concepts = {"ref_area": {"column": "Region"}, "time_period": {"column": "Quarter"}}
    made = correct(cells, declared("delimited", concepts, id=loaded.dataset), loaded.file, [loaded])
    assert made.cells["_value"].to_pylist() == ["1 204"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.replace("a-1", ""), "line 2: correction without id: the id must be"),
        (ROW.replace("a-1", "A 1"), "line 2: correction A 1: the id must be"),
        (ROW.replace(",d,", ",,"), "correction a-1: dataset is missing"),
        (ROW.replace("line 2", ""), "correction a-1: locator is missing"),
        (ROW.replace("Year=2017", ""), "correction a-1: row is missing"),
        (ROW.replace("Year=", ""), "correction a-1: row '2017' is not of the form Column=text"),
        (ROW.replace("why", " "), "correction a-1: reason is missing"),
        (ROW.replace("override", "scale"), "correction a-1: action 'scale' is not one of override, drop"),
        (ROW.replace("open", "done"), "correction a-1: status 'done' is not one of open, reported"),
        (
            ROW.replace("2026-11-24", "24.11.2026"),
            "correction a-1: reported '24.11.2026' is no day such as 2026",
        ),
        (ROW.replace("22", "27"), "correction a-1: corrected is what was published"),
        (ROW.replace("override", "drop"), "correction a-1: a dropped cell has no corrected text"),
        (ROW.removesuffix(",open"), "line 2: 10 cells where 11 are expected"),
        (ROW + ",more", "line 2: 12 cells where 11 are expected"),
        (ROW.replace("why", '"why" not'), "line 2: the file is no CSV here"),
    ],
)
def test_a_malformed_row_is_an_error_of_the_dataset_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, words: str
) -> None:
    """The corrections of the others are used; a row that names none is said by the refresh."""
    other = ROW.replace("a-1,d", "b-1,e")
    loaded = load_corrections(written(tmp_path, row, other))
    ((named, error),) = loaded.mistakes
    assert words in str(error) and str(error).startswith("corrections.csv, line 2")
    assert [correction.id for correction in loaded.rows] == ["b-1"]
    assert named == ("" if ",d," not in row else "d")
    assert of_no_dataset({"d", "e"}, loaded) == ([] if named else [str(error)])
    monkeypatch.setattr(module, "load_corrections", lambda: loaded)
    cells = cells_table({"_value": ["27"], "_locator": ["line 2"], "Year": ["2017"]})
    concepts = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}
    assert correct(cells, declared("delimited", concepts, id="e"), "").cells["_value"].to_pylist() == ["22"]
    if named:
        with pytest.raises(DeclarationError, match="corrections.csv, line 2"):
            correct(cells, declared("delimited", concepts, id="d"), "")


def test_a_quotation_that_does_not_end_takes_all_the_datasets_behind_it(tmp_path: Path) -> None:
    rows = [ROW, ROW.replace("a-1,d", "b-1,e").replace("why", '"why'), ROW.replace("a-1,d", "c-1,f")]
    loaded = load_corrections(written(tmp_path, *rows))
    assert [correction.id for correction in loaded.rows] == ["a-1"]
    assert [name for name, _ in loaded.mistakes] == ["e", "f"]


def test_a_correction_of_no_dataset_is_said(tmp_path: Path) -> None:
    loaded = load_corrections(written(tmp_path, ROW.replace(",d,", ",kg_victms,")))
    (said,) = of_no_dataset({"kg_victims"}, loaded)
    assert said == "corrections.csv: correction a-1: no dataset 'kg_victms', did you mean 'kg_victims'?"
    assert Outcome(release="20261125T031500Z", misplaced=[said]).exit_status == TROUBLED


def test_ids_are_unique_and_the_header_is_fixed(tmp_path: Path) -> None:
    ((_, error),) = load_corrections(written(tmp_path, ROW, ROW)).mistakes
    assert "line 3: correction a-1: another correction has this id" in str(error)
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
    assert load_corrections().rows and not load_corrections().mistakes
    assert not of_no_dataset(load_datasets())
