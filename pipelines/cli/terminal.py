"""What a person sees in the terminal."""

import contextlib
import csv
import io
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from data_contracts.errors import UserError

SHOWN_REASONS = 4
SHOWN_ROWS = 12
NEXT_QUERY = "SELECT area, time_period, sex, age, obs_value, address FROM protection_orders LIMIT 8"
_TRIED = (
    "indicator", "ref_area", "time_period", "obs_value", "unit_measure", "obs_status", "published_value", "raw_locator",
)  # fmt: skip
_DIMENSIONS = ("sex", "age", "violence_form", "relationship", "breakdown", "nature")
_STATE_STYLE = {"fresh": "green", "bundled": "green", "stale": "yellow", "held": "yellow", "failed": "red"}
_COVERAGE_MARK = {"published": "●", "partial": "◐", "not_published": "·"}


def _console() -> Console:
    # Elsewhere than on a terminal, lines are as long as they are: nothing is folded or cut.
    return Console(
        width=None if sys.stdout.isatty() else 100_000, soft_wrap=not sys.stdout.isatty(), highlight=False
    )


@contextlib.contextmanager
def progress(what: str, quiet: bool) -> Iterator[None]:
    """A moving sign on a terminal, a plain line elsewhere."""
    if quiet:
        yield
    elif sys.stderr.isatty():
        with Console(stderr=True).status(f"{what} …"):
            yield
    else:
        print(f"{what} …", file=sys.stderr)
        yield


def outcome(result: Any, data_dir: Path) -> None:
    """Summary of a refresh."""
    if not result.release:
        _refusals(data_dir, result.troubled)
        return
    counts: dict[str, int] = {}
    for row in result.datasets:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    if result.new:
        changes = ", ".join(f"{count} {kind}" for kind, count in sorted(result.changes.items()))
        print(
            f"Published release {result.release}: {result.rows:,} observations ({changes or 'no observation changed'})."
        )
    else:
        print(f"Nothing new: release {result.release} stays, {result.rows:,} observations.")
    print(f"Datasets: {', '.join(f'{n} {state}' for state, n in sorted(counts.items()))}.")
    _by_country(data_dir)
    _refusals(data_dir, result.troubled)
    for warning in result.warnings:
        print(f"  note: {warning['table']}: {warning['sentence']} ({warning['unexpected']} rows)")
    print("Try next:")
    # `make run` leaves the command in the environment, which a new user has not activated.
    command = "dvstats" if shutil.which("dvstats") else ".venv/bin/dvstats"
    print(f'  {command} query "{NEXT_QUERY}"')


def _by_country(data_dir: Path) -> None:
    from pipelines.published import query

    rows = query.query(
        data_dir,
        """SELECT left(ref_area, 2) AS c, count(*) AS n, count(*) FILTER (i.domestic) AS d
        FROM observations o JOIN indicators i ON i.code = o.indicator GROUP BY 1 ORDER BY 1""",
    ).to_pylist()
    print("Observations: " + ", ".join(f"{r['c']} {r['n']:,}" for r in rows) + ".")
    domestic = sum(r["d"] for r in rows)
    found = query.query(
        data_dir, "SELECT count(*) AS n, count(*) FILTER (declared) AS named FROM discrepancies"
    ).to_pylist()[0]
    print(
        f"On domestic violence and the response to it: {domestic:,}. "
        f"Discrepancies published side by side: {found['n']} ({found['named']} explained)."
    )


def _refusals(data_dir: Path, troubled: Sequence[dict[str, Any]]) -> None:
    """Under each dataset its reasons, each with its first place: a file with one mistake says it once."""
    for row in troubled:
        print(f"  {row['dataset_id']}: {row['state']}, {row['refused_rows']} rows refused")
        reasons: dict[str, list[str]] = {}
        for entry in _staged(data_dir, row["dataset_id"], "quarantine"):
            reasons.setdefault(entry["reason_en"], []).append(f"{entry['file']}, {entry['raw_locator']}")
        for reason, places in list(reasons.items())[:SHOWN_REASONS]:
            more = f" (and {len(places) - 1} more cells)" if len(places) > 1 else ""
            print(f"    {places[0]}: {reason}{more}")
        told = [e for e in _staged(data_dir, row["dataset_id"], "findings") if e["severity"] != "info"]
        for entry in told[:SHOWN_REASONS]:
            print(f"    {entry['reason_en']} {entry['detail'] or ''}".rstrip())
        hidden = max(0, len(reasons) - SHOWN_REASONS) + max(0, len(told) - SHOWN_REASONS)
        if hidden:
            print(
                f"    … {hidden} more: see the tables quarantine and findings, dataset_id {row['dataset_id']}"
            )


