"""SIAT JSON of the statistics agency of Uzbekistan: an indicator's data with its metadata.

::

    [{"metadata": [{"name_en": "Unit of measurement", "value_en": "thousand people",
                    "name_ru": ..., "value_ru": ..., "name_uz": ..., "name_uzc": ...}, ...],
      "data": [{"Code": "1700", "Klassifikator": "O‘zbekiston Respublikasi", "Klassifikator_ru": "...",
                "Klassifikator_en": "...", "Klassifikator_uzc": "...", "2010": 107.7, "2016-Q1": 106.2}]}]

A value is any key of a row that is a period: ``2010``, ``2016-Q1``, ``2021-M01``, ``2024-М01`` (the М of
some files is Cyrillic); the column ``period`` keeps it as published. ``Code`` and ``Klassifikator…`` are the
dimensions. Any other key is an error. Numbers are the literal text of the file, null stays null.
Locators: ``/0/data/3/2021``.

The table's metadata carries each record of the file's ``metadata`` under its English label (``Unit of
measurement``, ``Last modified date``; a label that repeats becomes ``Note (2)``), and all of them in all
languages and in order as JSON under ``records``. In all languages, too, the names of the data are ``title``, the words
of the unit ``unit``, and what the other records say are lines below a table (``_remarks``). Records about an official
(name, telephone, e-mail) are dropped, and addresses within other texts removed. Options: ``encoding``.

Not here: other JSON (``json_table``), numbers and places in JSON (``json_text``). Read through ``protocol``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from data_contracts.strict_files import did_you_mean, nearest
from sources.cells import LOCATOR, REMARKS, VALUE, Options, ReadError
from sources.readers.json_text import MISSING, expect_list, expect_object, load, scalar
from sources.readers.json_text import pointer as place_of
from sources.readers.options import TextOptions
from sources.readers.text import EMAIL, text_table, unique_names

PERIOD = "period"
_PERIOD = re.compile(r"[0-9]{4}(-Q[1-4]|-[M\u041c](0[1-9]|1[0-2]))?")
_DIMENSION = re.compile(r"Code|Klassifikator(_[a-z]+)?")
# What the publisher calls the dimensions, for a key that is spelt nearly so.
_DIMENSIONS = ("Code", *(f"Klassifikator{language}" for language in ("", "_ru", "_en", "_uzc")))
_UNIT_LABEL = re.compile(r"\bunit|единиц|birlig|бирлиг", re.IGNORECASE)
_NAME_LABEL = re.compile(
    r"(?:(?:indicator|data ?set|table|series|full|short) )?(?:name|title)|"
    r"(?:имя|наименование|название)(?: (?:индикатора|показателя|набора данных|таблицы))?|"
    r"(?:ko.rsatkich|indikator|ma.lumotlar to.plami) nomi|(?:кўрсаткич|индикатор|маълумотлар тўплами) номи",
    re.IGNORECASE,
)
_CONTACT_LABEL = re.compile(
    r"officer|phone|e-?mail|сотрудник|телефон|исполнител|[hx]odim|telefon|pochta|ходим|почта",
    re.IGNORECASE,
)
_CONTACT_VALUE = re.compile(EMAIL + r"|(?<!\d)\+?998[\s(-]*\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)")
_REMOVED = "[contact removed]"


class DeclaredOptions(TextOptions):
    """What a declaration may say; see the head of the module."""


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a SIAT data file."""
    document = expect_list(load(content, options), "")
    if len(document) != 1:
        raise ReadError(
            f"a list of one object is expected, the file has {len(document)}",
            place="/",
            remedy="Fetch the file again",
        )
    body = expect_object(document[0], "/0")
    rows = expect_list(body.get("data", MISSING), "/0/data")
    records = expect_list(body.get("metadata", MISSING), "/0/metadata")
    columns: dict[str, list[str | None]] = {VALUE: [], LOCATOR: [], PERIOD: []}
    dimensions = _dimensions(rows)
    columns |= {name: [] for name in dimensions}
    for position, row in enumerate(rows):
        for key, text, place in _values(row, position):
            columns[VALUE].append(text)
            columns[LOCATOR].append(place)
            columns[PERIOD].append(key)
            for name in dimensions:
                columns[name].append(scalar(row.get(name), place_of((0, "data", position, name))))
    return text_table(columns, _metadata(records))


def _dimensions(rows: list[Any]) -> list[str]:
    names: dict[str, None] = {}
    for position, row in enumerate(rows):
        place = place_of((0, "data", position))
        found = [key for key in expect_object(row, place) if _DIMENSION.fullmatch(key)]
        if "Code" not in found:
            named = next((key for key in row if nearest(key, ["Code"])), None)
            hint = f" (it has {named!r})" if named else ""
            raise ReadError(
                f"the row has no Code{hint}", place=place, remedy="Compare the file with its page"
            )
        names |= dict.fromkeys(found)
    return list(names)


def _values(row: dict[str, Any], position: int) -> Iterator[tuple[str, str | None, str]]:
    for key, node in row.items():
        if _DIMENSION.fullmatch(key):
            continue
        place = place_of((0, "data", position, key))
        if not _PERIOD.fullmatch(key):
            raise ReadError(
                f"the key {key!r} is no period (2010, 2016-Q1, 2021-M01){did_you_mean(key, _DIMENSIONS)}",
                place=place,
                remedy="The publisher changed the file; teach the reader before loading it",
            )
        yield key, scalar(node, place), place


def _metadata(records: list[Any]) -> dict[str, str]:
    kept = []
    for position, node in enumerate(records):
        place = place_of((0, "metadata", position))
        record = {
            key: _CONTACT_VALUE.sub(_REMOVED, scalar(value, f"{place}/{key}") or "")
            for key, value in expect_object(node, place).items()
        }
        if not _is_contact(record):
            kept.append(record)
    labels = unique_names(
        (_english(record, "name") for record in kept), ("records", "unit", "title", REMARKS)
    )
    named = {label: _english(record, "value") for label, record in zip(labels, kept, strict=True)}
    said: dict[str, list[str]] = {"unit": [], "title": [], REMARKS: []}
    for record in kept:
        said[_kind(record)] += [text for key, text in record.items() if key.startswith("value") and text]
    joined = {kind: ("\n" if kind == REMARKS else "; ").join(dict.fromkeys(said[kind])) for kind in said}
    told = {kind: text for kind, text in joined.items() if text}
    return named | told | {"records": json.dumps(kept, ensure_ascii=False)}


def _kind(record: Mapping[str, str]) -> str:
    """Whether a record says the ``unit`` of all values, what they are called (``title``), or something else."""
    labels = [text.strip(" :") for key, text in record.items() if key.startswith("name")]
    if any(map(_UNIT_LABEL.search, labels)):
        return "unit"
    return "title" if any(map(_NAME_LABEL.fullmatch, labels)) else REMARKS


def _is_contact(record: Mapping[str, str]) -> bool:
    """Whether a record is about an official: by a label in any language, or with nothing but a contact."""
    return any(
        text == _REMOVED or (key.startswith("name") and _CONTACT_LABEL.search(text))
        for key, text in record.items()
    )


def _english(record: Mapping[str, str], kind: str) -> str:
    return record.get(f"{kind}_en") or next(
        (text for key, text in record.items() if key.startswith(kind) and text), ""
    )
