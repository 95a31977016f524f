"""Each transcribed figure stands in the words that are quoted for it, and no figure of a quote is forgotten."""

import csv
import re
from pathlib import Path

from pipelines.declarations import declarations
from sources.dataset import BUNDLED
from tests.sources.datasets.transcribed_rows import PROSE, publications

NO_DIGITS = re.compile(r"(?i)\bin words|\bcounted\b|own words were not kept")

# Pages that could not be read again: what they printed was not written down word by word when it was entered.
NOT_READ_AGAIN = frozenset({"kz-kursiv-2023-10", "kz-caravan-2024-h1", "kg-s30", "tj-a96"})


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
    """A reader who does not trust a figure reads the words behind it; 3,743 divorces had none at all.

    Where they cannot be read any more, the note says so: 97 % had neither words nor a reason.
    """
    missing = [
        row
        for _, row in figures_of_prose()
        if not any(whole_number(row["figure"]).search(plain(words)) for words in wordings(row))
        and not NO_DIGITS.search(row["note"])
    ]
    assert {row["source"] for row in missing} == NOT_READ_AGAIN
    assert all("could not be read again" in row["note"] and row["status"] in ("U", "D") for row in missing)


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
