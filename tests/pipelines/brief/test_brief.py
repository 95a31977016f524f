"""A brief has two pages, says only what the release says, and leads every figure to its key."""

import dataclasses
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pypdfium2 as pdfium
import pytest

from data_contracts.errors import DvstatsError, UserError
from data_contracts.model import Lang
from data_contracts.vocabulary import COUNTRIES_OF_REGION
from pipelines.brief import render
from pipelines.brief.blocks import worded
from pipelines.brief.figures import MODEL, Facts, facts
from pipelines.brief.render import brief, fitted, pdf
from pipelines.brief.writer import Limits
from pipelines.cli.main import main
from pipelines.published.numbers_and_periods_in_words import number, period

LONG = Limits(laws=99, disputes=99, refusals=99, gaps=999, programmes=99, notices=99)
PLACES = (*COUNTRIES_OF_REGION, "region")
LANGS = ("en", "ru")
KEY = re.compile(r"k[0-9a-f]{16}")


@pytest.fixture(scope="module")
def chosen(release_dir: Path) -> dict[str, Facts]:
    return {place: facts(release_dir, place) for place in PLACES}


@pytest.fixture(scope="module")
def published(release_dir: Path) -> dict[str, dict[str, Any]]:
    """Every observation of the database by its key."""
    with duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True) as con:
        rows = con.sql("SELECT * FROM observations").to_arrow_table().to_pylist()
    return {row["obs_key"]: row for row in rows}


@pytest.fixture
def copied(release_dir: Path, tmp_path: Path) -> Any:
    """A copy of the database, changed by SQL."""

    def make(*statements: str) -> Path:
        data = tmp_path / "copied"
        data.mkdir()
        shutil.copyfile(release_dir / "dvstats.duckdb", data / "dvstats.duckdb")
        with duckdb.connect(str(data / "dvstats.duckdb")) as con:
            for statement in statements:
                con.execute(statement)
        return data

    return make


