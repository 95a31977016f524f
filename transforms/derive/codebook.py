"""The codebook as tables: indicators, areas, sources, datasets, codes, laws and services.

Not here: the codebook as text (``data_contracts.codebook``). Called by ``pipelines.assets.tables`` and
``pipelines.assets.union_tables``.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from sources.bundled_registers import Entry
from sources.dataset import Dataset
from transforms.derive.breaks import breaks_regions

Rows = list[dict[str, Any]]


def make(contract: Contract, name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table of the contract from rows, in the contract's order."""
    table = contract.tables[name]
    made = pa.Table.from_pylist(list(rows), schema=arrow_schema(contract, table))
    return made.sort_by([(column, "ascending") for column in table.order])


def indicators(contract: Contract) -> pa.Table:
    """Table ``indicators``."""
    return make(
        contract,
        "indicators",
        [
            {
                "code": i.code,
                "family": i.family,
                "label_en": i.label.en,
                "label_ru": i.label.ru,
                "definition_en": i.definition.en,
                "definition_ru": i.definition.ru,
                "counting_unit": i.counting_unit,
                "subject": i.subject,
                "stage": i.stage,
                "scope": i.scope,
                "relationship_scope": i.relationship_scope,
                "no_scope_en": i.no_scope.en if i.no_scope else None,
                "no_scope_ru": i.no_scope.ru if i.no_scope else None,
                "unit_measure": i.unit,
                "direction": i.direction,
                "iccs": i.iccs,
                "no_iccs_en": i.no_iccs.en if i.no_iccs else None,
                "no_iccs_ru": i.no_iccs.ru if i.no_iccs else None,
                "sdg": i.sdg,
                "domestic": i.domestic,
                "range_min": i.range[0],
                "range_max": i.range[1],
                "rate_base": i.rate,
                "countries": json.dumps(i.countries, ensure_ascii=False, sort_keys=True),
                "limitations_en": i.limitations.en,
                "limitations_ru": i.limitations.ru,
            }
            for i in contract.indicators.values()
        ],
    )


def areas(contract: Contract) -> pa.Table:
    """Table ``areas``."""
    rows = []
    for area in contract.areas:
        values: dict[str, Any] = {key: value or None for key, value in area.cells.items()}
        values["valid_from_date"], values["valid_to_date"] = values.pop("valid_from"), values.pop("valid_to")
        values["comparator"] = area["code"][:2] in contract.comparators
        rows.append(values)
    return make(contract, "areas", rows)


def codes(contract: Contract) -> pa.Table:
    """Table ``codes``: every code list but indicators and areas, which have tables of their own."""
    return make(
        contract,
        "codes",
        [
            {
                "codelist": name,
                "code": code.code,
                "label_en": code.label.en,
                "label_ru": code.label.ru,
                "description_en": code.description.en or None,
                "description_ru": code.description.ru or None,
            }
            for name, codelist in contract.codelists.items()
            if name not in ("area", "indicator")
            for code in codelist.values()
        ],
    )


def sources(contract: Contract, publications: Sequence[Entry], datasets: Mapping[str, Dataset]) -> pa.Table:
    """Table ``sources``: the registered publications, and each pulled dataset as a source of its own."""
    rows: Rows = []
    for entry in publications:
        values = {key: value or None for key, value in entry.cells.items()}
        values["source_id"] = values.pop("source")
        rows.append(values)
    for dataset in datasets.values():
        if not dataset.source_in_key:
            rows.append(
                {
                    "source_id": dataset.id,
                    "publisher": dataset.publisher.en,
                    "stated_by": None,
                    "title": dataset.title.original or dataset.title.en,
                    "address": dataset.address,
                    "published": None,
                    "seen": dataset.seen or None,
                    "language": None,
                    "quote": None,
                    "copies": None,
                    "note": None,
                }
            )
    return make(contract, "sources", rows)


def datasets_table(
    contract: Contract, datasets: Mapping[str, Dataset], facts: Mapping[str, Mapping[str, Any]]
) -> pa.Table:
    """Table ``datasets``; ``facts``: state, rows, refused_rows and last_success of each."""
    rows = []
    for d in datasets.values():
        rows.append(
            {
                "dataset_id": d.id,
                "country": d.country,
                "title_en": d.title.en,
                "title_ru": d.title.ru,
                "title_original": d.title.original,
                "publisher_en": d.publisher.en,
                "publisher_ru": d.publisher.ru,
                "address": d.address,
                "licence": d.licence.id,
                "licence_address": d.licence.address or None,
                "open_licence": d.licence.open,
                "citation": d.citation,
                "cadence": d.cadence,
                "collection": d.collection,
                "verified": d.verified,
                "restricted": d.restricted,
                "precedence": d.precedence,
                "not_comparable_with": d.not_comparable_with.en if d.not_comparable_with else None,
                **facts[d.id],
            }
        )
    return make(contract, "datasets", rows)


def legal_framework(contract: Contract, laws: Sequence[Entry], broken: Mapping[str, int]) -> pa.Table:
    """Table ``legal_framework``; ``broken``: series marked per law."""
    rows = []
    for law in laws:
        for code in filter(None, law["breaks"].split(";")):
            if code not in contract.indicators:
                raise law.error(f"unknown indicator {code!r}")
        values: dict[str, Any] = {key: value or None for key, value in law.cells.items()}
        values["source_id"] = values.pop("source")
        values["breaks_regions"] = breaks_regions(law)
        values["series_with_break"] = broken.get(law["law_id"], 0)
        rows.append(values)
    return make(contract, "legal_framework", rows)


def response_services(contract: Contract, services: Sequence[Entry]) -> pa.Table:
    """Table ``response_services``."""
    rows = []
    for service in services:
        values: dict[str, Any] = {key: value or None for key, value in service.cells.items()}
        values["source_id"], values["service_state"] = values.pop("source"), values.pop("state")
        values["ref_area"] = values.pop("area")
        values["comparator"] = service["country"] in contract.comparators
        rows.append(values)
    return make(contract, "response_services", rows)
