"""Published figures that were read and not entered: each says why, and no figure that was found is forgotten.

The list of figures found in 2026 is no part of the repository; the test that needs it is skipped without it.
"""

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data_contracts.load import contract
from data_contracts.strict_files import load_csv
from sources.bundled_registers import load_register
from sources.dataset import BUNDLED
from transforms.parse import read_numbers

HEADER = ("area", "start", "end", "value", "what", "address", "reason")
FOLDER = BUNDLED / "not_entered"
FILES = sorted(FOLDER.glob("*.csv"))
FOUND = Path(__file__).resolve().parents[3] / "shared" / "sources" / "new_figures.csv"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_names_a_figure_its_page_and_the_reason(path: Path) -> None:
    areas = {area["code"] for area in contract().areas}
    seen = set()
    for row in load_csv(path, HEADER):
        assert set(row["area"].split(" and ")) <= areas, row.error(f"{row['area']!r} is no area")
        assert re.search(r"[0-9]", row["value"]), row.error("value holds no figure")
        assert urlsplit(row["address"]).scheme in ("http", "https"), row.error("address is no web address")
        assert row["what"].strip() and len(row["reason"]) > 15, row.error("what or reason is missing")
        key = tuple(row[name] for name in ("area", "start", "value", "what", "address"))
        assert key not in seen, row.error("the figure is listed twice")
        seen.add(key)


def readings(text: str) -> set[float]:
    """What the first number may mean: ``13.700`` is 13700 or 13.7, ``28,6`` only 28.6, ``12 млн`` 12000000."""
    text = {"Yes": "1", "No": "0"}.get(text.split(" ")[0], text)
    parsed = {read_numbers.parse(text, decimal=mark).value for mark in (None, ".", ",", "grouped")}
    number = re.search(r"[0-9]+(?:[., \u00a0\u202f][0-9]+)*", text)
    if number is None:
        return {value for value in parsed if value is not None}
    written = re.sub(r"[ \u00a0\u202f]", "", number[0])
    found = {value for value in parsed if value is not None}
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
    entered: dict[tuple[str, float], list[tuple[str, str]]] = {}
    for path in sorted((BUNDLED / "figures").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                for number in readings(row["figure"]):
                    place = (addresses[row["source"]], row["period"][:4])
                    entered.setdefault((row["area"][:2], number), []).append(place)
    listed = {
        (r["address"], n) for path in FILES for r in load_csv(path, HEADER) for n in readings(r["value"])
    }
    with FOUND.open(encoding="utf-8", newline="") as handle:
        found = [row for row in csv.DictReader(handle) if list_of(row) in FILES]
    assert len(found) > 100
    forgotten = [
        (row["area"], row["value"], row["what"])
        for row in found
        if not any(
            (row["address"], number) in listed
            or any(
                address.startswith(row["address"]) or year == row["start"][:4]
                for address, year in entered.get((row["area"][:2], number), [])
            )
            for number in readings(row["value"])
        )
    ]
    assert not forgotten
