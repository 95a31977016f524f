"""The export for the Humanitarian Data Exchange (HDX): metadata of the dataset, the CSV, and the CSV with hashtags.

::

    hdx/dataset.json            the dataset with its resources, as HDX's `package_create` takes it
    hdx/observations.csv        the observations
    hdx/observations.hxl.csv    the same with a row of HXL hashtags under the header

Fields: ``src/hdx/api/hdx_base_configuration.yaml`` of https://github.com/OCHA-DAP/hdx-python-api. Licences:
``ckanext-hdx_package`` of https://github.com/OCHA-DAP/hdx-ckan. Tags are of HDX's own vocabulary. ``DVSTATS_HDX_ORG``
and ``DVSTATS_HDX_MAINTAINER`` name the organization and the person on HDX. The dataset is private until its maintainer
publishes it. Not here: sending it. Called by ``export``.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from data_contracts.model import Text
from pipelines.export.described import (
    CAVEATS,
    DESCRIPTION,
    Described,
    describe,
    licence_words,
    observations_csv,
    write_described,
)
from pipelines.export.selection import COMPILATION, CSV_COLUMNS, Export, ExportedFile

# HDX's words for "as needed": a release is made when a publisher changed something.
_AS_NEEDED = "-2"
_TAGS = ("gender-based violence-gbv", "gender", "indicators")
_NAMED_PUBLISHERS = 10
_METHODOLOGY = (
    "Figures are copied from publications of statistical offices, ministries, courts and international organizations, "
    "each with the cell or page of the archived file it came from, coded by a public data contract, and checked by "
    "declared rules before each release. Contradictions between publishers are kept side by side."
)
# Columns for which the HXL standard has a word; https://hxlstandard.org/standard/1-1final/dictionary/. The others are
# information about the row: #meta. So is the period: 2025-Q1 is no #date.
_HASHTAGS = {
    "ref_area": "#loc+code",
    "area_en": "#loc+name+i_en",
    "area_ru": "#loc+name+i_ru",
    "country": "#country+code+v_iso2",
    "indicator": "#indicator+code",
    "indicator_en": "#indicator+name+i_en",
    "indicator_ru": "#indicator+name+i_ru",
    "period_start": "#date+start",
    "period_end": "#date+end",
    "obs_value": "#indicator+value+num",
    "obs_lower": "#indicator+value+min",
    "obs_upper": "#indicator+value+max",
    "source_publisher": "#org+source+name",
    "source_title": "#meta+source+title",
    "source_address": "#meta+source+url",
    "licence": "#meta+license",
    "licence_address": "#meta+license+url",
    "note": "#description+note+i_en",
    "note_ru": "#description+note+i_ru",
    "retrieved_at": "#date+retrieved",
}


def write_hdx(job: Export) -> None:
    """Metadata, CSV, CSV with hashtags."""
    about = describe(job)
    plain = observations_csv(job, "hdx", about)
    tagged = _with_hashtags(plain.path)
    named = Text("Observations with HXL hashtags", "Наблюдения с метками HXL")
    job.wrote(ExportedFile(tagged, named, "text/csv", "CSV", about.licences))
    title = Text("Dataset for HDX", "Набор данных для HDX")
    write_described(job, "hdx/dataset.json", _dataset(job, about), title)


def _with_hashtags(plain: Path) -> Path:
    tagged = plain.with_name("observations.hxl.csv")
    columns = [name.strip() for name in CSV_COLUMNS.split(",")]
    hashtags = ",".join(_HASHTAGS.get(name, f"#meta+{name}") for name in columns)
    with plain.open("rb") as given, tagged.open("wb") as out:
        out.write(given.readline() + f"{hashtags}\n".encode())
        shutil.copyfileobj(given, out)
    return tagged


def _dataset(job: Export, about: Described) -> dict[str, Any]:
    publishers = list(about.publishers[:_NAMED_PUBLISHERS])
    if more := len(about.publishers) - len(publishers):
        publishers.append(f"and {more} more, named in each row")
    licence = (
        {"license_id": "cc-by"}
        if about.licences == (COMPILATION,)
        else {"license_id": "hdx-multi", "license_other": licence_words(about)}
    )
    return {
        "name": about.name,
        "title": about.title,
        "notes": f"{DESCRIPTION.en}\n\nRelease {job.release}, content SHA-256 {job.content_hash}.",
        "dataset_source": "; ".join(publishers),
        "private": True,
        "owner_org": os.environ.get("DVSTATS_HDX_ORG") or "dvstats",
        "maintainer": os.environ.get("DVSTATS_HDX_MAINTAINER") or "dvstats",
        "dataset_date": f"[{about.start}T00:00:00 TO {about.end}T23:59:59]",
        "data_update_frequency": _AS_NEEDED,
        "groups": [{"name": alpha3.lower()} for alpha3 in about.located],
        **licence,
        "methodology": "Other",
        "methodology_other": _METHODOLOGY,
        "caveats": CAVEATS,
        "tags": [{"name": tag} for tag in _TAGS],
        "resources": [
            _resource(
                "observations.csv", "Observations, a row each, with codes and words in English and Russian"
            ),
            _resource("observations.hxl.csv", "The same with a row of HXL hashtags under the header"),
        ],
    }


def _resource(name: str, description: str) -> dict[str, str]:
    return {
        "name": name,
        "description": description,
        "format": "csv",
        "resource_type": "file.upload",
        "url_type": "upload",
    }