def block(words: dict[str, Any], kind: str, position: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = [given for given in words["blocks"] if given["kind"] == kind][position]
    return found


def text_of(content: bytes) -> tuple[int, str]:
    """Pages and their words, without soft hyphens and with plain spaces."""
    with pdfium.PdfDocument(content) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return len(pages), " ".join("\n".join(pages).replace("\u00ad\n", "").split())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", PLACES)
def test_two_pages_whose_figures_are_those_of_the_database(
    chosen: dict[str, Facts], published: dict[str, Any], place: str, lang: Any
) -> None:
    content, words = fitted(chosen[place], lang)
    pages, text = text_of(content)
    assert pages == 2
    assert content.startswith(b"%PDF")
    assert words["title"] in text
    shown = [figure for figures in chosen[place].keys.values() for figure in figures if figure]
    assert len(shown) >= 5
    for figure in shown:
        row = published[figure.obs_key]
        assert figure.obs_key in text
        assert (row["ref_area"], row["indicator"]) == (figure.country, figure.indicator)
        assert number(row["obs_value"], lang).replace("\u00a0", " ") in text
    keys = KEY.findall(text)
    assert len(keys) > len(shown)
    assert set(keys) <= set(published)


def test_every_source_of_a_figure_is_listed_with_it(
    chosen: dict[str, Facts], published: dict[str, Any]
) -> None:
    words = worded(chosen["KG"], "en", LONG)
    listed = {item["n"]: item for column in block(words, "sources")["columns"] for item in column}
    assert list(listed) == [str(n + 1) for n in range(len(listed))]
    for row, figure in zip(block(words, "known")["rows"], chosen["KG"].keys["KG"], strict=True):
        assert figure is not None
        observed = published[figure.obs_key]
        assert row[2] == period(observed["period_start"], observed["period_end"], "en")
        assert row[3].startswith(number(observed["obs_value"], "en"))
        source = published[figure.obs_key]["source_id"]
        cited = [listed[n] for n in row[5].split(", ")]
        assert any(figure.obs_key in item["keys"] for item in cited)
        assert chosen["KG"].sources[source]["address"] in [item["address"] for item in cited]


def test_bars_are_the_series_of_the_database(chosen: dict[str, Facts], published: dict[str, Any]) -> None:
    drawn = block(worded(chosen["KG"], "en", LONG), "series")
    rows = [
        row
        for row in published.values()
        if (row["ref_area"], row["indicator"], row["dataset_id"]) == ("KG", "DV_VICTIMS", "kg_sdg")
        and (row["sex"], row["age"], row["breakdown"], row["freq"]) == ("_T", "_T", "_T", "A")
    ]
    expected = {row["period_end"].year: row["obs_value"] for row in rows}
    assert {bar["year"]: bar["value"] for bar in drawn["bars"]} == expected
    assert [bar["year"] for bar in drawn["bars"] if bar["broken"]] == [2016]
    assert "2016: 7,005" in drawn["alt"]


def test_a_year_without_a_figure_stays_open(chosen: dict[str, Facts]) -> None:
    kept = tuple(f for f in chosen["KG"].figures if not (f.indicator == "DV_VICTIMS" and f.end.year == 2012))
    drawn = block(worded(dataclasses.replace(chosen["KG"], figures=kept), "en", LONG), "series")
    gap = next(bar for bar in drawn["bars"] if bar["year"] == 2012)
    assert (gap["value"], gap["text"]) == (None, "")


def test_no_series_is_said_where_there_is_none(chosen: dict[str, Facts]) -> None:
    assert "No chart is drawn" in block(worded(chosen["UZ"], "en", LONG), "note")["text"]


def test_programmes_stand_beside_the_model_with_its_figures(
    chosen: dict[str, Facts], published: dict[str, Any]
) -> None:
    table = block(worded(chosen["TJ"], "en", LONG), "table")
    began = next(row for row in table["rows"] if row[0] == "Aggressors who began a programme")
    figure = max(
        (r for r in published.values() if (r["ref_area"], r["indicator"]) == (MODEL, "PROGRAMME_ENROLLED")),
        key=lambda r: r["period_end"],
    )
    assert began[1] == "not published"
    assert began[2].startswith(number(figure["obs_value"], "en"))
    named = [item["strong"] for group in table["groups"] for item in group["items"]]
    assert any("Landau" in name for name in named)
    assert any("Khujand" in name for name in named)


def test_gaps_name_the_body_that_would_publish_them(release_dir: Path, chosen: dict[str, Facts]) -> None:
    with duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True) as con:
        gaps = con.sql(
            "SELECT requirement_en, would_be_published_by, found FROM not_published WHERE country = 'UZ'"
        ).fetchall()
    items = block(worded(chosen["UZ"], "en", LONG), "list", 2)["groups"][0]["items"]
    shown = {item["strong"]: item["text"].split("; ") for item in items}
    for title, body, found in gaps:
        expected = f"{title} †" if found == "only a total" else title
        assert expected in shown[body]
    assert sum(map(len, shown.values())) == len(gaps)


def test_counts_of_the_lead_add_up(chosen: dict[str, Facts]) -> None:
    for place in COUNTRIES_OF_REGION:
        words = block(worded(chosen[place], "en", LONG), "lead")["text"]
        found = re.search(
            r"Of (\d+) figures .* (\d+) are published .* (\d+) only as a total, (\d+) not", words
        )
        assert found is not None
        every, published, total, nothing = map(int, found.groups())
        assert every == published + total + nothing
        assert nothing > 0


def test_conflicts_about_what_is_shown_come_first_one_a_topic(chosen: dict[str, Facts]) -> None:
    items = block(worded(chosen["KG"], "en", LONG), "list", 1)["groups"][0]["items"]
    assert items[0]["text"].startswith("11,357 (2023) beside 13,104 (2023).")
    topics = [item["strong"] for item in items]
    assert len(topics) == len(set(topics)) > 3


