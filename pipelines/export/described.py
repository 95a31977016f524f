"""What a catalogue or portal says about an export as a whole: words, places, time, publishers, licences.

Not here: how each writes it down (``catalogue``, ``hdx``, ``zenodo``, ``ckan``). Called by those modules.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data_contracts import datapackage
from data_contracts.model import Text
from pipelines.export.selection import COMPILATION, CSV_COLUMNS, Export, ExportedFile, copy_csv
from pipelines.release.citation import TITLE
from sources.load_datasets import load_licences

DESCRIPTION = Text(
    "Published official figures on domestic violence and the response to it in Kazakhstan, Kyrgyzstan, Tajikistan and "
    "Uzbekistan, with laws, services and gaps, each figure with its source. Rows of some publishers carry stricter "
    "licences, named per row.",
    "Опубликованные официальные данные о домашнем насилии и реагировании на него в Казахстане, Кыргызстане, "
    "Таджикистане и Узбекистане, с законами, службами и пробелами, каждое число с источником. У строк некоторых "
    "издателей лицензия строже, она указана в строке.",
)
KEYWORDS = Text(
    "domestic violence; protection orders; official statistics; Central Asia",
    "домашнее насилие; защитные предписания; официальная статистика; Центральная Азия",
)
# For those who see one table on a portal and nothing of the codebook.
CAVEATS = (
    "Figures of different countries, and of one country before and after a change of law or register, often count "
    "different things: calls, complaints, cases, persons, orders. Each row names its counting unit, subject and scope; "
    "compare only what these allow. Where no figure is given, nothing was published: it is not zero. Figures of "
    "recorded cases say as much about reporting and registration as about violence."
)
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Described:
    """An export as a whole. ``countries``: ISO 3166 alpha-3 code -> English name; ``start``, ``end``: first, last day.

    ``located``: alpha-3 codes of the countries that the export is about, without those that are only compared with.
    """

    name: str
    title: str
    countries: Mapping[str, str]
    located: tuple[str, ...]
    start: dt.date
    end: dt.date
    publishers: tuple[str, ...]
    based_on: tuple[str, ...]
    licences: tuple[str, ...]
    all_open: bool


def describe(job: Export) -> Described:
    """The rows of an export in the words of a portal."""
    start, end, all_open = job.rows(
        "SELECT min(period_start), max(period_end), bool_and(open_licence) FROM export_rows"
    )[0]
    places = job.rows(
        """SELECT c.alpha3, c.name_en, c.comparator FROM areas c
        WHERE c.code IN (SELECT country FROM export_rows) ORDER BY c.code"""
    )
    words = job.filters.words()
    return Described(
        name=_name(words),
        title=f"{TITLE.en} ({', '.join(words)})" if words else TITLE.en,
        countries={alpha3: name for alpha3, name, _ in places},
        located=tuple(alpha3 for alpha3, _, comparator in places if not comparator or len(places) == 1),
        start=start,
        end=end,
        publishers=job.codes(
            "SELECT source_publisher FROM export_rows GROUP BY ALL ORDER BY count(*) DESC, source_publisher"
        ),
        based_on=job.codes(
            """SELECT DISTINCT d.address FROM datasets d WHERE d.dataset_id IN (SELECT dataset_id FROM export_rows)
            AND d.address LIKE 'http%' ORDER BY ALL"""
        ),
        licences=job.licences(),
        all_open=all_open,
    )


def _name(words: list[str]) -> str:
    """An address of a portal: lower case, at most a hundred characters, another selection has another."""
    name = re.sub(r"[^a-z0-9]+", "-", " ".join([datapackage.NAME, *words]).lower()).strip("-")
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def licence_words(about: Described) -> str:
    """The licences of the rows in a sentence each."""
    known = load_licences()
    own = datapackage.COMPILATION_LICENCE
    lines = [f"The compilation: {own['title']} ({own['path']}). Each row keeps the terms of its publisher:"]
    for code in about.licences:
        licence = known.get(code)
        lines.append(f"{code}: {licence.title} ({licence.address})" if licence else code)
    return "\n".join(lines)


def observations_csv(job: Export, folder: str, about: Described) -> ExportedFile:
    """The observations with the words of their codes, as ``observations.csv`` in the folder of a portal."""
    table = job.contract.tables["observations"]
    query = f"SELECT {CSV_COLUMNS} FROM export_rows"
    path = copy_csv(job, query, table.order, job.folder / folder / "observations.csv")
    file = ExportedFile(path, table.title, "text/csv", "CSV", about.licences)
    job.wrote(file)
    return file


def write_described(job: Export, name: str, value: Any, title: Text) -> None:
    """A description as JSON."""
    path = job.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    job.wrote(ExportedFile(path, title, "application/json", "JSON", (COMPILATION,)))
