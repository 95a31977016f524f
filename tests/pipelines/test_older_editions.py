"""Older editions: what was published is not replaced by what came before it, whatever brings it back.

A cache that gives last month's file, a person who adds an old download, an archive restored from a backup, two archives
copied into one another. Beside these: what a person said of a file, and what was declared and is not so any more.
"""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.refresh import Context, make_plan
from sources.dataset import Dataset, Numbers, Withdrawn
from sources.inbox import NOTE, add
from sources.load_datasets import load_datasets
from tests.fixtures import make
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import NOW, Processed, process, publish

PORTAL = load_datasets(HERE / "datasets")["ex_open_sdg"]
MEANT = PORTAL.model_copy(update={"expects": PORTAL.expects.model_copy(update={"rescaled": True})})
ADDRESS = "stat.example.org/sdg/en/data/5-2-1.csv"
BY_HAND = """country: KG
title: {en: 'Invented: by hand', ru: 'Придуманное: вручную'}
publisher: {en: Office of examples, ru: Ведомство примеров}
address: https://stat.example.org/
licence: CC-BY-4.0
citation: Invented figures
cadence: yearly
collection: inbox
precedence: 1
reader: delimited
reader_options: {value_columns: [n]}
files:
- {name: table}
concepts:
  indicator: {const: DV_VICTIMS}
  ref_area: {const: KG}
  time_period: {column: [year, stated_period]}
  sex: {column: sex}
"""


class Office:
    """A publisher, or people who bring files, and a data directory that is published from day to day."""

    def __init__(self, declared: Declarations, mirror: Mirror, folder: Path) -> None:
        (folder / "datasets").mkdir()
        (folder / "datasets" / "ex_by_hand.yaml").write_text(BY_HAND, encoding="utf-8")
        self.by_hand = load_datasets(folder / "datasets")["ex_by_hand"]
        self.declared, self.mirror, self.folder, self.data = declared, mirror, folder, folder / "data"
        self.published = 0
        self.first = mirror.content[ADDRESS]
        self.second = changed(
            self.first, lambda year, value: value + value % 5 + 1 if year > "2020" else value
        )

    def bring(self, text: str, name: str = "table.csv", **said: str) -> Path:
        """A file as a person adds it; gives its place in the inbox."""
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        stated = {key: said.get(key) for key in ("period", "published", "address")}
        return add(self.data / "inbox", self.by_hand, file, **stated)

    def refresh(self, dataset: Dataset | None = None, *, live: bool = False) -> Processed:
        """One refresh of the dataset that people bring, or of the portal, and its release."""
        result = process(
            self.declared, dataset or self.by_hand, self.data, self.mirror.address if live else ""
        )
        self.published += 1
        publish(self.declared, self.data, result, NOW + dt.timedelta(days=self.published))
        return result

    def live(self, content: bytes, dataset: Dataset = PORTAL) -> Processed:
        """A live refresh of the portal, which gives this content."""
        self.mirror.content[ADDRESS] = content
        return self.refresh(dataset, live=True)


@pytest.fixture(scope="module")
def running() -> Iterator[Mirror]:
    with Mirror() as mirror:
        yield mirror


@pytest.fixture
def office(declared: Declarations, running: Mirror, tmp_path: Path) -> Iterator[Office]:
    content = dict(running.content)
    yield Office(declared, running, tmp_path)
    running.content, running.etags = content, True


def changed(body: bytes, change: Callable[[str, int], int | None]) -> bytes:
    """The table of the portal with other values; a record whose value is None is left out."""
    head, *records = body.decode().splitlines()
    kept = [head]
    for record in records:
        *cells, value = record.split(",")
        new = change(cells[0], int(value))
        kept += [] if new is None else [",".join([*cells, str(new)])]
    return "".join(f"{line}\n" for line in kept).encode()


def table(*, more: int = 0, years: range | None = range(2018, 2024)) -> str:
    """What people bring: a column of years, or a table of one period that it does not print.

    ``more`` is a revision by about as much: one step through the whole table would be none.
    """
    if years is None:
        return f"sex,n\nF,{840 + more}\nM,{213 + more}\n"
    rows = [
        f"{sex},{y},{base + 7 * (y - 2018) + more + (more and (2023 - y) % 2)}"
        for sex, base in (("F", 840), ("M", 213))
        for y in years
    ]
    return "\n".join(["sex,year,n", *rows, ""])


def figure(result: Processed, year: str = "2023", area: str = "KG", sex: str = "F") -> float | None:
    rows = result.observations.to_pylist()
    found = [r["obs_value"] for r in rows if (r["time_period"], r["ref_area"], r["sex"]) == (year, area, sex)]
    return found[0] if found else None


