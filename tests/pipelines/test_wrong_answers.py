"""Answers that are whole but wrong: nothing published changes, and the next good answer is as the first.

A good state is published; then a fault comes. The dataset has to be held or stale with a sentence, and no published row
may differ. Beside the faults there are changes that are none: they must be published.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from tests.fixtures import make
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import NOW, Processed, process, publish, published_rows
from tests.pipelines.changed_bytes import HARMLESS, SPOILT
from tests.pipelines.mirror_faults import CASES
from tests.share_of_cases import portion, slow

DATASETS = load_datasets(HERE / "datasets")
SAID = ["obs_key", "obs_value", "obs_lower", "obs_upper", "obs_status", "published_value"]


@pytest.fixture(scope="module")
def running() -> Iterator[Mirror]:
    with Mirror() as mirror:
        yield mirror


@pytest.fixture
def publisher(running: Mirror) -> Iterator[Mirror]:
    """The mirror without faults."""
    content = dict(running.content)
    yield running
    running.faults, running.content = [], content


@pytest.fixture(scope="module")
def published(
    declared: Declarations, running: Mirror, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """A data directory with a release of a dataset, made once."""
    made: dict[str, Path] = {}

    def give(name: str) -> Path:
        if name not in made:
            data = tmp_path_factory.mktemp(name) / "data"
            first = process(declared, DATASETS[name], data, running.address)
            assert first.state == "fresh" and first.observations.num_rows and not first.quarantine.num_rows
            publish(declared, data, first, NOW)
            made[name] = data
        return made[name]

    return give


def said(rows: pa.Table) -> list[dict[str, object]]:
    """What readers see of observations, in order."""
    found: list[dict[str, object]] = rows.select(SAID).sort_by("obs_key").to_pylist()
    return found


def assert_nothing_changes(
    declared: Declarations, dataset: Dataset, data: Path, fault: Callable[[], str], mend: Callable[[], str]
) -> Processed:
    """``fault`` and ``mend`` give the mirror's address after they changed it."""
    truth = said(published_rows(declared, data, dataset))
    result = process(declared, dataset, data, fault())
    assert said(result.observations) == truth, "a published row differs"
    assert result.state in ("held", "stale")
    assert any(row["severity"] in ("critical", "warning") and row["reason_en"] for row in result.findings)
    again = process(declared, dataset, data, mend())
    assert said(again.observations) == truth and again.state == "fresh", (
        "the next good answer is not as the first"
    )
    return result


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_wrong_answer_changes_nothing(
    declared: Declarations,
    publisher: Mirror,
    published: Callable[[str], Path],
    tmp_path: Path,
    name: str,
    fault: str,
) -> None:
    shutil.copytree(published(name), tmp_path / "data", symlinks=True)

    def spoil() -> str:
        publisher.faults = [fault]
        return publisher.address

    def mend() -> str:
        publisher.faults = []
        return publisher.address

    assert_nothing_changes(declared, DATASETS[name], tmp_path / "data", spoil, mend)


# -- the same in every format: another table in the publisher's own shape ------------------------------------------


def rewritten(publisher: Mirror, name: str) -> None:
    """The files of a dataset, written anew from the table as it is now."""
    for place, _, _, write in make.FILES:
        if any(
            file.address == make.HOST + place or place.startswith(f"{file.address.removeprefix(make.HOST)}&")
            for file in DATASETS[name].files
        ):
            publisher.content[f"{make.HOST.partition('://')[2]}{place}"] = write()


figure = make.figure


def changed_figures(change: str) -> Callable[[str, str, int], int]:
    """The table with a change in it."""

    def whole(area: str, sex: str, year: int) -> int:
        if change == "sexes exchanged":
            sex = {"F": "M", "M": "F"}.get(sex, sex)
        if change == "years one off":
            year -= 1
        value = figure(area, sex, year)
        if change == "zeros of a new year" and year == 2025:
            return 0
        if change == "thousands of the last year":
            return value * 1000 if year == 2024 else value
        if change == "revised":
            return value + (year * len(area + sex) + value) % 17 if year > 2017 else value
        factor = {"ten": 10, "twelve": 12, "half": 0.5, "seven": 7}.get(change, 1)
        return round(value * factor)

    return whole