def _staged(data_dir: Path, dataset: str, name: str) -> list[dict[str, Any]]:
    path = data_dir / "staging" / dataset / f"{name}.parquet"
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist() if path.exists() else []
    return rows


def tried(result: Any) -> None:
    """What a declaration makes of files: counts, the first observations, every reason for refusing with its place."""
    good, refused = result.good, result.refused
    print(
        f"{result.dataset.id}: {good.num_rows:,} observations and {refused.num_rows:,} refused rows from "
        f"{result.files_read} of {result.files_given} files, {len(result.findings)} findings. Nothing was published."
    )
    if good.num_rows:
        varied = [n for n in _DIMENSIONS if n != "nature" and set(good[n].to_pylist()) != {"_T"}]
        _print_table(good.select([*_TRIED[:3], *varied, *_TRIED[3:]]).slice(0, SHOWN_ROWS))
    for row in refused.to_pylist():
        value = "" if row["published_value"] is None else f" {row['published_value']!r}:"
        place = ", ".join(filter(None, (row["file"], row["raw_locator"])))
        print(f"  refused  {place}:{value} {row['reason_en']}")
    # A file that cannot be read is in both tables; one line is enough.
    said = set(refused["reason_en"].to_pylist())
    for finding in (finding for finding in result.findings if finding["reason_en"] not in said):
        print(f"  {finding['severity']:<8} {finding['reason_en']} {finding['detail'] or ''}".rstrip())


def why_not(result: Any) -> str:
    """Why nothing was published."""
    if result.failed_checks:
        first = result.failed_checks[0]
        shown = "; ".join(first["examples"][:3])
        more = f" and {len(result.failed_checks) - 1} more checks" if len(result.failed_checks) > 1 else ""
        return (
            f"Nothing was published, the last release stays: table {first['table']}, rule {first['check']}{more}: "
            f"{first['sentence']} {shown}"
        ).strip()
    return f"Nothing was published, the last release stays: {result.problem or 'no dataset gave a row.'}"


def table(data: pa.Table, kind: str, output: Path | None) -> None:
    """Rows as a table, CSV, JSON or Parquet, to the terminal or a file."""
    if kind == "parquet":
        if output is None:
            raise UserError("Parquet is no text: name a file with --output.")
        pq.write_table(data, output)
        return
    if kind == "table" and output is None:
        _print_table(data)
        return
    text = _json_text(data) if kind == "json" else _csv_text(data)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")


def _json_text(data: pa.Table) -> str:
    return json.dumps(data.to_pylist(), default=str, ensure_ascii=False, indent=1) + "\n"


def _csv_text(data: pa.Table) -> str:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(data.column_names)
    for row in data.to_pylist():
        writer.writerow(["" if value is None else value for value in row.values()])
    return sink.getvalue()


def _print_table(data: pa.Table) -> None:
    shown = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name, kind in zip(data.column_names, data.schema.types, strict=True):
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        shown.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in data.to_pylist():
        shown.add_row(*(_shown(value) for value in row.values()))
    console = _console()
    console.print(shown)
    console.print(f"({data.num_rows} rows)", style="dim")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}".replace(",", " ") if value.is_integer() else f"{value:.6g}"
    return str(value).replace("[", "\\[")


def status(rows: Sequence[dict[str, Any]]) -> None:
    """Table of datasets."""
    shown = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name in (
        "dataset",
        "country",
        "state",
        "cadence",
        "last asked",
        "last success",
        "age, days",
        "rows",
        "refused",
    ):
        shown.add_column(name, justify="right" if name in ("age, days", "rows", "refused") else "left")
    for row in rows:
        style = _STATE_STYLE.get(row["state"], "dim")
        mark = "" if row["verified"] else " (address unverified)"
        shown.add_row(
            row["dataset"], row["country"], f"[{style}]{row['state']}[/]{mark}", row["cadence"],
            (row["last_asked"] or "")[:16], (row["last_success"] or "")[:16],
            "" if row["age_days"] is None else str(row["age_days"]), str(row["rows"]), str(row["refused_rows"]),
        )  # fmt: skip
    console = _console()
    console.print(shown)
    for row in rows:
        if row["reason"]:
            console.print(f"{row['dataset']}: {row['reason']}", style="yellow", markup=False)


def show(found: dict[str, Any]) -> None:
    """One code of the codebook."""
    if found["kind"] == "coverage":
        _coverage(found["rows"])
        return
    console = _console()
    for row in found["rows"]:
        for key, value in row.items():
            if value not in (None, ""):
                console.print(f"[bold]{key}[/]: {_shown(_unfolded(key, value))}")
        console.print()
    for entry in found.get("published", []):
        console.print(
            f"published for {entry['country']}: {entry['observations']} observations, "
            f"{entry['first_year']}–{entry['last_year']}"
        )


