"""Transcribed figures whose reading is easy to get wrong: each from its file through reader and normalizer."""

import csv
import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.declarations import declarations
from sources.dataset import BUNDLED
from sources.readers.protocol import read_cells
from sources.registers import Entry
from transforms.normalize.facts import FileFacts


@lru_cache
def rows(dataset_id: str) -> list[dict[str, Any]]:
    declared = declarations()
    dataset = declared.datasets[dataset_id]
    (file,) = dataset.files
    cells = read_cells(dataset, (BUNDLED / file.bundled).read_bytes())
    facts = FileFacts("ab" * 32, dt.datetime(2026, 11, 24), file.bundled, file.constants)
    result = declared.normalizer.normalize(cells, dataset, facts)
    assert not result.refused.num_rows, result.refused.to_pylist()[:2]
    found: list[dict[str, Any]] = result.good.to_pylist()
    return found


def test_a_german_dot_groups_thousands_and_a_german_comma_is_a_decimal_mark() -> None:
    """Read carelessly: 240.547 victims."""
    found = {row["published_value"]: row["obs_value"] for row in rows("de_bka") + rows("de_taeterarbeit")}
    assert (found["240.547"], found["5.143"], found["mindestens 3.541"]) == (240547, 5143, 3541)
    assert (found["71,1"], found["265 942"], found["4529"]) == (71.1, 265942, 4529)
    for text, value in found.items():
        if re.search("[0-9][.][0-9]", text):
            assert value >= 1000, text


def test_a_year_that_no_publisher_printed_is_not_validated() -> None:
    """The workbooks of form 1-M print no period: 2022 is inferred, and status and note say so."""
    found = rows("kz_form_1m")
    assert {row["obs_status"] for row in found} <= {"V", "D", "U"}
    assert all("eriod stated by the transcriber" in row["note"] for row in found)


def test_a_statement_whose_period_is_inferred_is_in_doubt() -> None:
    """Pages without a day say "last year"; the publisher's own file (form 1-M) has status V instead."""
    inferred = re.compile(
        r"(?i)\b(day|year|month|end|period)\b[^;.]* is inferred|(month|year)[^;.]* inferred"
    )
    found = [row for row in transcribed() if inferred.search(row["note"] or "")]
    assert len({row["dataset_id"] for row in found}) > 1
    assert {row["obs_status"] for row in found} <= {"U", "D"}


MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY_OF_PAGE = re.compile(
    rf"(?i)\b(?:(?:page|session|statement|briefing) of|published on|whose day,) ([0-9]{{1,2}}) ({MONTHS})\b"
)


def test_an_open_period_ends_the_day_before_its_page() -> None:
    """ "Since the beginning of the year": Kazakhstan counted the day of the page, Kyrgyzstan did not."""
    since = re.compile(r"(?i)\bsince (the beginning|[0-9]{4})|the page says [“\"](this year|in [0-9]{4})")
    found = [
        (row, day.groups())
        for row in transcribed()
        if "/P" in row["time_period"]
        and since.search(row["note"] or "")
        and (day := DAY_OF_PAGE.search(row["note"]))
    ]
    assert len({row["dataset_id"] for row, _ in found}) > 1 and len(found) > 50
    assert {row["obs_status"] for row, _ in found} <= {"U", "D", "P"}
    wrong = {
        (row["dataset_id"], row["raw_locator"], row["time_period"], day)
        for row, day in found
        if f"{row['period_end'] + dt.timedelta(days=1):%-d %B}" != " ".join(day)
    }
    assert not wrong


def test_deaths_through_grievous_harm_are_homicide_in_both_countries() -> None:
    """ICCS0101 holds them: Kazakhstan had "definition differs", Kyrgyzstan with the same composition had not."""
    found = {
        dataset_id: {row["obs_status"] for row in rows(dataset_id) if "as in ICCS0101" in (row["note"] or "")}
        for dataset_id in ("kz_form_1m", "kg_sdg")
    }
    assert found == {"kz_form_1m": {"V"}, "kg_sdg": {"A", "U"}}


