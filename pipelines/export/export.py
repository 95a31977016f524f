"""Files for people who do not use SQL: CSV, a workbook, SDMX-CSV, SDMX-ML, a Data Package, and what data portals take.

Everything is a DuckDB query on the Parquet files of the latest release; rows are not handled one by one, except where
a workbook is written. Whatever the format, a row carries the licence of its dataset. Not here: the other formats
(``workbook``, ``sdmx``, ``sdmx_ml``, ``datapackage``, ``hdx``, ``zenodo``, ``ckan``; CSV is here) and catalogue entries
(``catalogue``). Called by ``dvstats export``.
"""

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from data_contracts.connection import open_duckdb
from data_contracts.load import contract
from data_contracts.model import Contract, Lang, Text
from data_contracts.sql import literal
from data_contracts.strict_files import no_such
from pipelines.export.catalogue import write_catalogue
from pipelines.export.ckan import write_ckan
from pipelines.export.datapackage import write_datapackage
from pipelines.export.hdx import write_hdx
from pipelines.export.sdmx import write_registry, write_sdmx
from pipelines.export.sdmx_ml import write_sdmx_ml
from pipelines.export.selection import (
    CODEBOOK,
    COMPILATION,
    CSV_COLUMNS,
    PACKAGED,
    Export,
    ExportedFile,
    ExportError,
    Filters,
    copy_csv,
    prepare,
)
from pipelines.export.workbook import write_workbook
from pipelines.export.zenodo import write_zenodo
from pipelines.progress import Step, unseen
from pipelines.published import find_areas, releases
from pipelines.release.manifest import read_manifest

__all__ = ["FORMATS", "ExportError", "export"]


def export(
    data_dir: Path,
    format: str,
    output: Path,
    *,
    countries: Sequence[str] = (),
    indicators: Sequence[str] = (),
    years: str | None = None,
    open_only: bool = False,
    bom: bool = False,
    lang: Lang = "en",
    step: Step = unseen,
) -> list[Path]:
    """Write the latest release as ``format`` into ``output``; gives the files written.

    ``countries`` takes country codes (their regions included) or single regions. ``years`` is ``2024`` or
    ``2019-2025``: periods that begin then. ``bom`` marks files of the format ``csv`` as UTF-8 for Excel.
    ``lang``: language of the format ``xlsx``; the others have both. ``step`` is called after each file.
    """
    if format not in FORMATS:
        raise ExportError(f"No format {format}. There are: {', '.join(FORMATS)}.")
    known = contract()
    filters = Filters(_areas(countries), _indicators(known, indicators), _years(years), open_only)
    release = releases.release_folder(Path(data_dir), None)
    output = _folder(output)
    # Written aside and moved when complete: a full disk leaves no half file under a good name.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=output) as aside, open_duckdb() as con:
        manifest = read_manifest(release)
        at = dt.datetime.fromisoformat(manifest["published_at"].rstrip("Z"))
        job = Export(
            contract=known,
            con=con,
            release=manifest["release"],
            at=at,
            content_hash=manifest["content_sha256"],
            filters=filters,
            folder=Path(aside),
            source=release,
            bom=bom,
            lang=lang,
            step=step,
        )
        prepare(job)
        _WRITERS[format](job)
        extra = write_catalogue(job, output)
        written = [_move(path, Path(aside), output) for path in (*(file.path for file in job.files), *extra)]
    _sweep(format, output, set(written), open_only=open_only)
    return written


def _folder(output: Path) -> Path:
    """The folder for the files, made where it is not there."""
    if output.exists() and not output.is_dir():
        raise ExportError(f"{output} is a file. Give --output a folder.")
    output.mkdir(parents=True, exist_ok=True)
    return output


def _sweep(format_name: str, output: Path, written: set[Path], *, open_only: bool) -> None:
    """Remove what an earlier, wider export of this format left: a folder of open data must hold no closed file.

    Workbooks of other choices have names of their own and stay, unless only what is open is wanted.
    """
    former: list[Path] = []
    if format_name == "csv":
        former = list((output / "by_licence").glob("observations.*.csv"))
    elif format_name == "datapackage":
        former = [output / "data" / f"{name}.csv" for name in PACKAGED]
    elif format_name == "xlsx" and open_only:
        former = list(output.glob("dvstats-*.xlsx"))
    elif format_name == "zenodo":
        former = list((output / "zenodo").glob("dvstats-*.zip"))
    for path in former:
        if path not in written:
            path.unlink(missing_ok=True)


def _move(path: Path, aside: Path, output: Path) -> Path:
    final = output / path.relative_to(aside)
    final.parent.mkdir(parents=True, exist_ok=True)
    return path.replace(final)


# -- the selection ----------------------------------------------------------------------------------------------


def _areas(requested: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(find_areas.area(given) for given in requested))


def _indicators(contract: Contract, requested: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(code.strip().upper() for code in requested))
    for code in wanted:
        if code not in contract.indicators:
            said = no_such("indicator", code, contract.indicators)
            raise ExportError(f"{said} `dvstats list indicators` shows what there is.")
    return wanted


def _years(requested: str | None) -> tuple[int, int] | None:
    if requested is None:
        return None
    match = re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4})\s*)?", requested)
    if not match:
        raise ExportError(
            f"--years {requested} is not readable. Write one year (2024) or a span (2019-2025)."
        )
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise ExportError(f"--years {requested} runs backwards. Write {last}-{first}.")
    return first, last


# -- CSV -------------------------------------------------------------------------------------------------------


def _write_csv(job: Export) -> None:
    order = job.contract.tables["observations"].order
    query = f"SELECT {CSV_COLUMNS} FROM export_rows"
    licences = job.licences()
    title = job.contract.tables["observations"].title
    path = copy_csv(job, query, order, job.folder / "observations.csv", bom=job.bom)
    job.wrote(ExportedFile(path, title, "text/csv", "CSV", licences))
    # A file of mixed licences can be handed on as a whole only under the strictest; apart, each goes under its own.
    for licence in licences if len(licences) > 1 else ():
        path = job.folder / "by_licence" / f"observations.{licence}.csv"
        copy_csv(job, f"{query} WHERE licence = {literal(licence)}", order, path, bom=job.bom)
        named = Text(f"{title.en}: {licence}", f"{title.ru}: {licence}")
        job.wrote(ExportedFile(path, named, "text/csv", "CSV", (licence,)))
    for name in CODEBOOK:
        table = job.contract.tables[name]
        query = f"SELECT * FROM kept_{name}"
        path = copy_csv(job, query, table.order, job.folder / f"{name}.csv", bom=job.bom)
        job.wrote(ExportedFile(path, table.title, "text/csv", "CSV", (COMPILATION,)))


_WRITERS: dict[str, Callable[[Export], None]] = {
    "csv": _write_csv,
    "xlsx": write_workbook,
    "sdmx-csv": write_sdmx,
    "sdmx-ml": write_sdmx_ml,
    "datapackage": write_datapackage,
    "hdx": write_hdx,
    "zenodo": write_zenodo,
    "ckan": write_ckan,
    "sdmx-registry": write_registry,
}
FORMATS = tuple(_WRITERS)
