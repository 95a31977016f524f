"""Published figures that were read and not entered: each says why, and no figure that was found is forgotten.

The list of figures found in 2026 is no part of the repository; the test that needs it is skipped without it.
"""

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data_contracts.load import load_contract
from data_contracts.strict_files import Row, load_csv
from sources.dataset import BUNDLED
from sources.registers import load_register

HEADER = ("area", "start", "end", "value", "what", "address", "reason")
FOLDER = BUNDLED / "not_entered"
FILES = sorted(FOLDER.glob("*.csv"))
FOUND = Path(__file__).resolve().parents[3] / "shared" / "sources" / "new_figures.csv"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_names_a_figure_its_page_and_the_reason(path: Path) -> None:
    areas = {area["code"] for area in load_contract().areas}
    seen = set()
    for row in load_csv(path, HEADER):
        assert row["area"] in areas, row.error(f"{row['area']!r} is no area")
        assert re.search(r"[0-9]", row["value"]), row.error("value holds no figure")
        assert urlsplit(row["address"]).scheme in ("http", "https"), row.error("address is no web address")
        assert row["what"].strip() and len(row["reason"]) > 15, row.error("what or reason is missing")
        key = tuple(row[name] for name in ("area", "start", "value", "what", "address"))
        assert key not in seen, row.error("the figure is listed twice")
        seen.add(key)


def readings(text: str) -> set[float]:
    """What the first number may mean: ``13.700`` is 13700 or 13.7, ``28,6`` only 28.6, an answer 1 or 0."""
    text = {"Yes": "1", "No": "0"}.get(text.split(" ")[0], text)
    number = re.search(r"[0-9]+(?:[., \u00a0\u202f][0-9]+)*", text)
    if number is None:
        return set()
    written = re.sub(r"[ \u00a0\u202f]", "", number[0])
    found = set()
    if re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:[.,][0-9]{3})+", written):
        found.add(float(re.sub(r"[.,]", "", written)))
    if len(re.findall(r"[.,]", written)) == 1:
        found.add(float(written.replace(",", ".")))
    return found


def list_of(row: dict[str, str]) -> Path:
    """The file in which a found figure is listed if it is not entered."""
    name = "intl" if "raw.githubusercontent.com" in row["address"] else row["area"][:2].lower()
    return FOLDER / f"{name}.csv"


def test_every_figure_that_was_found_is_entered_or_listed() -> None:
    if not FOUND.is_file():
        pytest.skip(f"the figures found in 2026 are not at {FOUND}")
    addresses = {entry["source"]: entry["address"] for entry in load_register("publications")}
    entered: list[dict[str, str]] = []
    for path in sorted((BUNDLED / "figures").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            entered += [{**row, "address": addresses[row["source"]]} for row in csv.DictReader(handle)]
    listed: list[Row] = [row for path in FILES for row in load_csv(path, HEADER)]
    with FOUND.open(encoding="utf-8", newline="") as handle:
        found = [row for row in csv.DictReader(handle) if list_of(row) in FILES]
    assert len(found) > 100
    forgotten = [
        row
        for row in found
        if not any(
            readings(row["value"]) & readings(figure["figure"])
            and row["area"][:2] == figure["area"][:2]
            and (figure["address"].startswith(row["address"]) or row["start"][:4] == figure["period"][:4])
            for figure in entered
        )
        and not any(
            readings(row["value"]) & readings(other["value"]) and row["address"] == other["address"]
            for other in listed
        )
    ]
    assert not forgotten, [(row["area"], row["value"], row["what"]) for row in forgotten]