def test_who_complained_is_not_who_was_harmed() -> None:
    """2,652 women complained to the Committee in 2024; beside 3,609 harmed in 2025 they would be a rise."""
    of_women = {
        row["time_period"]: (row["obs_value"], row["breakdown"])
        for row in rows("tj_statements")
        if row["indicator"] == "DV_APPEALS_COMMITTEE" and row["sex"] == "F"
    }
    assert of_women["2024"] == (2652, "SEX_OF=COMPLAINANT") and of_women["2025"] == (3609, "_T")


def test_state_money_for_services_is_published_in_kazakhstan_too() -> None:
    """The page was cited for its centres, and its money was left out: "not published" (SVC-6)."""
    (row,) = [
        row
        for row in rows("kz_statements")
        if (row["indicator"], row["ref_area"], row["time_period"]) == ("SERVICE_FUNDING", "KZ", "2024")
    ]
    assert (row["obs_value"], row["unit_measure"], row["time_period"], row["obs_status"]) == (
        3e9,
        "KZT",
        "2024",
        "U",
    )


COPIES = (
    *("un_sdg_2020", "unodc_cts", "unodc_homicide", "unodc_gsh_2019", "eurostat_homicide", "wb_gender"),
    *("wb_population", "who_gho", "un_sdg_2026", "wb_wbl", "wb_gender_2026", "who_estimates"),
)
COPIED_ESTIMATES = COPIES[6:]
# Owners of repositories in which publishers keep their own files, or others keep a publisher's workbooks as they are.
UNCHANGED_FILES = (
    *("sdg-kyrgyzstan", "sustainabledevelopment-kyrgyzstan", "kazstat", "G205SDGs", "UNStats", "Tajstat"),
    *("central-asia-sdg-platform", "open-data-kazakhstan/city-crime", "open-data-kazakhstan/city-population"),
)
# Publishers that are no press: statistical offices, governments, bodies of the United Nations, a helpline on itself.
OFFICIAL = re.compile("Statistic|Federal Government|United Nations|UN High Commissioner|Hilfetelefon")


@lru_cache
def publications() -> dict[str, Entry]:
    return {entry["source"]: entry for entry in declarations().publications}


@lru_cache
def transcribed() -> list[dict[str, Any]]:
    """Every row of every transcription, with its dataset."""
    return [
        row for d in declarations().datasets.values() if d.collection == "transcription" for row in rows(d.id)
    ]


def test_a_third_partys_copy_is_marked_as_one_and_a_copied_estimate_as_an_estimate() -> None:
    """One rule: N wherever the copy came from; E where an estimate or model was copied; never A."""
    for dataset_id in COPIES:
        found = rows(dataset_id)
        assert {row["nature"] for row in found} == {"N"}, dataset_id
        assert "A" not in {row["obs_status"] for row in found}, dataset_id
        assert ({row["obs_status"] for row in found} == {"E"}) is (dataset_id in COPIED_ESTIMATES), dataset_id


def test_what_was_read_in_a_reprint_or_on_an_aggregator_is_a_copy() -> None:
    """Its source says so; 886 women with orders in Tashkent were country data, a copy of BBC Kyrgyz was not.

    Polisia.kz is the site of the police themselves.
    """
    copied = re.compile(
        r"[Cc]opy of (an? )?(?=[A-Z0-9])|Reprint of|\(copy\b|page seen at|copied by|, from |BEARR|kleineanfragen"
        r"|\(after [A-Z]|\b([Cc]ites|[Qq]uotes|[Rr]eprints) (the|an?)? ?(\w+ )?(agency|newspaper|association)"
        r"|\b([Cc]ites|[Rr]epeats) [A-Z]|names (?!Polisia)\S+ as its source"
    )
    found = [
        row
        for row in transcribed()
        if copied.search(" ".join(publications()[row["source_id"]][name] for name in ("publisher", "note")))
    ]
    assert len({row["source_id"] for row in found}) > 10
    assert {row["source_id"] for row in found if row["nature"] != "N"} == set()


