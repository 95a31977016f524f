"""What raises an alert: each cause with since when, why, and which country and dataset it concerns.

A cause is found anew at every occasion from what is there (states of the datasets, the last release, the disk, the
log of deliveries); its ``key`` says that it is still the same one. Runs that failed are the exception: they are
reported by whoever saw them and last until a run of the same job succeeds.

Not here: who was notified of what (``already_notified``) and the words around a cause (``wording``). Called by
``notify``.
"""

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.connection import open_duckdb
from data_contracts.model import LANGS, Contract, Text
from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from pipelines.deliveries.log import failing_deliveries
from pipelines.operations.declared import Alerts, CauseKind
from pipelines.operations.message import as_utc
from pipelines.published.finding_in_words import in_both_languages, not_confirmed
from pipelines.published.numbers_and_periods_in_words import number
from pipelines.published.texts import Texts, in_both
from pipelines.release.manifest import release_moment
from sources.dataset import SourceFile
from sources.receipts import Record, attempts_at, failing, moment_of
from transforms.findings import said_once

if TYPE_CHECKING:
    # Only described here; the module behind it takes seconds to import, which `dvstats deliver` need not wait for.
    from pipelines.dataset_states import DatasetState

GIB = 2**30
# A disk that is cleared up to the very threshold would be reported and called over in turn.
_CLEARED = 1.1
_TEXTS = Path(__file__).parent / "alert_words.yaml"
EVERYWHERE = "*"


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong."""

    #: the same for the same thing at every occasion, such as ``held:kz_sdg``
    key: str
    #: what kind of trouble; receivers choose by it
    kind: CauseKind
    #: what it is about, in a few words
    about: Text
    #: what is known of the reason
    why: Text
    #: code of the country that it concerns, or ``*``: all
    country: str = EVERYWHERE
    #: id of the dataset; empty where it is none
    dataset: str = ""
    #: UTC, to the minute; empty: not known
    since: str = ""
    #: it happened and does not last (a revision), so that its end is not reported
    event: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is kept between occasions."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Cause":
        """From what ``as_json`` gave."""
        return cls(**{**kept, "about": Text(**kept["about"]), "why": Text(**kept["why"])})


def said(name: str, /, **given: object) -> Text:
    """A text of ``alert_words.yaml`` in both languages, filled."""
    return in_both(_TEXTS, name, **given)


# -- runs ------------------------------------------------------------------------------------------------------


def failed_run(job: str, problem: Text, now: dt.datetime) -> Cause:
    """A run that did not reach its end; what a program says of it is quoted, in whatever language it says it."""
    why = said("why_failed", problem=problem.en)
    return Cause(f"run_failed:{job}", "run_failed", said("about_job", job=job), why, since=as_utc(now))


def blocked_release(job: str, problem: Text, now: dt.datetime) -> Cause:
    """A run whose checks kept a release from being published."""
    about = said("about_release")
    return Cause(f"release_blocked:{job}", "release_blocked", about, problem, since=as_utc(now))


# -- datasets --------------------------------------------------------------------------------------------------


def dataset_causes(states: "Sequence[DatasetState]", limits: Alerts, now: dt.datetime) -> Iterator[Cause]:
    """Datasets that are held, and those that have been stale or failed for longer than the declared days."""
    for state in states:
        if state.state == "held":
            yield _of_dataset(state, "held", _findings(state, "critical"))
        elif state.state in ("stale", "failed"):
            since = stale_since(state)
            if since and (now - since).total_seconds() < limits.stale_after_days * 86_400:
                continue
            shown = as_utc(since) if since else ""
            why = _findings(state, "critical", "warning")
            yield _of_dataset(state, "stale", why, shown)


def _of_dataset(state: "DatasetState", kind: CauseKind, why: Text, since: str = "") -> Cause:
    dataset = state.dataset
    about = Text(dataset.title.en, dataset.title.ru)
    return Cause(f"{kind}:{dataset.id}", kind, about, why, dataset.country, dataset.id, since)


def stale_since(state: "DatasetState") -> dt.datetime | None:
    """Since when requests fail, or since when it is overdue; None where it is stale for another reason."""
    failing = [moment for file in state.dataset.files if (moment := _failing_since(state.attempts, file))]
    if failing:
        return min(failing)
    days = OVERDUE_AFTER_DAYS.get(state.dataset.cadence)
    if days is None or state.last_success is None or state.failures:
        return None
    return state.last_success + dt.timedelta(days=days)


def _failing_since(attempts: Sequence[Record], file: SourceFile) -> dt.datetime | None:
    """The first of the failures that end the log of a file; None where its newest attempt is good."""
    first = None
    for record in reversed(attempts_at(file, attempts)):
        if record.outcome != "failed":
            break
        first = record
    text = moment_of(first) if first else ""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(tzinfo=None) if text else None


def _findings(state: "DatasetState", *severities: str) -> Text:
    """The gravest findings in words; what failed, or that nothing came, where there is none."""
    found = said_once(state.findings)
    rows = [f for severity in severities for f in found if f["severity"] == severity][:3]
    if rows:
        failed = failing(state.dataset.files, state.attempts)
        failures = [(record.address, record.status, record.reason) for record in failed]
        said_of = [in_both_languages(row, failures) for row in rows]
        return Text(" ".join(text.en for text in said_of), " ".join(text.ru for text in said_of))
    if state.failures:
        return said("why_other", reason=state.failures[0])
    return not_confirmed(state.last_success, state.dataset.cadence)


# -- the release, the disk, deliveries ---------------------------------------------------------------------------


def revisions(contract: Contract, release: Path, after: str, limits: Alerts) -> Iterator[Cause]:
    """Figures that moved by more than the declared share in the releases after one, by dataset and country."""
    file = release / "revisions" / "revisions.parquet"
    with open_duckdb() as con:
        found = con.execute(
            f"""WITH moved AS (
              SELECT *, left(ref_area, 2) AS country,
                coalesce(abs(relative_difference), CASE WHEN new_value <> 0 THEN 'infinity'::DOUBLE ELSE 0 END) AS share
              FROM read_parquet('{file}') WHERE change = 'revised' AND release > $1)
            SELECT release, dataset_id, country, count(*) AS n, arg_max(struct_pack(indicator, ref_area, time_period,
              old_value, new_value), share) AS largest
            FROM moved WHERE share >= $2 GROUP BY ALL ORDER BY ALL""",
            [after, limits.revised_by],
        ).fetchall()
    for name, dataset, country, count, largest in found:
        yield Cause(
            f"revised:{name}:{dataset}:{country}",
            "revised",
            said("about_revisions", n=count, dataset=dataset),
            _largest(contract, largest, count, limits.revised_by),
            country=country,
            dataset=dataset,
            since=as_utc(release_moment(name)),
            event=True,
        )


def _largest(contract: Contract, figure: dict[str, Any], count: int, share: float) -> Text:
    said_in = []
    for lang in LANGS:
        known = contract.indicators.get(figure["indicator"])
        area = contract.codelists["area"].get(figure["ref_area"])
        old, new = (
            "—" if value is None else number(value, lang)
            for value in (figure["old_value"], figure["new_value"])
        )
        said_in.append(
            Texts(_TEXTS, lang)(
                "why_revised",
                n=count,
                share=f"{share:.0%}",
                indicator=getattr(known.label, lang) if known else figure["indicator"],
                area=getattr(area.label, lang) if area else figure["ref_area"],
                period=figure["time_period"],
                old=old,
                new=new,
            )
        )
    return Text(*said_in)


def disk(root: Path, limits: Alerts, reported: bool) -> Iterator[Cause]:
    """The disk of the data directory, where less is free than declared; ``reported``: it was so the last time."""
    usage = shutil.disk_usage(root)
    limit = limits.disk_free_below * GIB * (_CLEARED if reported else 1)
    if usage.free < limit:
        free, total = f"{usage.free / GIB:.1f}", f"{usage.total / GIB:.0f}"
        why = said("why_disk", free=free, total=total, limit=f"{limits.disk_free_below:g}")
        yield Cause("disk_nearly_full", "disk_nearly_full", said("about_disk", path=root), why)


def deliveries(data_dir: Path) -> Iterator[Cause]:
    """Subscribers whom the newest release did not reach."""
    for one in failing_deliveries(data_dir):
        russian = one.reason_ru or said("delivery_not_made").ru
        why = said("why_delivery", n=one.attempts, reason=Text(one.reason, russian))
        about = said("about_delivery", name=one.name, release=one.release)
        yield Cause(f"delivery_failed:{one.target}", "delivery_failed", about, why, since=one.since)