def kinds(result: Processed, severity: str = "critical") -> set[str]:
    return {row["finding"] for row in result.findings if row["severity"] == severity}


# -- editions that come again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("etags", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_cache_that_gives_the_file_before_changes_nothing(office: Office, etags: bool) -> None:
    office.mirror.etags = etags
    office.live(office.first)
    second = office.live(office.second)
    for _ in range(2):
        again = office.live(office.first)
        assert again.state == "held" and "older_file_again" in kinds(again)
        assert figure(again) == figure(second) != figure(office.live(office.second), "2022")
    good = office.live(office.second)
    assert good.state == "fresh" and not good.findings
    third = office.live(changed(office.second, lambda _, value: value + value % 3))
    assert third.state == "fresh" and figure(third) != figure(second)


def lines_turned_round(body: bytes) -> bytes:
    head, *lines = body.splitlines(keepends=True)
    return b"".join([head, *reversed(lines)])


def test_a_copy_of_the_file_before_is_known_by_its_figures(office: Office) -> None:
    first = office.live(office.first)
    second = office.live(office.second)
    for _ in range(2):
        again = office.live(lines_turned_round(office.first))
        assert again.state == "held" and "figures_went_back" in kinds(again)
        assert figure(again) == figure(second)
    back = office.live(lines_turned_round(office.first), MEANT)
    assert back.state == "fresh" and figure(back) == figure(first)
    assert "figures_went_back" in kinds(back, "warning")