def test_a_new_framework_is_named_and_counted(copied: Any) -> None:
    data = copied(
        """INSERT INTO coverage BY NAME SELECT * REPLACE ('OSCE' AS framework, 'OSCE-1' AS requirement,
        'Figures for the OSCE' AS title_en) FROM coverage WHERE requirement = 'PRG-1' AND country = 'KG'"""
    )
    words = worded(facts(data, "KG"), "en", LONG)
    with duckdb.connect(str(data / "dvstats.duckdb"), read_only=True) as con:
        asked = con.execute(
            "SELECT count(DISTINCT requirement) FROM coverage WHERE country = 'KG'"
        ).fetchall()
    assert f"Of {asked[0][0]} figures that 5 frameworks ask" in block(words, "lead")["text"]
    group = block(words, "list", 2)["groups"][0]
    assert "EIGE; UN; OSCE." in group["intro"]
    assert any("Figures for the OSCE" in item["text"] for item in group["items"])


def test_a_changed_figure_changes_the_words(copied: Any, chosen: dict[str, Facts]) -> None:
    figure = next(f for f in chosen["KG"].keys["KG"] if f and f.indicator == "PROTECTION_ORDERS")
    data = copied(
        *(
            f"UPDATE {name} SET obs_value = 98765, obs_status = 'P' WHERE obs_key = '{figure.obs_key}'"
            for name in ("observations", "best_observations")
        ),
        f"""INSERT INTO revisions BY NAME SELECT * REPLACE ('revised' AS change, 15821 AS old_value, 98765 AS new_value)
        FROM revisions WHERE obs_key = '{figure.obs_key}'""",
        """INSERT INTO releases BY NAME
        SELECT * REPLACE ('20200101T000000Z' AS release, TIMESTAMP '2020-01-01' AS published_at) FROM releases""",
    )
    words = worded(facts(data, "KG"), "en", LONG)
    row = next(row for row in block(words, "known")["rows"] if row[1].startswith("Protection orders"))
    assert row[3] == "98,765"
    assert "provisional value" in row[4]
    release, revised, *_ = block(words, "list")["groups"]
    with duckdb.connect(str(data / "dvstats.duckdb"), read_only=True) as con:
        added = con.execute(
            "SELECT count(*) FROM revisions WHERE change = 'added' AND left(ref_area, 2) = 'KG'"
        ).fetchall()
    assert release["intro"].startswith(
        f"In the data on Kyrgyzstan, against the release before: added {added[0][0]:,}, revised 1"
    )
    assert [item["text"] for item in revised["items"]] == ["15,821 became 98,765"]


def test_figures_of_stale_and_held_datasets_say_so_with_the_day_and_the_reason(
    copied: Any, chosen: dict[str, Facts]
) -> None:
    shown = [figure for figure in chosen["KG"].keys["KG"] if figure]
    held, stale = [*dict.fromkeys(figure.dataset_id for figure in (*shown[:1], *shown[::-1]))][:2]
    address = "https://stat.example.org/a.csv"
    data = copied(
        f"UPDATE datasets SET state = 'held', last_success = '2026-05-03 03:00' WHERE dataset_id = '{held}'",
        f"UPDATE datasets SET state = 'stale', last_success = '2026-06-04 03:00' WHERE dataset_id = '{stale}'",
        f"""INSERT INTO findings BY NAME SELECT '{held}' AS dataset_id, 'vanished_year' AS finding,
        'critical' AS severity, 'A year is gone.' AS reason_en, 'Нет года.' AS reason_ru, '2019' AS detail""",
        f"""INSERT INTO findings BY NAME SELECT '{stale}' AS dataset_id, 'outage' AS finding, 'warning' AS severity,
        'No file came.' AS reason_en, 'Файл не пришёл.' AS reason_ru, '{address}: Nothing there' AS detail""",
        f"""INSERT INTO fetches BY NAME SELECT '{stale}' AS dataset_id, '{address}' AS address, 'failed' AS outcome,
        404 AS http_status, 'Nothing there' AS reason, 'live' AS via""",
    )
    said = {
        "en": (
            "held, last good file: 3 May 2026",
            "stale, last good file: 4 June 2026",
            "A year is gone. 2019",
            f"No file came. {address}: Nothing there",
        ),
        "ru": (
            "удержано, последний исправный файл: 3 мая 2026",
            "устарело, последний исправный файл: 4 июня 2026",
            "Нет года. 2019",
            f"Файл не пришёл. {address}: по этому адресу ничего нет (статус 404)",
        ),
    }
    langs: tuple[Lang, ...] = ("en", "ru")
    for lang in langs:
        of_held, of_stale, lost, outage = said[lang]
        changed = facts(data, "KG")
        content, words = fitted(changed, lang)
        for figure, row in zip(changed.keys["KG"], block(words, "known")["rows"], strict=True):
            if figure and figure.dataset_id in (held, stale):
                expected = of_held if figure.dataset_id == held else of_stale
                assert expected in row[4].replace("\u00a0", " ")
        items = block(words, "list")["groups"][0]["items"]
        listed = "\n".join(item["text"] for item in items).replace("\u00a0", " ")
        assert f"{of_held}. {lost}" in listed and f"{of_stale}. {outage}" in listed
        cells = str(block(worded(facts(data, "region"), lang, LONG), "side_by_side")["rows"])
        assert of_held in cells.replace("\\xa0", " ")
        assert lost in text_of(content)[1]
    assert "last good file" not in str(worded(chosen["KG"], "en", LONG))