def _unfolded(key: str, value: Any) -> Any:
    if key != "countries":
        return value
    lines = []
    for country, entry in json.loads(value).items():
        law = f" ({entry['law']})" if entry.get("law") else ""
        lines.append(f"\n  {country}: {entry['counts']['en']} {entry['register']['en']}{law}")
    return "".join(lines)


def _coverage(rows: Sequence[dict[str, Any]]) -> None:
    """A grid: requirements down, countries across, the last five years in each cell; gaps name their body."""
    years = sorted({row["year"] for row in rows})[-5:]
    countries = list(dict.fromkeys(row["country"] for row in rows))
    order = [c for c in ("KZ", "KG", "TJ", "UZ", "DE") if c in countries]
    cells = {(r["requirement"], r["country"], r["year"]): r for r in rows}
    requirements = list(dict.fromkeys((r["framework"], r["requirement"], r["title_en"]) for r in rows))
    shown = Table(show_edge=False, pad_edge=False, header_style="bold")
    shown.add_column("requirement", overflow="fold")
    for country in order:
        shown.add_column(f"{country} {years[0]}–{str(years[-1])[2:]}")
    shown.add_column("where nothing is published, it would be by", overflow="fold")
    for _, requirement, title in requirements:
        marks, gaps = [], []
        for country in order:
            mine = [cells[requirement, country, year] for year in years]
            marks.append(" ".join(_COVERAGE_MARK[r["coverage_status"]] for r in mine))
            if all(r["coverage_status"] == "not_published" for r in mine):
                gaps.append(f"{country}: {mine[-1]['publisher_en']}")
        shown.add_row(f"{requirement} {title}", *marks, "; ".join(gaps))
    console = _console()
    console.print(shown)
    console.print("● published   ◐ partial   · not published")


def trace(found: dict[str, Any]) -> None:
    """An observation and its cell."""
    console = _console()
    row, cell, source = found["observation"], found["cell"], found["source"] or {}
    dataset = found["dataset"] or {}
    lines = [
        ("observation", f"{row['obs_key']}  {row['indicator']}, {row['ref_area']}, {row['time_period']}"),
        ("dimensions", ", ".join(f"{name}={row[name]}" for name in _DIMENSIONS)),
        ("value", f"{_shown(row['obs_value'])} {row['unit_measure']}, status {row['obs_status']}/{row['conf_status']}"),
        ("note", row["note"]),
        ("dataset", f"{row['dataset_id']}: {dataset.get('title_en', '')}"),
        ("citation", dataset.get("citation")),
        ("source", f"{row['source_id']}: {source.get('publisher', '')}, {source.get('title') or ''}"),
        ("published", source.get("published") or "undated"),
        ("stated by", source.get("stated_by")),
        ("address", source.get("address")),
        ("wording", source.get("quote")),
        ("file", f"{cell['file']} (received {cell['received_at']})"),
        ("place", cell["locator"]),
        ("cell", repr(cell["text"])),
        ("labels", ", ".join(f"{k}={v}" for k, v in cell["labels"].items())),
        ("read by", found["rule"]),
        ("releases", ", ".join(found["releases"])),
    ]  # fmt: skip
    for name, value in lines:
        if value:
            console.print(f"[bold]{name:>12}[/]  {str(value).replace('[', chr(92) + '[')}")
    console.print("[bold]      around[/]")
    for neighbour in cell["around"]:
        mark = "→" if neighbour["here"] else " "
        console.print(f"            {mark} {neighbour['locator']}: {neighbour['text']!r}".replace("[", "\\["))
    if len(found["history"]) > 1:
        console.print("[bold]     history[/]")
        for version in found["history"]:
            until = version["valid_to"] or "now"
            value = f"{_shown(version['obs_value'])} {version['obs_status']}"
            console.print(f"              {value} from {version['valid_from']} to {until}")


def diff(rows: Sequence[dict[str, Any]]) -> None:
    """Differences between two releases."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["change"]] = counts.get(row["change"], 0) + 1
    print(", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) or "The two releases agree.")
    for row in rows:
        dims = ", ".join(str(row[k]) for k in ("sex", "age", "breakdown") if row[k] != "_T")
        change = f"{_shown(row['old_value']) or '–'} → {_shown(row['new_value']) or '–'}"
        share = f" ({row['relative_difference']:+.1%})" if row["relative_difference"] is not None else ""
        cell = f"{row['indicator']}, {row['ref_area']}, {row['time_period']} {dims}"
        print(f"{row['change']:>10}  {cell}: {change}{share}  {row['obs_key']}")
