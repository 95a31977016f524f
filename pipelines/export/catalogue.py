"""Catalogue entries beside every export: DCAT-AP 3.0.1 and schema.org, as JSON-LD.

Not here: the files that they describe (``export`` and the modules of the formats). Called by ``export``.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_contracts import datapackage
from data_contracts.model import LANGS, Text
from data_contracts.sql import literal
from data_contracts.stored_json import load_json
from pipelines.export.described import DESCRIPTION, KEYWORDS, Described, describe
from pipelines.export.selection import COMPILATION, Export, ExportedFile, file_facts, release_identifier, urn
from pipelines.release.citation import AUTHORS, TITLE, plain_citation
from sources.load_datasets import load_licences

_EU = "http://publications.europa.eu/resource/authority"
_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "adms": "http://www.w3.org/ns/adms#",
    "spdx": "http://spdx.org/rdf/terms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _langs(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.en, "@language": "en"}, {"@value": text.ru, "@language": "ru"}]


def _node(address: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"@id": address, "@type": kind, **more}


def _moment(at: dt.datetime) -> dict[str, str]:
    return {"@value": f"{at.isoformat()}Z", "@type": "xsd:dateTime"}


def write_catalogue(job: Export, output: Path) -> list[Path]:
    """``dcat.jsonld`` (DCAT-AP 3.0.1) and ``schema.org.json``; earlier formats of the same data keep their entries."""
    distributions = [_distribution(job, file) for file in job.files]
    distributions += _kept_distributions(
        job, output, {entry["dcat:accessURL"]["@id"] for entry in distributions}
    )
    distributions.sort(key=lambda entry: str(entry["dcat:accessURL"]["@id"]))
    about = describe(job)
    paths = [job.folder / "dcat.jsonld", job.folder / "schema.org.json"]
    values = (
        _catalogue(job, distributions, about),
        _schema_org(job, distributions, about),
    )
    for path, value in zip(paths, values, strict=True):
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return paths


def _kept_distributions(job: Export, output: Path, new: set[str]) -> list[dict[str, Any]]:
    """Files of an earlier export of the same data into the same folder, as long as they are what they were."""
    try:
        earlier = load_json((output / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:dataset"][0]
        if earlier["@id"] != release_identifier(job):
            return []
        return [entry for entry in earlier["dcat:distribution"] if _unchanged(entry, output, new)]
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        # Nothing there, or nothing of ours.
        return []


def _unchanged(entry: Mapping[str, Any], output: Path, new: set[str]) -> bool:
    name = entry["dcat:accessURL"]["@id"]
    path = output / name
    return (
        name not in new
        and path.is_file()
        and file_facts(path)["sha256"] == entry["spdx:checksum"]["spdx:checksumValue"]["@value"]
    )


def _distribution(job: Export, file: ExportedFile) -> dict[str, Any]:
    name = file.path.relative_to(job.folder).as_posix()
    facts = file_facts(file.path)
    # Addresses are relative: they hold wherever the folder is put on the web.
    return {
        "@id": urn("distribution", release_identifier(job), name),
        "@type": "dcat:Distribution",
        "dct:title": _langs(file.title),
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        "dct:license": _licence(file.licences),
        "dct:format": _node(f"{_EU}/file-type/{file.filetype}", "dct:MediaTypeOrExtent"),
        "dcat:mediaType": _node(
            f"https://www.iana.org/assignments/media-types/{file.mediatype}", "dct:MediaType"
        ),
        "dcat:byteSize": {"@value": str(facts["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "dct:issued": _moment(job.at),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _node(
                "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm"
            ),
            "spdx:checksumValue": {"@value": facts["sha256"], "@type": "xsd:hexBinary"},
        },
    }


def _licence(codes: Sequence[str]) -> dict[str, Any]:
    """The licence of a file; a file of several says so instead of claiming one for all."""
    if len(codes) > 1:
        parts = [_licence([code]) for code in codes]
        label = Text(
            f"Several licences, one named in each row: {', '.join(codes)}",
            f"Несколько лицензий, в каждой строке указана своя: {', '.join(codes)}",
        )
        return _node(
            urn("licences", *codes),
            "dct:LicenseDocument",
            **{"rdfs:label": _langs(label), "dct:hasPart": parts},
        )
    known = load_licences().get(codes[0])
    # Two licences share the address of CC BY 4.0; what is only "cited" is not licensed by its publisher.
    named = known.address if known and codes[0] != "FACTS-CITED" else ""
    title = known.title if known else codes[0]
    return _node(
        named or urn("licence", codes[0]),
        "dct:LicenseDocument",
        **{"dct:identifier": codes[0], "rdfs:label": {"@value": title, "@language": "en"}},
    )


def _catalogue(job: Export, distributions: Sequence[Any], about: Described) -> dict[str, Any]:
    """The catalogue in DCAT-AP: this release as a dataset, in the series of all releases of the same selection."""
    described = {
        "dct:title": _langs(TITLE),
        "dct:description": _langs(DESCRIPTION),
        "dct:publisher": _node(urn("publisher"), "foaf:Agent", **{"foaf:name": AUTHORS}),
    }
    spatial = [_node(f"{_EU}/country/{alpha3}", "dct:Location") for alpha3 in about.countries]
    languages = [_node(f"{_EU}/language/{code}", "dct:LinguisticSystem") for code in ("ENG", "RUS")]
    places = {"dct:language": languages, "dct:spatial": spatial}
    series = {
        "@id": urn("series", *job.filters.words()),
        "@type": "dcat:DatasetSeries",
        **described,
        "dct:accrualPeriodicity": _node(f"{_EU}/frequency/IRREG", "dct:Frequency"),
        "dct:spatial": spatial,
        "dct:modified": _moment(job.at),
        "dcat:last": {"@id": release_identifier(job)},
    }
    dataset = {
        "@id": release_identifier(job),
        "@type": "dcat:Dataset",
        **described,
        **places,
        **_of_release(job, about),
        "dcat:inSeries": {"@id": series["@id"]},
        "dcat:distribution": distributions,
    }
    return {
        "@context": _PREFIXES,
        "@id": urn("catalogue"),
        "@type": "dcat:Catalog",
        **described,
        **places,
        "dct:modified": _moment(job.at),
        "dct:license": _licence([COMPILATION]),
        # The series last: readers of this file look for the dataset first.
        "dcat:dataset": [dataset, series],
    }


def _of_release(job: Export, about: Described) -> dict[str, Any]:
    """Times, versions and subjects of this release, which never changes once it is published."""
    return {
        "dct:identifier": f"dvstats:{job.release}",
        "dct:issued": _moment(job.at),
        "dct:modified": _moment(job.at),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": about.start.isoformat(), "@type": "xsd:date"},
            "dcat:endDate": {"@value": about.end.isoformat(), "@type": "xsd:date"},
        },
        "dct:accrualPeriodicity": _node(f"{_EU}/frequency/NEVER", "dct:Frequency"),
        "dct:accessRights": _node(f"{_EU}/access-right/PUBLIC", "dct:RightsStatement"),
        "dcat:keyword": _keywords(),
        "dcat:theme": _themes(),
        **_versions(job),
        **_previous(job),
    }


def _keywords() -> list[dict[str, str]]:
    return [
        {"@value": word, "@language": lang} for lang in LANGS for word in getattr(KEYWORDS, lang).split("; ")
    ]


def _themes() -> list[dict[str, Any]]:
    themes = {"JUST": "Justice, legal system and public safety", "SOCI": "Population and society"}
    return [
        _node(
            f"{_EU}/data-theme/{code}",
            "skos:Concept",
            **{"skos:prefLabel": {"@value": label, "@language": "en"}},
        )
        for code, label in themes.items()
    ]


def _versions(job: Export) -> dict[str, Any]:
    """The release as a version, with what changed in it."""
    counts = job.rows(
        f"SELECT added, revised, withdrawn FROM releases WHERE release = {literal(job.release)}"
    )[0]
    notes = Text(
        "{} added, {} revised, {} withdrawn".format(*counts),
        "добавлено {}, пересмотрено {}, отозвано {}".format(*counts),
    )
    return {"dcat:version": job.release, "adms:versionNotes": _langs(notes)}


def _previous(job: Export) -> dict[str, Any]:
    earlier = job.rows(f"SELECT max(release) FROM releases WHERE release < {literal(job.release)}")[0][0]
    return {"dcat:prev": {"@id": release_identifier(job, earlier)}} if earlier else {}


def _schema_org(job: Export, distributions: Sequence[Any], about: Described) -> dict[str, Any]:
    licences = [
        row[0]
        for row in job.rows(
            "SELECT DISTINCT licence_address FROM export_rows WHERE licence_address <> '' ORDER BY ALL"
        )
    ]
    measured = job.rows("SELECT DISTINCT indicator, indicator_en FROM export_rows ORDER BY indicator")
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": release_identifier(job),
        "name": TITLE.en,
        "alternateName": TITLE.ru,
        "description": DESCRIPTION.en,
        "identifier": [release_identifier(job), f"sha256:{job.content_hash}"],
        "version": job.release,
        "datePublished": f"{job.at.isoformat()}Z",
        "inLanguage": ["en", "ru"],
        "license": licences or [datapackage.COMPILATION_LICENCE["path"]],
        "creator": {"@type": "Organization", "name": AUTHORS},
        "creditText": plain_citation(job.release, job.content_hash, job.at.date()),
        "isAccessibleForFree": True,
        "keywords": KEYWORDS.en.split("; "),
        "temporalCoverage": f"{about.start.isoformat()}/{about.end.isoformat()}",
        "spatialCoverage": [{"@type": "Country", "name": name} for name in about.countries.values()],
        "variableMeasured": [
            {"@type": "PropertyValue", "propertyID": code, "name": name} for code, name in measured
        ],
        "isBasedOn": list(about.based_on),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": entry["dct:title"][0]["@value"],
                "contentUrl": entry["dcat:downloadURL"]["@id"],
                "encodingFormat": entry["dcat:mediaType"]["@id"].partition("media-types/")[2],
                "contentSize": f"{entry['dcat:byteSize']['@value']} B",
                "sha256": entry["spdx:checksum"]["spdx:checksumValue"]["@value"],
                "license": _address(entry["dct:license"]),
            }
            for entry in distributions
        ],
    }


def _address(licence: Mapping[str, Any]) -> Any:
    """A licence for schema.org: its address, or what it is called."""
    if str(licence["@id"]).startswith("http"):
        return licence["@id"]
    label = licence["rdfs:label"]
    return label[0]["@value"] if isinstance(label, list) else label["@value"]