def test_a_page_whose_own_title_is_not_known_says_so() -> None:
    described = re.compile("^Copy of|, report on ")
    assert not [
        source
        for source, page in publications().items()
        if described.search(page["title"]) and "Title described." not in page["note"]
    ]


def test_what_was_read_in_a_repository_of_someone_else_is_a_copy() -> None:
    """A new transcription from such an address cannot forget it."""
    wrong = {
        (row["dataset_id"], row["source_id"])
        for row in transcribed()
        if "githubusercontent" in (address := publications()[row["source_id"]]["address"])
        and not any(f".com/{owner}" in address for owner in UNCHANGED_FILES)
        and row["nature"] != "N"
    }
    assert not wrong


def test_a_normal_value_was_read_in_a_page_or_file_of_the_body_itself() -> None:
    """Status A is "the publisher's own file was seen": what a newspaper or another body reports of it is V."""
    wrong = {
        (row["dataset_id"], row["source_id"], page["publisher"], page["stated_by"])
        for row in transcribed()
        if row["obs_status"] == "A"
        and (page := publications()[row["source_id"]])["stated_by"] not in ("", page["publisher"])
        and not OFFICIAL.search(page["publisher"])
    }
    assert not wrong


def test_a_figure_of_one_institution_is_not_one_of_its_region() -> None:
    """71 women of one of the two centres of Zhambyl region stood as the clients of all."""
    of_one = re.compile(r"(?i)not the whole region|\bone (crisis )?(centre|shelter)\b")
    wrong = {
        (row["dataset_id"], row["source_id"], row["note"])
        for row in transcribed()
        if of_one.search(row["note"] or "") and "CENTRE=" not in row["breakdown"]
    }
    assert not wrong


# Bodies outside of the state: what they counted, asked, analysed or passed on themselves is no country data.
OUTSIDE_THE_STATE = re.compile(
    "Finprom|Ranking[.]kz|DEMOSCOPE|OSCE|Oxfam|Spotlight Initiative|Union of Crisis Centres|Gulrukhsor|PDV project|"
    "Friends Foundation|Frauenhauskoordinierung|BAG Täterarbeit|[Ii]nterventionsstellen|Intervention centre|"
    "United Nations|UNICEF|UNODC|UNDP|UNFPA|Coalition against Torture|Forum of Women|Amnesty|Human Rights Watch|"
    "Terre des Femmes|Paritätische|Frauennotruf"
)


def test_what_a_body_outside_of_the_state_counted_is_no_country_data() -> None:
    """Finprom.kz and Ranking.kz analyse the same registers; one was entered as country data, the other was not.

    A coalition's page on the figures of a committee was country data too. What a government itself told the
    United Nations is its own; their databases say whose each figure is.
    """
    wrong = {
        (row["dataset_id"], row["raw_locator"], page["publisher"], page["stated_by"])
        for row in transcribed()
        if row["nature"] != "N"
        and not row["dataset_id"].startswith("un_")
        and not (page := publications()[row["source_id"]])["stated_by"].startswith("Government of")
        and OUTSIDE_THE_STATE.search(f"{page['publisher']}; {page['stated_by']}")
    }
    assert not wrong


# Publishers that speak for themselves; of any other page, a figure has the body that it names.
STATE_BODY = re.compile(
    "Ministry|Statistic|[Dd]epartment of|State Police|Ombudsman|Agency|Committee|Landtag|Senate|"
    "Central Communications Service|Hilfetelefon"
)


def test_what_a_news_page_says_without_naming_a_body_is_no_country_data() -> None:
    """20,387 women with orders in Uzbekistan were country data, the numbers of other papers without a body were not."""
    named = {source for source, page in publications().items() if page["stated_by"]}
    wrong = {
        (row["dataset_id"], row["source_id"], row["published_value"])
        for row in transcribed()
        if row["nature"] != "N"
        and row["source_id"] not in named
        and not STATE_BODY.search(publications()[row["source_id"]]["publisher"])
    }
    assert not wrong


