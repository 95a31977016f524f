"""What a release says of itself: notes in English and Russian, a feed, a citation. Pure functions of its tables."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import duckdb
import pyarrow as pa

from data_contracts.model import Contract, Text
from pipelines.release.citation import TITLE

Lang = Literal["en", "ru"]
# Longer lists are cut with a count: the rest is a question to the table `revisions`.
LISTED = 200
_CHANGES = ("added", "revised", "reflagged", "withdrawn", "reopened")
# States that mean: what is published of this dataset is not today's.
_TROUBLED = ("stale", "failed", "held")

WORDS = {
    "title": Text("Release {}", "Выпуск {}"),
    "published": Text(
        "Published {} UTC, {} observations, contract {}.", "Опубликован {} UTC, наблюдений: {}, контракт {}."
    ),
    "nothing": Text("Nothing.", "Нет."),
    "changes": Text("What changed", "Что изменилось"),
    "change": Text("Change", "Изменение"),
    "count": Text("Observations", "Наблюдений"),
    "number": Text("Number", "Сколько"),
    "kind": Text("Kind", "Вид"),
    "added": Text("New figures by country and indicator", "Новые числа по странам и показателям"),
    "revised": Text("Revised figures", "Пересмотренные числа"),
    "reflagged": Text("Same figure, other status, source or note", "То же число, иной статус, источник или примечание"),
    "withdrawn": Text("Withdrawn figures", "Отозванные числа"),
    "reopened": Text("Figures that stand again", "Возвращённые числа"),
    "revised_how": Text(
        "The publisher changed the figure. A revision is not a change of the thing counted.",
        "Издатель изменил число. Пересмотр не означает, что изменилось само явление.",
    ),
    "withdrawn_how": Text(
        "The publisher no longer carries them; they stay in `observation_history`.",
        "Издатель их больше не публикует; они остаются в `observation_history`.",
    ),
    "country": Text("Country", "Страна"),
    "area": Text("Area", "Территория"),
    "indicator": Text("Indicator", "Показатель"),
    "detail": Text("Detail", "Разрез"),
    "periods": Text("Periods", "Периоды"),
    "period": Text("Period", "Период"),
    "old": Text("Old", "Было"),
    "new": Text("New", "Стало"),
    "difference": Text("Difference", "Разность"),
    "relative": Text("Relative", "Относительно"),
    "dataset": Text("Dataset", "Набор"),
    "state": Text("State", "Состояние"),
    "why": Text("Why", "Почему"),
    "last": Text("Last success", "Последний успех"),
    "status": Text("Status", "Статус"),
    "more": Text(
        "… and {} more: `SELECT * FROM revisions WHERE release = '{}' AND change = '{}'`",
        "… и ещё {}: `SELECT * FROM revisions WHERE release = '{}' AND change = '{}'`",
    ),
    "datasets": Text("Datasets that are stale, failed or held", "Наборы устаревшие, недоступные или удержанные"),
    "datasets_how": Text(
        "Their last good figures stay published; nothing newer came through.",
        "Остаются опубликованы их последние исправные числа; более новых не поступило.",
    ),
    "findings": Text("Findings about the datasets", "Находки о наборах"),
    "severity": Text("Severity", "Серьёзность"),
    "discrepancies": Text("Discrepancies published side by side", "Расхождения, опубликованные рядом"),
    "discrepancies_how": Text(
        "{} in all, {} of them explained. They are findings, not errors to be mended by hand: table `discrepancies`.",
        "Всего {}, из них с объяснением {}. Это находки, а не ошибки для исправления: таблица `discrepancies`.",
    ),
    "refused": Text(
        "Refused rows: {}, with the reason, in table `quarantine`.",
        "Отклонённых строк: {}, с причиной, в таблице `quarantine`.",
    ),
    "cautions": Text("Cautions", "Осторожно"),
    "licences": Text(
        "Licence terms of some publishers are stricter than those of the compilation: {}. The dataset of a row names "
        "its licence.",
        "У некоторых издателей условия строже, чем у подборки: {}. Лицензию называет набор данных строки.",
    ),
    "summary": Text(
        "{} added, {} revised, {} withdrawn; {} observations.",
        "добавлено {}, пересмотрено {}, отозвано {}; всего наблюдений: {}.",
    ),
}  # fmt: skip


def release_notes(contract: Contract, tables: Mapping[str, pa.Table], release: str, lang: Lang) -> str:
    """Notes of one release as Markdown."""
    return _Notes(contract, tables, release, lang).text()


class _Notes:
    """One release in one language; DuckDB counts, this writes."""

    def __init__(self, contract: Contract, tables: Mapping[str, pa.Table], release: str, lang: Lang) -> None:
        self.contract, self.release, self.lang = contract, release, lang
        self.con = duckdb.connect()
        for name in (
            "revisions",
            "datasets",
            "findings",
            "discrepancies",
            "releases",
            "quarantine",
            "observations",
        ):
            self.con.register(name, tables[name])
        self.con.execute("CREATE TEMP TABLE mine AS SELECT * FROM revisions WHERE release = ?", [release])

    def text(self) -> str:
        """All sections."""
        try:
            parts = [
                self._head(), self._changes(), self._added(), self._moved("revised"), self._moved("reflagged"),
                self._moved("withdrawn"), self._moved("reopened"), self._datasets(), self._findings(),
                self._discrepancies(), self._cautions(),
            ]  # fmt: skip
        finally:
            self.con.close()
        return "\n\n".join(part for part in parts if part) + "\n"

    def say(self, key: str, *given: Any) -> str:
        """A sentence of this module in the language of the notes."""
        return str(getattr(WORDS[key], self.lang)).format(*given)

    def label(self, codelist: str, code: str) -> str:
        """Label of a code; the code where the list no longer has it."""
        known = self.contract.codelists[codelist].get(code)
        return getattr(known.label, self.lang) if known else code

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a short answer."""
        return self.con.execute(sql).fetchall()

    def _head(self) -> str:
        at, rows = self.rows(
            f"SELECT any_value(published_at), any_value(rows) FROM releases WHERE release = '{self.release}'"
        )[0]
        at = at or _moment(self.release)
        rows = self.rows("SELECT count(*) FROM observations")[0][0] if rows is None else rows
        title = f"# {getattr(TITLE, self.lang)}: {self.say('title', self.release)}"
        published = self.say(
            "published", f"{at:%Y-%m-%d %H:%M}", f"{rows:,}".replace(",", " "), self.contract.version
        )
        return f"{title}\n\n{published}"

    def _changes(self) -> str:
        counted = dict(self.rows("SELECT change, count(*) FROM mine GROUP BY change"))
        rows = [(self.label("revision_kind", change), counted.get(change, 0)) for change in _CHANGES]
        return self._section("changes", ("change", "count"), rows)

    def _added(self) -> str:
        found = self.rows(
            """SELECT split_part(ref_area, '-', 1) AS country, indicator, count(*),
              min(left(time_period, 4)), max(left(time_period, 4))
            FROM mine WHERE change = 'added' GROUP BY ALL ORDER BY ALL"""
        )
        rows = [
            (
                self.label("area", country),
                self.label("indicator", indicator),
                count,
                first if first == last else f"{first}–{last}",
            )
            for country, indicator, count, first, last in found
        ]
        return self._section("added", ("country", "indicator", "count", "periods"), rows) if rows else ""

    def _moved(self, change: str) -> str:
        """Every single figure that moved: these change what somebody may already have quoted."""
        found = self.rows(
            f"""SELECT ref_area, indicator, sex, age, breakdown, time_period, old_value, new_value, difference,
              relative_difference, old_status, new_status, dataset_id
            FROM mine WHERE change = '{change}'
            ORDER BY ref_area, indicator, time_period, sex, age, breakdown, obs_key"""
        )
        if not found:
            return ""
        value = {
            "revised": ("old", "new", "difference", "relative"), "reflagged": ("new", "status"), "withdrawn": ("old",),
            "reopened": ("new",),
        }[change]  # fmt: skip
        names = ("area", "indicator", "detail", "period", *value, "dataset")
        rows = [self._moved_row(row, value) for row in found[:LISTED]]
        how = self.say(f"{change}_how") if f"{change}_how" in WORDS else ""
        text = self._section(change, names, rows, how)
        rest = len(found) - LISTED
        return f"{text}\n\n{self.say('more', rest, self.release, change)}" if rest > 0 else text

    def _moved_row(self, row: Sequence[Any], value: Sequence[str]) -> list[Any]:
        area, indicator, sex, age, breakdown, period, old, new, difference, relative, was, now, dataset = row
        detail = [self.label("sex", sex) if sex != "_T" else "", age if age != "_T" else ""]
        detail += [self.label("breakdown", part) for part in breakdown.split(";") if part != "_T"]
        shown = {
            "old": _number(old), "new": _number(new), "difference": _number(difference, sign=True),
            "relative": "" if relative is None else f"{relative:+.1%}", "status": f"{was or ''} → {now or ''}",
        }  # fmt: skip
        names = [
            self.label("area", area),
            self.label("indicator", indicator),
            ", ".join(filter(None, detail)),
            period,
        ]
        return [*names, *(shown[name] for name in value), f"`{dataset}`"]

    def _datasets(self) -> str:
        listed = ", ".join(f"'{state}'" for state in _TROUBLED)
        found = self.rows(
            f"""SELECT d.dataset_id, d.state, d.last_success,
              string_agg(DISTINCT f.reason_{self.lang}, ' ' ORDER BY f.reason_{self.lang})
            FROM datasets d LEFT JOIN findings f ON f.dataset_id = d.dataset_id AND f.severity <> 'info'
            WHERE d.state IN ({listed}) GROUP BY ALL ORDER BY d.dataset_id"""
        )
        rows = [
            (
                f"`{dataset}`",
                self.label("dataset_state", state),
                f"{last:%Y-%m-%d}" if last else "",
                why or "",
            )
            for dataset, state, last, why in found
        ]
        return self._section(
            "datasets", ("dataset", "state", "last", "why"), rows, self.say("datasets_how") if rows else ""
        )

    def _findings(self) -> str:
        found = self.rows(
            f"""SELECT dataset_id, severity, reason_{self.lang}, count(*) FROM findings
            GROUP BY ALL ORDER BY dataset_id, severity, reason_{self.lang}"""
        )
        rows = [
            (f"`{d}`", self.label("severity", severity), reason, count)
            for d, severity, reason, count in found
        ]
        refused = self.rows("SELECT count(*) FROM quarantine")[0][0]
        text = self._section("findings", ("dataset", "severity", "why", "number"), rows)
        return f"{text}\n\n{self.say('refused', refused)}" if refused else text

    def _discrepancies(self) -> str:
        found = self.rows(
            """SELECT country, discrepancy_kind, count(*), count(explanation_en) FROM discrepancies
            GROUP BY ALL ORDER BY country, discrepancy_kind"""
        )
        rows = [(self.label("area", c), self.label("discrepancy_kind", kind), n) for c, kind, n, _ in found]
        how = self.say("discrepancies_how", sum(row[2] for row in found), sum(row[3] for row in found))
        return self._section("discrepancies", ("country", "kind", "number"), rows, how)

    def _cautions(self) -> str:
        strict = self.rows(
            "SELECT DISTINCT licence FROM datasets WHERE NOT open_licence AND rows > 0 ORDER BY licence"
        )
        lines = [getattr(text, self.lang) for text in self.contract.warnings.values()]
        if strict:
            lines.append(self.say("licences", ", ".join(row[0] for row in strict)))
        return "\n".join([f"## {self.say('cautions')}", "", *(f"- {line}" for line in lines)])

    def _section(self, title: str, names: Sequence[str], rows: Iterable[Sequence[Any]], how: str = "") -> str:
        lines = [f"## {self.say(title)}", ""]
        if how:
            lines += [how, ""]
        body = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
        if not body:
            return "\n".join([*lines, self.say("nothing")])
        header = "| " + " | ".join(self.say(name) for name in names) + " |"
        return "\n".join([*lines, header, "| " + " | ".join("---" for _ in names) + " |", *body])


def _cell(value: Any) -> str:
    """A text that breaks no Markdown table."""
    return " ".join(str(value).replace("|", "\\|").split())


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return ""
    text = f"{value:+.12g}" if sign else f"{value:.12g}"
    whole, point, rest = text.partition(".")
    if abs(value) >= 10_000 and "e" not in text:
        whole = f"{int(whole):{'+' if sign else ''},}".replace(",", " ")
    return f"{whole}{point}{rest}"


def _moment(release: str) -> dt.datetime:
    """Time of a release by its name."""
    return dt.datetime.strptime(release, "%Y%m%dT%H%M%SZ")
