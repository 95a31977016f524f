"""Whose figure a transcribed one is (`nature`): the body that counted, a copy of it, or another."""

import re

from tests.sources.datasets.transcribed_rows import PROSE, Rows, publications, rows

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


def test_a_third_partys_copy_is_marked_as_one_and_a_copied_estimate_as_an_estimate() -> None:
    """One rule: N wherever the copy came from; E where an estimate or model was copied; never A."""
    for dataset_id in COPIES:
        found = rows(dataset_id)
        assert {row["nature"] for row in found} == {"N"}, dataset_id
        assert "A" not in {row["obs_status"] for row in found}, dataset_id
        assert ({row["obs_status"] for row in found} == {"E"}) is (dataset_id in COPIED_ESTIMATES), dataset_id


def test_a_modelled_estimate_has_the_status_of_one_in_the_file_of_its_compiler_too(transcribed: Rows) -> None:
    """Models of the WHO were normal values in files of the United Nations, estimates in copies of them."""
    modelled = [row for row in transcribed if row["nature"] == "E" or "odelled" in (row["note"] or "")]
    assert {row["nature"] for row in modelled} == {"E", "N"}
    assert {row["obs_status"] for row in modelled} == {"E"}


def test_what_was_read_in_a_reprint_or_on_an_aggregator_is_a_copy(transcribed: Rows) -> None:
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
        for row in transcribed
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


def test_what_was_read_in_a_repository_of_someone_else_is_a_copy(transcribed: Rows) -> None:
    """A new transcription from such an address cannot forget it."""
    wrong = {
        (row["dataset_id"], row["source_id"])
        for row in transcribed
        if "githubusercontent" in (address := publications()[row["source_id"]]["address"])
        and not any(f".com/{owner}" in address for owner in UNCHANGED_FILES)
        and row["nature"] != "N"
    }
    assert not wrong


def test_a_normal_value_was_read_in_a_page_or_file_of_the_body_itself(transcribed: Rows) -> None:
    """Status A is "the publisher's own file was seen": what a newspaper or another body reports of it is V."""
    wrong = {
        (row["dataset_id"], row["source_id"], page["publisher"], page["stated_by"])
        for row in transcribed
        if row["obs_status"] == "A"
        and (page := publications()[row["source_id"]])["stated_by"] not in ("", page["publisher"])
        and not OFFICIAL.search(page["publisher"])
    }
    assert not wrong


def test_a_figure_of_one_institution_is_not_one_of_its_region(transcribed: Rows) -> None:
    """71 women of one of the two centres of Zhambyl region stood as the clients of all."""
    of_one = re.compile(r"(?i)not the whole region|\bone (crisis )?(centre|shelter)\b")
    wrong = {
        (row["dataset_id"], row["source_id"], row["note"])
        for row in transcribed
        if of_one.search(row["note"] or "") and "CENTRE=" not in row["breakdown"]
    }
    assert not wrong


# Bodies outside of the state: what they counted, asked, analysed or passed on themselves is no country data.
OUTSIDE_THE_STATE = re.compile(
    "Finprom|Ranking[.]kz|DEMOSCOPE|OSCE|Oxfam|Spotlight Initiative|Union of Crisis Centres|Gulrukhsor|PDV project|"
    "Friends Foundation|Frauenhauskoordinierung|BAG Täterarbeit|[Ii]nterventionsstellen|Intervention centre|"
    "United Nations|UNICEF|UNODC|UNDP|UNFPA|Coalition against Torture|Forum of Women|Amnesty|Human Rights Watch|"
    "Terre des Femmes|Paritätische|Frauennotruf|"
    "S[.]I[.]G[.]N[.]A[.]L|Soziales Netzwerk|KOK, network|ODABS|FRA, Eurostat"
)


def test_what_a_body_outside_of_the_state_counted_is_no_country_data(transcribed: Rows) -> None:
    """Finprom.kz and Ranking.kz analyse the same registers; one was entered as country data, the other was not.

    A coalition's page on the figures of a committee was country data too. What a government itself told the
    United Nations is its own; their databases say whose each figure is.
    """
    wrong = {
        (row["dataset_id"], row["raw_locator"], page["publisher"], page["stated_by"])
        for row in transcribed
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


def test_what_a_news_page_says_without_naming_a_body_is_no_country_data(transcribed: Rows) -> None:
    """20,387 women with orders in Uzbekistan were country data, the numbers of other papers without a body were not."""
    named = {source for source, page in publications().items() if page["stated_by"]}
    wrong = {
        (row["dataset_id"], row["source_id"], row["published_value"])
        for row in transcribed
        if row["nature"] != "N"
        and row["source_id"] not in named
        and not STATE_BODY.search(publications()[row["source_id"]]["publisher"])
    }
    assert not wrong


# An official or a body of the state in the words of a page.
SAYS_A_STATE_BODY = re.compile(
    r"(?i)prosecutor|ministry|minister|police (department|said|reported)|МВД|прокур|\bминистр|комитет по|ВКД|ИИВ|ІІМ"
)


def test_what_an_official_says_on_a_news_page_is_the_figure_of_his_body(transcribed: Rows) -> None:
    """The deputy prosecutor of Sughd gave 188 suicides, and the figure was the paper's own."""
    own = {
        (row["dataset_id"], row["source_id"], row["published_value"])
        for row in transcribed
        if row["dataset_id"] in PROSE
        and row["nature"] == "N"
        and not (page := publications()[row["source_id"]])["stated_by"]
        and not OUTSIDE_THE_STATE.search(page["publisher"])
        and SAYS_A_STATE_BODY.search(page["quote"])
    }
    assert not own


def test_what_is_not_official_is_never_a_normal_value(transcribed: Rows) -> None:
    """A is for the publisher's own figure on the country; the count of an association is V, on its own page too."""
    wrong = {
        (row["dataset_id"], row["raw_locator"])
        for row in transcribed
        if (row["nature"], row["obs_status"]) == ("N", "A")
    }
    assert not wrong