def test_what_may_be_no_older_edition_goes_back_with_a_word(office: Office) -> None:
    """A slip that is mended, and a revision that is taken back in a file with a new year."""
    first = office.live(office.first)
    place = office.first.decode().splitlines()[-1]
    slip = ",".join([*place.split(",")[:-1], str(int(place.split(",")[-1]) + 1)])
    office.live(office.first.replace(place.encode(), slip.encode()))
    mended = office.live(lines_turned_round(office.first))
    office.live(office.second)
    last = [line for line in office.first.decode().splitlines() if line.startswith("2024")]
    grown = [
        [*cells[1:-1], str(int(cells[-1]) * 103 // 100 + 1)] for cells in (line.split(",") for line in last)
    ]
    newer = office.live(office.first + "".join(f"2025,{','.join(cells)}\n" for cells in grown).encode())
    for result in (mended, newer):
        assert result.state == "fresh" and figure(result) == figure(first)
        assert "figures_went_back" in kinds(result, "warning")


def without_releases(office: Office) -> None:
    shutil.rmtree(office.data / "releases")
    (office.data / "latest").unlink()


def tenfold(body: bytes) -> bytes:
    return changed(body, lambda _, value: value * 10)


def test_what_was_held_is_not_published_where_all_releases_are_lost(office: Office) -> None:
    first = office.live(office.first)
    assert office.live(tenfold(office.first)).state == "held"
    without_releases(office)
    for _ in range(2):
        again = office.refresh(PORTAL)
        assert again.state == "held" and "series_rescaled" in kinds(again) and figure(again) == figure(first)
    without_releases(office)
    kept = next(
        f for f in DataDirectory(office.data).archive.files(PORTAL.id) if f.last.size == len(office.first)
    )
    Path(kept.path).unlink()
    alone = office.refresh(PORTAL)
    assert alone.state == "held" and "held_before" in kinds(alone) and not alone.observations.num_rows
    assert figure(office.refresh(MEANT)) == 10 * (figure(first) or 0)


def test_what_was_held_and_accepted_later_is_published_where_all_releases_are_lost(office: Office) -> None:
    first = office.live(office.first)
    office.live(tenfold(office.first))
    assert office.refresh(MEANT).state == "fresh"
    without_releases(office)
    again = office.refresh(PORTAL)
    assert again.state == "fresh" and figure(again) == 10 * (figure(first) or 0)


def test_what_is_published_is_no_older_edition_than_an_answer_that_was_held(office: Office) -> None:
    first = office.live(office.first)
    half = office.live(b"".join(office.first.splitlines(keepends=True)[:60]))
    assert half.state == "held"
    for _ in range(2):
        good = office.live(office.first)
        assert good.state == "fresh" and not good.findings and figure(good) == figure(first)


def test_the_file_before_counts_where_a_person_brings_it_with_its_date(office: Office) -> None:
    first = office.live(office.first)
    office.live(office.second)
    office.live(office.first)
    archive = DataDirectory(office.data).archive
    assert archive.held(PORTAL.id)
    file = office.folder / "5-2-1.csv"
    file.write_bytes(office.first)
    add(office.data / "inbox", PORTAL, file, period=None, published="2026-11-20", address=None)
    meant = office.refresh(PORTAL)
    assert meant.state == "fresh" and figure(meant) == figure(first) and not archive.held(PORTAL.id)


@pytest.mark.parametrize("etags", [True, False])
def test_a_portal_that_has_not_changed_does_not_replace_what_a_person_added_since(
    office: Office, etags: bool
) -> None:
    office.mirror.etags = etags
    first = office.live(office.first)
    file = office.folder / "5-2-1.csv"
    file.write_bytes(office.second)
    add(office.data / "inbox", PORTAL, file, period=None, published=None, address=None)
    added = office.live(office.first)
    assert added.state == "fresh" and figure(added) != figure(first)
    assert figure(office.live(office.first)) == figure(added)


def test_an_edition_that_was_replaced_is_not_added_again_without_its_date(office: Office) -> None:
    office.bring(table())
    office.refresh()
    office.bring(table(more=3))
    assert figure(office.refresh()) == 840 + 35 + 3
    office.bring(table())
    again = office.refresh()
    assert again.state == "held" and figure(again) == 878 and "older_file_again" in kinds(again)
    office.bring(table(), published="2026-11-26")
    assert figure(office.refresh()) == 875


@pytest.mark.parametrize(
    ("dates", "in_use"),
    [
        (("2024-06-01", "2024-01-01"), 878),
        (("2024-06-01", "2023"), 878),
        (("2024-01-01", "2024-06-01"), 875),
        (("2024", "2024-03"), 875),
    ],
)
def test_the_edition_of_the_later_date_is_in_use(office: Office, dates: tuple[str, str], in_use: int) -> None:
    office.bring(table(more=3), published=dates[0])
    office.refresh()
    office.bring(table(), published=dates[1])
    result = office.refresh()
    assert figure(result) == in_use and result.state == "fresh"
    assert kinds(result, "warning") == ({"older_edition"} if in_use == 878 else set())


def test_what_was_read_and_never_published_is_still_to_be_done(
    office: Office, declared: Declarations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh that is killed, or blocked by a check, between reading a file and publishing it: not "nothing new"."""

    def planned() -> list[str]:
        with monkeypatch.context() as patch:
            patch.setattr(declared, "datasets", {office.by_hand.id: office.by_hand})
            context = Context(DataDirectory(office.data), declared, NOW)
            return make_plan(context, live=False, only=()).datasets

    office.bring(table())
    office.refresh()
    assert planned() == []
    office.bring(table(more=3))
    assert figure(process(declared, office.by_hand, office.data)) == 878
    assert planned() == [office.by_hand.id]
    assert figure(office.refresh()) == 878 and planned() == []


# -- archives that were restored or joined ---------------------------------------------------------------------------


@pytest.mark.parametrize("new_year", [False, True])
def test_an_archive_restored_from_before_the_release_changes_nothing(office: Office, new_year: bool) -> None:
    without = changed(office.first, lambda year, value: None if year == "2024" else value)
    office.live(without if new_year else office.first)
    shutil.copytree(office.data / "raw", office.folder / "backup")
    newer = office.live(office.first if new_year else office.second)
    shutil.rmtree(office.data / "raw")
    (office.folder / "backup").rename(office.data / "raw")
    restored = office.refresh(PORTAL)
    assert restored.state == "held" and restored.observations.num_rows == newer.observations.num_rows
    assert figure(restored) == figure(newer)
    again = office.live(office.first if new_year else office.second)
    assert again.state == "fresh" and figure(again) == figure(newer)


def test_a_stored_file_that_was_lost_is_not_replaced_by_the_one_before(office: Office) -> None:
    office.live(office.first)
    newer = office.live(office.second)
    (lost,) = {row["raw_sha256"] for row in newer.observations.to_pylist() if row["time_period"] == "2024"}
    for path in (office.data / "raw" / PORTAL.id).glob(f"{lost}*"):
        path.unlink()
    result = office.refresh(PORTAL)
    assert result.state == "held" and figure(result) == figure(newer)


def test_two_archives_in_one_folder_keep_the_order_in_which_files_came(
    office: Office, declared: Declarations, tmp_path: Path
) -> None:
    """The log is that of the archive that was there; the other's files come with their own receipts only."""
    office.live(office.first)
    (tmp_path / "other").mkdir()
    other = Office(declared, office.mirror, tmp_path / "other")
    newer = other.live(office.second)
    for path in (other.data / "raw" / PORTAL.id).iterdir():
        target = office.data / "raw" / PORTAL.id / path.name
        if not target.exists():
            shutil.copy2(path, target)
    joined = office.refresh(PORTAL)
    assert joined.state == "fresh" and figure(joined) == figure(newer)


# -- what a person said of a file ------------------------------------------------------------------------------------


def test_one_file_is_not_of_two_periods(office: Office) -> None:
    office.bring(table(years=None), period="2022")
    office.refresh()
    office.bring(table(years=None), period="2023")
    both = office.refresh()
    assert both.state == "held" and "stated_otherwise" in kinds(both)
    assert (figure(both, "2022"), figure(both, "2023")) == (840, None)
    # The right file of the other period comes; then the first one once more as what it is.
    office.bring(table(years=None, more=11), period="2023")
    office.bring(table(years=None), period="2022")
    mended = office.refresh()
    assert mended.state == "fresh" and (figure(mended, "2022"), figure(mended, "2023")) == (840, 851)


def test_one_file_of_two_periods_at_once_gives_nothing(office: Office) -> None:
    office.bring(table(years=None), period="2022")
    office.bring(table(years=None), period="2023")
    assert office.refresh().state == "failed"
    office.bring(table(years=None), name="renamed_codes.csv", period="2023")
    assert figure(office.refresh(), "2023") == 840


@pytest.mark.parametrize("text", ["yesterday", "", None, "2026-13-45"])
def test_a_note_needs_a_time_of_receipt(office: Office, text: str | None) -> None:
    path = office.bring(table())
    note = path.with_name(f"{path.name}{NOTE}")
    note.write_text(
        json.dumps({**json.loads(note.read_text("utf-8")), "received_at": text}), encoding="utf-8"
    )
    assert "received_at is no time" in str(office.refresh().pulled.problems[0])


def test_a_time_of_receipt_of_another_zone_is_kept_in_utc(office: Office) -> None:
    path = office.bring(table())
    note = path.with_name(f"{path.name}{NOTE}")
    said = {**json.loads(note.read_text("utf-8")), "received_at": "2026-01-05T03:00:00+05:00"}
    note.write_text(json.dumps(said), encoding="utf-8")
    assert office.refresh().observations["retrieved_at"][0].as_py() == dt.datetime(2026, 1, 4, 22)


# -- what was declared -----------------------------------------------------------------------------------------------


def test_what_was_stored_before_a_dataset_was_restricted_is_closed_to_others(office: Office) -> None:
    office.bring(table())
    office.refresh()
    folders = [office.data / name / office.by_hand.id for name in ("raw", "inbox")]
    assert all(folder.stat().st_mode & 0o055 for folder in folders)
    process(office.declared, office.by_hand.model_copy(update={"restricted": True}), office.data)
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700, 0o700]


def test_small_counts_published_before_a_dataset_was_restricted_are_said(office: Office) -> None:
    men = {(str(year), make.figure("KG-T", "M", year)) for year in (2022, 2023, 2024)}
    small = changed(
        office.first, lambda year, value: (value if year < "2024" else 2) if (year, value) in men else None
    )
    assert not kinds(office.live(small), "warning")
    later = office.live(small, PORTAL.model_copy(update={"restricted": True}))
    said = [row["detail"] for row in later.findings if row["finding"] == "published_before"]
    assert said == ["1 values"]


def test_what_was_withdrawn_and_comes_back_is_said(office: Office) -> None:
    withdrawn = PORTAL.model_copy(update={"withdrawn": (Withdrawn(year="2024"),)})
    office.live(office.first)
    less = changed(office.first, lambda year, value: None if year == "2024" else value)
    assert office.live(less, withdrawn).state == "fresh"
    cached = office.live(office.first, withdrawn)
    assert cached.state == "held" and figure(cached, "2024") is None
    back = office.live(office.second, withdrawn)
    assert back.state == "fresh" and figure(back, "2024") and "withdrawn_again" in kinds(back, "warning")
    assert not office.live(office.second, withdrawn).findings


@pytest.mark.parametrize(("sign", "said"), [("999", True), ("9999", False)])
def test_a_number_that_is_declared_a_sign_and_may_be_a_figure_is_said(
    office: Office, sign: str, said: bool
) -> None:
    dataset = PORTAL.model_copy(update={"numbers": Numbers(symbols={sign: "O"})})
    spoilt = changed(
        office.first, lambda year, value: int(sign) if year == "2024" and value == 1332 else value
    )
    result = office.live(spoilt, dataset)
    assert figure(result, "2024", sex="_T") is None
    assert kinds(result, "warning") == ({"sign_among_figures"} if said else set())
