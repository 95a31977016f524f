"""Transcribed figures whose reading is easy to get wrong: each from its file through reader and normalizer."""

import datetime as dt
import re

from tests.sources.datasets.transcribed_rows import PROSE, Rows, rows


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


def test_a_statement_whose_period_is_inferred_is_in_doubt(transcribed: Rows) -> None:
    """Pages without a day say "last year"; the publisher's own file (form 1-M) has status V instead."""
    inferred = re.compile(
        r"(?i)\b(day|year|month|end|period)\b[^;.]* is inferred|(month|year)[^;.]* inferred"
    )
    found = [row for row in transcribed if inferred.search(row["note"] or "")]
    assert len({row["dataset_id"] for row in found}) > 1
    assert {row["obs_status"] for row in found} <= {"U", "D"}


# Wordings of notes that doubt a dimension of their row. Not such: a body or an article that is not named, whether one
# figure is a part of another, the sex of persons that no row counts, the first of January of a population.
DOUBTS_A_DIMENSION = re.compile(
    r"(?i)the page does not say of what|such shares of victims|it is a share of victims|of what it is a share is"
    r"|attempts (are )?(counted|inside|not mentioned)|attempts: not stated|taken as of the day"
    r"|(?<!are )(?<!be )\bread as\b|boys are not mentioned|age limit (of children )?not stated"
    r"|age group is not printed|by whom they were killed is not said"
    r"|whether (girls|boys|they|(especially )?grave ones) are (inside|included) is not (stated|said)"
)


def test_a_note_that_doubts_a_dimension_has_the_status_of_a_doubt(transcribed: Rows) -> None:
    """Shares whose base "the page does not say" were validated; children of an age that no file states were normal.

    One rule for prose and for tables of the publishers.
    """
    doubted = [row for row in transcribed if DOUBTS_A_DIMENSION.search(row["note"] or "")]
    assert {row["dataset_id"] for row in doubted} - set(PROSE)
    assert len({row["dataset_id"] for row in doubted}) > 6
    validated = {
        (row["dataset_id"], row["raw_locator"], row["note"])
        for row in doubted
        if row["obs_status"] not in ("U", "D")
    }
    assert not validated


def test_parts_that_do_not_add_up_are_in_doubt(transcribed: Rows) -> None:
    """The total as well, unless one of its splits adds up to it: then its note says which does not."""
    found = [row for row in transcribed if "arts do not add up" in (row["note"] or "")]
    assert len({row["dataset_id"] for row in found}) > 3
    assert {row["obs_status"] for row in found} == {"U"}


def test_a_printed_status_is_not_narrowed_to_one_that_holds_fewer_people() -> None:
    """Widowed victims are somewhere in the printed statuses, which make up all: none is "never married"."""
    printed: dict[str, set[str]] = {}
    for row in rows("uz_cedaw_victims"):
        for word in re.findall('Printed as "([A-Z][a-z]+)"', row["note"]):
            printed.setdefault(word, set()).update(
                re.findall("(?:ACTIVITY|MARITAL)=[A-Z_]+", row["breakdown"])
            )
    assert printed == {"Unmarried": {"MARITAL=UNMARRIED"}, "Unemployed": {"ACTIVITY=NOT_WORKING"}}


MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"

DAY_OF_PAGE = re.compile(
    rf"(?i)\b(?:(?:page|session|statement|briefing) of|published on|whose day,) ([0-9]{{1,2}}) ({MONTHS})\b"
)