def test_a_country_without_figures_has_a_brief_too(copied: Any) -> None:
    data = copied("DELETE FROM best_observations WHERE left(ref_area, 2) = 'TJ'")
    words = worded(facts(data, "TJ"), "ru", LONG)
    assert {row[3] for row in block(words, "known")["rows"]} == {"не опубликовано"}
    assert all("мог бы опубликовать" in row[1] for row in block(words, "known")["rows"])


def test_texts_of_publishers_are_no_markup_and_all_letters_are_drawn(chosen: dict[str, Facts]) -> None:
    evil = "#panic() *x* $1$ [a] @b <c> \\ `d`"
    letters = "әіңғүұқөһ ңөү ғӣқӯҳҷ oʻzbekcha ʼ"
    given = chosen["KZ"]
    laws = [{**row, "title_en": evil} for row in given.rows["laws"]]
    areas = {**given.areas, "KZ": {**given.areas["KZ"], "name_national": letters}}
    changed = dataclasses.replace(given, rows={**given.rows, "laws": laws}, areas=areas)
    words = worded(changed, "en", Limits(1, 1, 1, 1, 1, 1))
    text = text_of(pdf(words, given.release["published_at"]))[1]
    assert evil in text
    assert letters in text


def test_the_same_bytes_twice(release_dir: Path, tmp_path: Path) -> None:
    one, two = (brief(release_dir, "kg", "ru", tmp_path / name / "brief.pdf") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    release = (release_dir / "latest").resolve().name
    with pdfium.PdfDocument(one) as opened:
        assert opened.get_metadata_value("CreationDate").startswith(f"D:{release[:8]}{release[9:15]}")


def test_what_never_fits_is_said(chosen: dict[str, Facts], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "PAGES", 1)
    monkeypatch.setattr(render, "STEPS", 1)
    with pytest.raises(DvstatsError, match="does not fit"):
        fitted(chosen["KG"], "en")


def test_another_place_is_refused_with_the_list(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match="KZ, KG, TJ, UZ, region"):
        facts(release_dir, MODEL)
    output = tmp_path / "b.pdf"
    common = ["--data-dir", str(release_dir), "--output", str(output)]
    assert main(["brief", "FR", *common]) == 2
    assert not output.exists()
    assert main(["brief", "tj", *common]) == 0
    assert output.read_bytes().startswith(b"%PDF")
    assert str(output) in capsys.readouterr().out


def test_no_text_is_evaluated_as_markup() -> None:
    template = (Path(render.__file__).parent / "brief.typ").read_text(encoding="utf-8")
    assert "sys.inputs" in template and not re.search(r"\b(eval|include|plugin|read)\s*\(", template)