BAD = (
    "thousands of the last year",
    "no year",
    "ten",
    "no area",
    "twelve",
    "half",
    "seven",
    "years one off",
    "zeros of a new year",
)
GOOD = ("revised", "year more", "area more")
ONE_AREA = ("ex_open_sdg_json", "ex_open_sdg_units", "ex_pdf")


def rotated(changes: tuple[str, ...], each: int) -> list[tuple[str, str]]:
    """Some changes for each format, so that all of them meet several formats in a short time."""
    return [
        (name, changes[(number + step) % len(changes)])
        for number, name in enumerate(DATASETS)
        for step in range(each)
        if not ("area" in changes[(number + step) % len(changes)] and name in ONE_AREA)
        # A fourth page is not served.
        and not (
            any(word in changes[(number + step) % len(changes)] for word in ("more", "new year"))
            and name == "ex_paged"
        )
    ]


def quick(cases: list[tuple[str, str]]) -> list[Any]:
    """Each change in the first format that has it; in the others, whose cells are the same, for ``make test-slow``."""
    first = {change: name for name, change in reversed(cases)}
    return [
        case
        for name, change in cases
        for case in ([(name, change)] if first[change] == name else slow([(name, change)]))
    ]


def apply(monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    monkeypatch.setattr(make, "figure", changed_figures(change))
    more = range(2016, 2026)
    years = {
        "no year": [*range(2016, 2019), *range(2020, 2025)],
        "year more": more,
        "zeros of a new year": more,
    }
    monkeypatch.setattr(make, "YEARS", years.get(change, make.YEARS))
    areas = dict(make.AREAS)
    names = dict(make.NAMES)
    if change == "no area":
        del areas["KG-T"]
    if change == "area more":
        areas["KG-N"], names["KG-N"] = 120, "Нарынская область"
    monkeypatch.setattr(make, "AREAS", areas)
    monkeypatch.setattr(make, "NAMES", names)


BADLY = portion(quick(rotated(BAD, 1)), [case for case in rotated(BAD, 2) if case not in rotated(BAD, 1)])
# Women's figures in the men's column: every file is whole, every label known.
EXCHANGED = [
    (name, "sexes exchanged")
    for name in portion(["ex_open_sdg", "ex_workbook"], ["ex_semicolon", "ex_sdmx_csv"])
]


@pytest.mark.parametrize(("name", "change"), [*BADLY, *EXCHANGED])
def test_a_wrong_table_changes_nothing_in_any_format(
    declared: Declarations,
    publisher: Mirror,
    published: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    change: str,
) -> None:
    shutil.copytree(published(name), tmp_path / "data", symlinks=True)

    def spoil() -> str:
        with monkeypatch.context() as patch:
            apply(patch, change)
            rewritten(publisher, name)
        return publisher.address

    def mend() -> str:
        rewritten(publisher, name)
        return publisher.address

    assert_nothing_changes(declared, DATASETS[name], tmp_path / "data", spoil, mend)


@pytest.mark.parametrize(("exchanged", "finding"), [(False, "same_answer_twice"), (True, "values_exchanged")])
def test_one_answer_at_two_addresses_changes_nothing(
    declared: Declarations,
    publisher: Mirror,
    published: Callable[[str], Path],
    tmp_path: Path,
    exchanged: bool,
    finding: str,
) -> None:
    """Everybody's figures at the address of the women's file, as a mixed-up cache gives them, or the two exchanged."""
    shutil.copytree(published("ex_by_sex"), tmp_path / "data", symlinks=True)
    total, women = "stat.example.org/ddf/total.csv", "stat.example.org/ddf/women.csv"
    own, everybody = publisher.content[women], publisher.content[total]

    def spoil() -> str:
        publisher.content |= {women: everybody, total: own if exchanged else everybody}
        return publisher.address

    def mend() -> str:
        publisher.content |= {women: own, total: everybody}
        return publisher.address

    result = assert_nothing_changes(declared, DATASETS["ex_by_sex"], tmp_path / "data", spoil, mend)
    assert finding in {row["finding"] for row in result.findings}


VICTIMS = "stat.example.org/sdg/en/data/5-2-1.csv"


@pytest.mark.parametrize("change", [*SPOILT, *HARMLESS])
def test_bytes_that_were_changed_on_the_way(
    declared: Declarations, publisher: Mirror, published: Callable[[str], Path], tmp_path: Path, change: str
) -> None:
    data, own, dataset = tmp_path / "data", publisher.content[VICTIMS], DATASETS["ex_open_sdg"]
    shutil.copytree(published("ex_open_sdg"), data, symlinks=True)

    def spoil() -> str:
        publisher.content[VICTIMS] = {**SPOILT, **HARMLESS}[change](own)
        return publisher.address

    def mend() -> str:
        publisher.content[VICTIMS] = own
        return publisher.address

    if change in SPOILT:
        assert_nothing_changes(declared, dataset, data, spoil, mend)
        return
    before = published_rows(declared, data, dataset).select(["obs_key", "obs_value"]).sort_by("obs_key")
    result = process(declared, dataset, data, spoil())
    assert result.state == "fresh", result.findings
    assert result.observations.select(["obs_key", "obs_value"]).sort_by("obs_key").equals(before)


@pytest.mark.parametrize(("name", "change"), quick(rotated(GOOD, 1)))
def test_an_ordinary_change_is_published(
    declared: Declarations,
    publisher: Mirror,
    published: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    change: str,
) -> None:
    data = tmp_path / "data"
    shutil.copytree(published(name), data, symlinks=True)
    before = said(published_rows(declared, data, DATASETS[name]))
    with monkeypatch.context() as patch:
        apply(patch, change)
        rewritten(publisher, name)
    result = process(declared, DATASETS[name], data, publisher.address)
    assert result.state == "fresh", result.findings
    assert said(result.observations) != before and len(said(result.observations)) >= len(before)


def test_rates_may_be_rebased_and_small_counts_revised(
    declared: Declarations, publisher: Mirror, tmp_path: Path
) -> None:
    # Per cent of a base that was counted anew: all by one factor, which a count never moves by.
    dataset = DATASETS["ex_open_sdg_units"]
    address = "stat.example.org/sdg/en/data/5-2-2.csv"
    head = "Year,Units,Value\n"
    old = "".join(f"{y},Number,{3 + y % 4}\n{y},Percentage,{12.5 + y % 7}\n" for y in make.YEARS)
    new = "".join(f"{y},Number,{4 + y % 4}\n{y},Percentage,{(12.5 + y % 7) * 1.08:.4f}\n" for y in make.YEARS)
    half = "".join(f"{y},Number,{3 + y % 4}\n{y},Percentage,{(12.5 + y % 7) / 2}\n" for y in make.YEARS)
    publisher.content[address] = (head + old).encode()
    publish(declared, tmp_path, process(declared, dataset, tmp_path, publisher.address), NOW)
    publisher.content[address] = (head + half).encode()
    assert process(declared, dataset, tmp_path, publisher.address).state == "held"
    publisher.content[address] = (head + new).encode()
    result = process(declared, dataset, tmp_path, publisher.address)
    assert result.state == "fresh", result.findings
    history = publish(declared, tmp_path, result, NOW + dt.timedelta(days=1))
    assert history.num_rows == 36


# -- publishers' own files, where they are at hand -------------------------------------------------------------------

REAL = {
    "kg_victims": ("renamecol:SEX=Gender", "doublecol:Value=7", "droprows:2019"),
    "de_sdg_5_2_1": ("renamecol:Units=Unit", "doublecol:Value=7", "droprows:2020"),
    "un_ddf_2020": ("renamecol:nature=kind", "doublecol:year=2015", "droprows:2016"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", portion(["kg_victims"], list(REAL)))
def test_the_eight_faults_on_a_publishers_own_files(
    declared: Declarations, mirror: Callable[..., str], tmp_path: Path, name: str
) -> None:
    dataset, data = declared.datasets[name], tmp_path / "data"
    quiet = mirror()
    publish(declared, data, process(declared, dataset, data, quiet), NOW)
    for fault in (*REAL[name], "gzipcut", "cutlines:0.6", "scale:1000", "errorrow"):
        truth = said(published_rows(declared, data, dataset))
        spoilt = process(declared, dataset, data, mirror(f"{fault}@1"))
        assert said(spoilt.observations) == truth, fault
        # A fault that does not touch these files leaves them fresh.
        untouched = name == "un_ddf_2020" and fault == "scale:1000"
        assert untouched or spoilt.state in ("held", "stale"), fault
        again = process(declared, dataset, data, quiet)
        assert said(again.observations) == truth and again.state == "fresh", fault