def test_an_open_period_ends_the_day_before_its_page(transcribed: Rows) -> None:
    """ "Since the beginning of the year": Kazakhstan counted the day of the page, Kyrgyzstan did not."""
    since = re.compile(r"(?i)\bsince (the beginning|[0-9]{4})|the page says [“\"](this year|in [0-9]{4})")
    found = [
        (row, day.groups())
        for row in transcribed
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


def test_sums_of_one_area_that_pay_for_different_things_say_for_what(transcribed: Rows) -> None:
    """4.5 billion tenge for all that the state does and 3 billion for services to victims stood as one series."""
    undivided: dict[str, set[str]] = {}
    for row in transcribed:
        if row["indicator"] == "SERVICE_FUNDING" and row["breakdown"] == "_T":
            undivided.setdefault(row["ref_area"], set()).add(row["source_id"])
    assert undivided == {"KZ": {"kz-time-2022-12"}}


def test_a_rate_a_year_that_was_said_once_is_no_count_of_that_year(transcribed: Rows) -> None:
    """ "More than 500 women a year", said in July 2024, stood as the count of 2024."""
    rate = re.compile(r"in a usual year|a yearly rate|not a count of that year|no count of [0-9]{4}")
    found = [row for row in transcribed if rate.search(row["note"] or "")]
    assert len({row["dataset_id"] for row in found}) > 1
    assert {row["obs_status"] for row in found} == {"D"}


def test_a_figure_printed_in_thousands_or_millions_is_a_rounded_statement(transcribed: Rows) -> None:
    """What is said as «77 тысяч» is not known to the unit: status U, or a mark that says more (P, D, E)."""
    ends_with_scale = re.compile(
        r"(тыс\w*[.]?|млн|млрд|милл\w+|минг|миң|мың|ҳазор|thousand|million|billion|Tausend|Mio[.]?)$",
        re.IGNORECASE,
    )
    wrong = {
        (row["dataset_id"], row["raw_locator"], row["published_value"])
        for row in transcribed
        # A statistical office prints its population so.
        if row["indicator"] != "POPULATION"
        and ends_with_scale.search(row["published_value"] or "")
        and row["obs_status"] in ("A", "V")
    }
    assert not wrong


def test_a_figure_of_prose_that_ends_in_three_zeros_is_a_rounded_statement(transcribed: Rows) -> None:
    """30,000 cases are as rounded as 30 thousand; a grant of 1.222.000 euros may be exact."""
    wrong = {
        (row["dataset_id"], row["raw_locator"], row["published_value"])
        for row in transcribed
        if row["dataset_id"] in PROSE
        and row["indicator"] not in ("POPULATION", "SERVICE_FUNDING")
        and row["obs_value"]
        and row["obs_value"] % 1000 == 0
        and row["obs_status"] in ("A", "V")
    }
    assert not wrong


def test_persons_under_an_indicator_of_decisions_or_breaches_are_marked(transcribed: Rows) -> None:
    """19 thousand persons held liable stood in one series with the violations of other years."""
    of_persons = re.compile(r"(?i)^(suspects|persons|offenders|people)\b|: persons, not")
    found = [
        row
        for row in transcribed
        if row["indicator"] in ("SPECIAL_REQUIREMENTS", "PROTECTION_ORDER_BREACHES")
        and of_persons.search(row["note"] or "")
    ]
    assert len(found) > 5
    assert all("COUNT=PERSONS" in row["breakdown"] or row["obs_status"] == "D" for row in found), found


def test_a_share_of_an_attitude_says_which(transcribed: Rows) -> None:
    """65.8 % who say that violence is never justified stood beside 97 % who say that women must tolerate it."""
    found = [row for row in transcribed if row["indicator"] == "VIOLENCE_ATTITUDES"]
    assert found and all("ATTITUDE=" in row["breakdown"] for row in found)


def test_german_figures_of_domestic_violence_say_between_whom(transcribed: Rows) -> None:
    """The police tell partners from the family: a Land's figure without it stood beside those of either as a third."""
    wrong = {
        (row["raw_locator"], row["indicator"], row["ref_area"])
        for row in transcribed
        if row["ref_area"].startswith("DE")
        and row["indicator"].startswith("DV_")
        # Whether a country has a law is no figure of violence.
        and row["indicator"] != "DV_LAW"
        and row["relationship"] == "_T"
    }
    assert not wrong


def test_one_land_counts_its_cases_under_one_indicator() -> None:
    """ "Fälle" of one police statistics were cases in one year and offences in the next."""
    of_land: dict[str, set[str]] = {}
    for row in rows("de_laender"):
        if row["indicator"] in ("DV_CASES", "DV_CRIMES"):
            of_land.setdefault(row["ref_area"], set()).add(row["indicator"])
    assert of_land and all(len(found) == 1 for found in of_land.values()), of_land


def test_registered_killings_of_germany_and_of_its_laender_lead_to_each_other() -> None:
    """The federal office's stand under killings, those of a Land among its cases: either alone looks complete."""
    killings = {
        (other, other in row["note"])
        for dataset_id, indicator, other in (
            ("de_bka", "HOMICIDE_OFFENCES", "DV_CASES"),
            ("de_laender", "DV_CASES", "HOMICIDE_OFFENCES"),
        )
        for row in rows(dataset_id)
        if row["indicator"] == indicator
        and re.search("OFFENCE=(MURDER|MANSLAUGHTER|AGAINST_LIFE|ASSAULT_CAUSING_DEATH)", row["breakdown"])
    }
    assert killings == {("DV_CASES", True), ("HOMICIDE_OFFENCES", True)}


def test_refusals_of_shelters_are_no_count_of_persons(transcribed: Rows) -> None:
    refused = [row for row in transcribed if row["indicator"] == "SHELTER_TURNED_AWAY"]
    assert refused and {row["obs_status"] for row in refused} == {"D"}


def test_a_figure_of_persons_trained_says_who(transcribed: Rows) -> None:
    """Police officers of Tajikistan stood under no group, those of Kazakhstan and Kyrgyzstan under police."""
    found = [row for row in transcribed if row["indicator"] == "PERSONNEL_TRAINED"]
    assert found and all("PERSONNEL=" in row["breakdown"] for row in found)


def test_women_of_the_regions_of_uzbekistan_add_up_to_the_country() -> None:
    """Denominators of regional rates: the fourteen regions of one page are the total that it prints."""
    women = {
        row["ref_area"]: row["obs_value"]
        for row in rows("uz_population_regions")
        if row["source_id"] == "uz-inform-2026-03-women"
    }
    assert len(women) == 15 and women.pop("UZ") == 18_979_000 == round(sum(women.values()))