def test_what_is_not_official_is_never_a_normal_value() -> None:
    """A is for the publisher's own figure on the country; the count of an association is V, on its own page too."""
    wrong = {
        (row["dataset_id"], row["raw_locator"])
        for row in transcribed()
        if (row["nature"], row["obs_status"]) == ("N", "A")
    }
    assert not wrong


def test_a_figure_printed_in_thousands_or_millions_is_a_rounded_statement() -> None:
    """What is said as «77 тысяч» is not known to the unit: status U, or a mark that says more (P, D, E)."""
    ends_with_scale = re.compile(
        r"(тыс\w*[.]?|млн|млрд|милл\w+|минг|миң|мың|ҳазор|thousand|million|billion|Tausend|Mio[.]?)$",
        re.IGNORECASE,
    )
    wrong = {
        (row["dataset_id"], row["raw_locator"], row["published_value"])
        for row in transcribed()
        # A statistical office prints its population so.
        if row["indicator"] != "POPULATION"
        and ends_with_scale.search(row["published_value"] or "")
        and row["obs_status"] in ("A", "V")
    }
    assert not wrong


def test_a_figure_of_prose_that_ends_in_three_zeros_is_a_rounded_statement() -> None:
    """30,000 cases are as rounded as 30 thousand; a grant of 1.222.000 euros may be exact."""
    wrong = {
        (row["dataset_id"], row["raw_locator"], row["published_value"])
        for row in transcribed()
        if row["dataset_id"] in PROSE
        and row["indicator"] not in ("POPULATION", "SERVICE_FUNDING")
        and row["obs_value"]
        and row["obs_value"] % 1000 == 0
        and row["obs_status"] in ("A", "V")
    }
    assert not wrong


def test_persons_under_an_indicator_of_decisions_or_breaches_are_marked() -> None:
    """19 thousand persons held liable stood in one series with the violations of other years."""
    of_persons = re.compile(r"(?i)^(suspects|persons|offenders|people)\b|: persons, not")
    found = [
        row
        for row in transcribed()
        if row["indicator"] in ("SPECIAL_REQUIREMENTS", "PROTECTION_ORDER_BREACHES")
        and of_persons.search(row["note"] or "")
    ]
    assert len(found) > 5
    assert all("COUNT=PERSONS" in row["breakdown"] or row["obs_status"] == "D" for row in found), found


def test_a_share_of_an_attitude_says_which() -> None:
    """65.8 % who say that violence is never justified stood beside 97 % who say that women must tolerate it."""
    found = [row for row in transcribed() if row["indicator"] == "VIOLENCE_ATTITUDES"]
    assert found and all("ATTITUDE=" in row["breakdown"] for row in found)


def test_german_figures_of_domestic_violence_say_between_whom() -> None:
    """The police tell partners from the family: a Land's figure without it stood beside those of either as a third."""
    wrong = {
        (row["raw_locator"], row["indicator"], row["ref_area"])
        for row in transcribed()
        if row["ref_area"].startswith("DE")
        and row["indicator"].startswith("DV_")
        # Whether a country has a law is no figure of violence.
        and row["indicator"] != "DV_LAW"
        and row["relationship"] == "_T"
    }
    assert not wrong


# Figures of prose, and what says in a note that the page has no such digits.
PROSE = (
    *("kz_statements", "kg_statements", "tj_statements", "tj_cedaw", "uz_statements", "uz_supreme_court"),
    *("de_bka", "de_frauenhaus", "de_hilfetelefon", "de_laender", "de_surveys", "de_taeterarbeit"),
)
NO_DIGITS = re.compile(r"(?i)\bin words|\bcounted\b|own words were not kept")
# Pages that could not be read again: what they printed was not written down word by word when it was entered.
NOT_READ_AGAIN = frozenset(
    {"kz-kursiv-2023-10", "kz-caravan-2024-h1", "kz-iapn-2023", "kg-s30", "tj-a96"}
    | {"de-bundesregierung-2024-06"}
)


