"""What the letter of a request says: the requirement, what is published of it, acts, and the figures of the neighbours.

Everything comes from the published database and the register of obligations (``obligations.csv``); the words of each
language are in ``letter_words.yaml``, the form is ``templates/letter.md.j2``. English and Russian are checked; a letter
in a national language says at its head that a speaker must check it. Not here: the empty table (``empty_table``) and
the files (``request``). Called by ``request``.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.model import Contract, Lang
from data_contracts.need_words import need_in_words, text_of
from data_contracts.rendering import render
from data_contracts.sql import among
from data_contracts.strict_files import Row, load_csv, load_yaml, take
from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.published.figure_in_words import FigureWords
from pipelines.published.query import dicts

HERE = Path(__file__).parent
#: English, Russian and the national languages; a test holds them to letter_words.yaml
LANGUAGES = ("en", "ru", "kk", "ky", "tg", "uz")
_OBLIGATIONS = ("country", "law_id", "reason_en", "reason_ru")


@lru_cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The words of the letter by language; every language has every word, the unchecked ones ``check`` beside them."""
    path = HERE / "letter_words.yaml"
    declared = load_yaml(path)
    wanted = tuple(declared["en"])
    return {language: take(path, said, wanted, {"check": ""}) for language, said in declared.items()}


def names(language: str) -> Lang:
    """The language of names from the database: Russian where the letter is in a national language."""
    return "en" if language == "en" else "ru"


def obligations(country: str) -> list[Row]:
    """Acts that oblige a country's bodies to report or that define what is asked for."""
    rows = load_csv(HERE / "obligations.csv", _OBLIGATIONS)
    return [row for row in rows if row["country"] == country]


def facts(
    con: duckdb.DuckDBPyConnection, contract: Contract, row: Row, country: str, language: str
) -> dict[str, Any]:
    """What the letter names, in the language of its names."""
    lang = names(language)
    code = row["requirement"]
    covered = dicts(
        con, "SELECT * FROM coverage WHERE requirement = $1 AND country = $2 ORDER BY year", [code, country]
    )
    last = covered[-1]
    frameworks = dicts(
        con,
        f"""SELECT DISTINCT c.label_{lang} AS name, s.item, s.framework_address AS address
        FROM scorecard s JOIN codes c ON c.codelist = 'framework' AND c.code = s.framework
        WHERE s.item = $1 OR starts_with($1, s.item || 'A') ORDER BY ALL""",
        [code],
    )
    return {
        "requirement": code,
        "title": row[f"title_{lang}"],
        "country": country,
        "country_name": _name(con, country, lang),
        "body": last[f"publisher_{lang}"] or "…",
        "frameworks": frameworks,
        "needs": [need_in_words(contract, need, lang) for need in row["needs"].split(";") if need],
        "published": _years(covered, "published"),
        "partial": [
            {"year": found["year"], "missing": _missing(contract, found["missing"], lang)}
            for found in covered
            if found["coverage_status"] == "partial"
        ],
        "acts": _acts(con, contract, row, country, lang),
        "neighbours": neighbours(con, contract, code, country, lang),
        "release": con.execute("SELECT max(release) FROM releases").fetchall()[0][0],
    }


def neighbours(
    con: duckdb.DuckDBPyConnection, contract: Contract, requirement: str, country: str, lang: Lang
) -> list[dict[str, Any]]:
    """For every other country the last year of its best answer to the requirement, with the figures that show it.

    The better of two partial answers lacks less: the whole country of some year, not one centre a year later.
    """
    found = dicts(
        con,
        """SELECT country, year, coverage_status, evidence, missing FROM coverage
        WHERE requirement = $1 AND country <> $2 AND coverage_status <> 'not_published'
        QUALIFY row_number() OVER (PARTITION BY country
          ORDER BY coverage_status = 'published' DESC, len(string_split(missing, ';')), year DESC) = 1
        ORDER BY country""",
        [requirement, country],
    )
    for row in found:
        keys = row["evidence"].split(";")
        row["country_name"] = _name(con, row["country"], lang)
        row["missing"] = _missing(contract, row["missing"], lang)
        figures = dicts(con, f"SELECT * FROM figure_facts WHERE {among('obs_key', keys)} ORDER BY obs_key")
        row["comparator"] = figures[0]["comparator"]
        row["figures"] = [_figure(figure, lang) for figure in figures]
    return sorted(found, key=lambda row: (row["comparator"], row["country"]))


def letter(given: Mapping[str, Any], language: str, files: Mapping[str, str], rows: int) -> str:
    """The letter as Markdown."""
    filled = {"rows": rows, **files, "release": given["release"]}
    said = words()[language]
    said = {**said, "table": said["table"].format(**filled), "end": said["end"].format(**filled)}
    return render(HERE / "templates", "letter.md.j2", **given, words=said)


def _missing(contract: Contract, missing: str | None, lang: str) -> str:
    return "; ".join(need_in_words(contract, need, lang) for need in (missing or "").split(";") if need)


def _years(covered: list[dict[str, Any]], status: str) -> list[int]:
    return [row["year"] for row in covered if row["coverage_status"] == status]


def _acts(
    con: duckdb.DuckDBPyConnection, contract: Contract, row: Row, country: str, lang: str
) -> list[dict[str, Any]]:
    """Acts that oblige, then the act under which the first indicator is counted in the country."""
    reasons = {act["law_id"]: act[f"reason_{lang}"] for act in obligations(country)}
    indicator = contract.indicators.get(row["indicators"].split(";")[0].partition("/")[0])
    counted_under = indicator.countries.get(country, {}).get("law") if indicator else None
    if counted_under and counted_under not in reasons:
        reasons[counted_under] = text_of(contract, "counted_under", lang)
    laws = dicts(con, f"SELECT * FROM legal_framework WHERE {among('law_id', reasons)} ORDER BY law_id")
    return [
        {
            "title": law[f"title_{lang}"] or law["title_en"],
            "original": law["title_original"],
            "number": law["number"],
            "date": law["in_force"] or law["adopted"],
            "reason": reasons[law["law_id"]],
        }
        for law in laws
    ]


def _figure(row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """A figure of another country: in words for the letter, as it is stored for the workbook."""
    unit, unit_label = row["unit_measure"], row[f"unit_measure_{lang}"]
    said = FigureWords(lang, {("unit_measure", unit): unit_label})
    unstated_end = "COVERAGE=PART_OF_YEAR" in row["breakdown"]
    group = [str(row[f"{name}_{lang}"] or row[name]) for name in DIMENSIONS if row[name] != TOTAL]
    value = row["obs_value"]
    return {
        "obs_key": row["obs_key"],
        "area": row["area" if lang == "en" else "area_ru"],
        "counted": row["counted" if lang == "en" else "counted_ru"],
        "group": ", ".join(group),
        "when": said.span(row["period_start"], row["period_end"], unstated_end=unstated_end),
        "shown": said.amount(value, unit, row["obs_lower"], row["obs_upper"]),
        "unit": unit_label,
        "time_period": row["time_period"],
        "value": int(value) if float(value).is_integer() else value,
        "status": row["obs_status"],
        "publisher": row["publisher"] or row["source_id"],
        "address": row["address"],
    }


def _name(con: duckdb.DuckDBPyConnection, country: str, lang: str) -> str:
    found = dicts(con, f"SELECT name_{lang} AS name FROM areas WHERE code = $1", [country])
    return str(found[0]["name"])