def digits(text: str) -> str:
    return "".join(str(int(mark)) for mark in text if mark.isdecimal())


def plain(text: str) -> str:
    """Every numeral as one of 0 to 9, the rest as it is: Persian pages print others."""
    return "".join(str(int(mark)) if mark.isdecimal() else mark for mark in text)


def whole_number(figure: str) -> re.Pattern[str]:
    """The figure as a number of its own, with what may stand between its digits: «13 тысяч 104», not 2 in 2018."""
    numerals = digits(figure)
    return re.compile(rf"(?<![0-9]){'[^0-9]{0,10}'.join(numerals)}(?![0-9])")


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def figures_of_prose() -> list[tuple[str, dict[str, str]]]:
    return [
        (f"{dataset_id}: {row['figure']}", row)
        for dataset_id in PROSE
        for file in declarations().datasets[dataset_id].files
        for row in read_rows(BUNDLED / file.bundled)
    ]


def wordings(row: dict[str, str]) -> tuple[str, str]:
    """The words of the figure itself and those of its source."""
    return row["quote"], publications()[row["source"]]["quote"]


def test_the_wording_holds_the_figure() -> None:
    """A reader who does not trust a figure reads the words behind it; 3,743 divorces had none at all."""
    missing = {
        row["source"]
        for _, row in figures_of_prose()
        if not any(whole_number(row["figure"]).search(plain(words)) for words in wordings(row))
        and not NO_DIGITS.search(row["note"])
    }
    assert missing == NOT_READ_AGAIN


# A number of three digits or more that is no share; a growth is no figure of its own ("463 Delikte mehr").
COUNT = re.compile(
    r"(?<![0-9])[0-9]+(?:[ .,][0-9]{3})*(?![0-9])(?!,?[0-9]* ?(?:%|Prozent|per ?cent|процент))"
)
GROWTH = (
    re.compile(r"(?:(?:^|[^ ]* )um|возросло на) $"),
    re.compile(
        r"(?: [^ .,;]+){0,4} (?:mehr|weniger|more|больше|меньше|кам|бештар)\b|, или [0-9,…]+%"
        r"| Einwohner| ming aholiga| минг аҳолига| дерекке көбей"
    ),
)
# Numbers of laws and lines and levels of a test count nothing: «№ 126», «ПҚ-175», "the helpline 117", "p<.001".
NUMBER_OF = re.compile(r"(?:<[.]|№ ?|N ПП-|ПҚ-|O‘RQ-|helpline |dial ['\"]|номеру |контакт-центр |канал )$")


def counts_in(words: str, names: set[str]) -> set[str]:
    """Digits of each count without a name; numbers of a row of a table stand apart ("291 0 0 291 306")."""
    for number in sorted(names, key=len, reverse=True):
        if len(number) > 2 and number in digits(words):
            words = whole_number(number).sub("…", words)
    found = set()
    for match in COUNT.finditer(words):
        before = words[: match.start()]
        if not (GROWTH[0].search(before) or GROWTH[1].match(words, match.end()) or NUMBER_OF.search(before)):
            found |= {digits(n) for n in match[0].split(" ") if not re.fullmatch("(19|20)[0-9]{2}", n)}
    return {number for number in found if len(number) > 2}


def named(words: str) -> set[str]:
    """The numbers that a note or a list of what was not entered names."""
    return set(re.findall("[0-9]+", re.sub("(?<=[0-9])[ ,.](?=[0-9])", "", words)))


def test_no_figure_of_a_quoted_wording_is_forgotten() -> None:
    """88.411 stood in the quote of an entered figure, while only the 78.341 that does not add up was published.

    A page is read once, in every country: what its wording counts is entered from it, or from the page
    that it copies, or a note or the list of what was not entered names it.
    """
    files = [*sorted((BUNDLED / "figures").glob("*.csv")), *(BUNDLED / "programme_references").glob("*.csv")]
    rows_of_files = [row for path in files for row in read_rows(path)]
    address = {source: page["address"].rstrip("/") for source, page in publications().items()}
    said: dict[str, set[str]] = {}
    for row in rows_of_files:
        words = f"{row['figure']}; {row['note']}; {row.get('breakdown', '')}"
        said.setdefault(address[row["source"]], set()).update(named(words), [digits(row["figure"])])
    for path in sorted((BUNDLED / "not_entered").glob("*.csv")):
        for left in read_rows(path):
            said.setdefault(left["address"].rstrip("/"), set()).update(named(left["value"]))
    quoted = {(row["source"], row["quote"]) for row in rows_of_files if row.get("quote")}
    forgotten = set()
    for source, words in quoted | {(source, page["quote"]) for source, page in publications().items()}:
        page = publications()[source]
        names = named(page["note"]) | said.get(address[source], set())
        names |= said.get(address[page["copies"]], set()) if page["copies"] else set()
        forgotten |= {(source, number) for number in counts_in(plain(words), names)}
    assert not forgotten


def test_a_quote_has_at_most_25_words() -> None:
    assert not [place for place, row in figures_of_prose() if len(row["quote"].split()) > 25]
    assert not [source for source, row in publications().items() if len(row["quote"].split()) > 25]


BOUND = re.compile(
    r"(?i)\b(gut|mehr als|über|mindestens|wenigstens|более|свыше|больше|не менее|more than|at least)\s+$"
)


def test_a_bound_beside_the_figure_in_its_quote_is_a_bound_of_the_figure() -> None:
    """Printed "gut 6.500" and published as 6,500; an outlet that says so of exact figures is named in the note."""
    lost = []
    for place, row in figures_of_prose():
        number = re.search(r"[0-9][0-9 .,]*", row["figure"])
        if number is None or row["figure"][: number.start()].strip() or "words it" in row["note"]:
            continue
        parts = [re.escape(part) for part in re.split("[ .,]", number[0].strip())]
        for match in re.finditer(rf"(?<![0-9]){'[ .,]'.join(parts)}(?![0-9])", row["quote"]):
            if BOUND.search(row["quote"][: match.start()]):
                lost.append(place)
    assert not lost


def test_one_land_counts_its_cases_under_one_indicator() -> None:
    """ "Fälle" of one police statistics were cases in one year and offences in the next."""
    of_land: dict[str, set[str]] = {}
    for row in rows("de_laender"):
        if row["indicator"] in ("DV_CASES", "DV_CRIMES"):
            of_land.setdefault(row["ref_area"], set()).add(row["indicator"])
    assert of_land and all(len(found) == 1 for found in of_land.values()), of_land


def test_refusals_of_shelters_are_no_count_of_persons() -> None:
    refused = [row for row in transcribed() if row["indicator"] == "SHELTER_TURNED_AWAY"]
    assert refused and {row["obs_status"] for row in refused} == {"D"}


def test_a_figure_of_persons_trained_says_who() -> None:
    """Police officers of Tajikistan stood under no group, those of Kazakhstan and Kyrgyzstan under police."""
    found = [row for row in transcribed() if row["indicator"] == "PERSONNEL_TRAINED"]
    assert found and all("PERSONNEL=" in row["breakdown"] for row in found)


def test_women_of_the_regions_of_uzbekistan_add_up_to_the_country() -> None:
    """Denominators of regional rates: the fourteen regions of one page are the total that it prints."""
    women = {
        row["ref_area"]: row["obs_value"]
        for row in rows("uz_population_regions")
        if row["source_id"] == "uz-inform-2026-03-women"
    }
    assert len(women) == 15 and women.pop("UZ") == 18_979_000 == round(sum(women.values()))
