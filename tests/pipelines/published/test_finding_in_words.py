"""Why a dataset is held or stopped, said in Russian by itself: no English sentence, and none that breaks off.

Findings are made by what makes them in a refresh: the judge, the reader, and what stops a dataset.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_contracts.errors import DvstatsError
from pipelines.alerts import causes
from pipelines.alerts.causes import dataset_causes
from pipelines.declarations import Declarations
from pipelines.operations.declared import Alerts
from pipelines.published import finding_in_words as module
from pipelines.published.finding_in_words import in_russian
from pipelines.published.texts import load_texts
from sources.cells import DiscreetError, ReadError, SourceError
from tests.fixtures import make
from tests.fixtures.mirror import Mirror
from tests.helpers import process, publish
from tests.pipelines.alerts.test_notify import DATASET, NOW
from transforms.findings import Findings
from transforms.ingest import stopped
from transforms.judge.compared_cells import PLACES
from transforms.judge.suspicious_values import _noted, _questions

ADDRESS = "stat.example.org/sdg/en/data/5-2-1.csv"
HEADER = ("Year", "GeoCode", "SEX", "COMMENT_OBS_0", "Value")
TRUTH = [
    (year, "" if area == "KG" else area, sex.replace("_T", ""), "", v) for area, sex, year, v in make.truth()
]
# Names of columns, codes and files stay as they are.
_ENGLISH = re.compile(
    r"\b(of|rows?|values?|times|the|are|is|not|by|did|you|mean|people|left|cannot|file|has|holds|indicator|Report)\b"
)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


def whole(text: str) -> bool:
    """Russian, with no English word, no place left open and no end that waits for more."""
    return not _ENGLISH.search(text) and not re.search(r"\{\w+\}|[:,;]\s*$", text)


def changed(change: Callable[[int, float], float]) -> bytes:
    """The file with another value in each record, by its place and its value."""
    rows = [(*row[:-1], change(place, float(row[-1]))) for place, row in enumerate(TRUTH)]
    return make.delimited(HEADER, [(*row[:-1], f"{row[-1]:.10g}") for row in rows]).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (changed(lambda _, value: value * 1000), "DV_VICTIMS: значений 108, каждое умножено на 1000."),
        (changed(lambda _, value: round(value, -2)), "значений"),
        (make.delimited(HEADER, TRUTH[:40]).encode(), "Ячеек: "),
        (
            make.delimited(HEADER, [(1990, *TRUTH[0][1:])]).encode(),
            "В файле нет года, который был в прошлом выпуске",
        ),
        (make.delimited(HEADER[:4], TRUTH).encode(), "он записан не так, как объявлено"),
        (make.delimited(HEADER, [(*row[:-1], "many") for row in TRUTH]).encode(), "Строк: 108 из 108."),
    ],
    ids=["rescaled", "rounded", "cut", "years", "header", "refused"],
)
def test_why_a_dataset_is_held(
    declared: Declarations, mirror: Mirror, tmp_path: Path, content: bytes, words: str
) -> None:
    publish(declared, tmp_path, process(declared, DATASET, tmp_path, mirror.address, now=NOW), NOW)
    mirror.content[ADDRESS] = content
    state = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    (cause,) = dataset_causes([state], Alerts(receivers={}), NOW)
    assert cause.kind == "held" and words in cause.why.ru and whole(cause.why.ru), cause.why.ru
    assert _ENGLISH.search(cause.why.en), "and in English it has the program's own words"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "на диске нет места."),
        (MemoryError("malloc of size 4 failed"), "не хватило памяти."),
        (PermissionError(13, "Permission denied"), "нет права читать или записывать файлы каталога данных."),
        (RuntimeError("the table is not what it was"), "в программе ошибка, сообщите о ней"),
        (SourceError("a page of the answer was never received", file="x"), "одна из страниц ответа издателя"),
        (
            ReadError("the header has no column 'Value'", remedy="Report the file"),
            "файл не такой, каким должен быть",
        ),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
def test_what_stopped_a_dataset(declared: Declarations, error: Exception, words: str) -> None:
    last = declared.normalizer.good_schema().empty_table()
    (finding,) = stopped(declared.normalizer, DATASET, last, error).findings
    text = in_russian(finding)
    assert text.startswith("Набор не удалось обработать, опубликованное остаётся в силе: ") and words in text
    assert whole(text), text


def test_a_file_that_is_not_public_is_not_quoted(declared: Declarations) -> None:
    dataset = DATASET.model_copy(update={"restricted": True})
    last = declared.normalizer.good_schema().empty_table()
    for error in (ReadError("the cell says 'Asel'"), DiscreetError("the file is no text in UTF-8")):
        (finding,) = stopped(declared.normalizer, dataset, last, error).findings
        assert whole(in_russian(finding)) and "Asel" not in in_russian(finding)


@pytest.mark.parametrize(
    ("finding", "detail", "words"),
    [
        ("hidden_parts", "raw/x/1.xlsx: sheet Table 2 row 4", "raw/x/1.xlsx"),
        ("vanished_column", "Sexe, did you mean 'SEX'?", "Sexe"),
        ("coverage_lost", "0 of 108 rows are left", "Осталось строк: 0 из 108."),
        ("too_many_refused", "12.5 % of the rows of the register", "Доля строк реестра: 12.5 %."),
        ("only_zeros", "DV_VICTIMS, 2026: 12 values", "DV_VICTIMS, 2026: значений 12."),
        (
            "values_repeated",
            "DV_VICTIMS, 2026, sex F: 12 values are those of 2025",
            "DV_VICTIMS, 2026, sex F: значений 12, они взяты из другого места: 2025.",
        ),
        (
            "values_exchanged",
            "DV_VICTIMS: sex F and M, 3 pairs of values",
            "DV_VICTIMS: sex F и M, пар значений: 3.",
        ),
        (
            "new_year_exchanged",
            "DV_VICTIMS, 2026: sex F and M in KG-C",
            "DV_VICTIMS, 2026: женщины и мужчины, KG-C.",
        ),
        ("new_year_exchanged", "DV_VICTIMS, 2026: age Y18 and Y25", "DV_VICTIMS, 2026: age Y18 и Y25."),
        (
            "new_year_level",
            "DV_VICTIMS, 2026: 9 values, times 0.08 of the period before",
            "DV_VICTIMS, 2026: значений 9, отношение к прошлому периоду: 0.08.",
        ),
        (
            "new_value_level",
            "DV_VICTIMS, KG, 2026: times 2.5 of 800",
            "DV_VICTIMS, KG, 2026: прежде 800, отношение к нему: 2.5.",
        ),
        ("rates_moved", "DV_RATE: 9 values times 1.02", "DV_RATE: значений 9, каждое умножено на 1.02."),
        (
            "year_moved",
            "DV_VICTIMS, 2025: 9 values, times 0.7",
            "DV_VICTIMS, 2025: значений 9, отношение к прежним: 0.7.",
        ),
        (
            "year_revised",
            "DV_VICTIMS, 2024: 9 values, times 1.1",
            "DV_VICTIMS, 2024: значений 9, отношение к прежним: 1.1.",
        ),
        (
            "new_year_scattered",
            "DV_VICTIMS, 2025: 9 values, by 1.5 in the middle, before by 1.1 at most",
            "DV_VICTIMS, 2025: значений 9, в середине в 1.5 раза вверх или вниз, прежде не больше чем в 1.1.",
        ),
        (
            "part_above_whole",
            "DV_VICTIMS: 1 parts, such as KG-C 2026",
            "DV_VICTIMS: таких частей 1, например KG-C 2026.",
        ),
        ("values_shifted", "DV_VICTIMS: 9 values, +1", "DV_VICTIMS: значений 9, каждое на +1."),
        ("values_zeroed", "DV_VICTIMS: 9 values are 0 now", "DV_VICTIMS: значений 9."),
        ("values_alike", "DV_VICTIMS: 999 in 9 cells", "DV_VICTIMS: 999 в стольких ячейках: 9."),
        (
            "parts_off_whole",
            "DV_VICTIMS, 2026: 3 totals by sex, up to 12 %",
            "DV_VICTIMS, 2026: общих чисел 3 (по sex), расхождение до 12 %.",
        ),
        (
            "parts_above_whole",
            "DV_VICTIMS: 3 totals, such as KG-C 2026",
            "DV_VICTIMS: общих чисел 3, например KG-C 2026.",
        ),
        ("point_moved", "DV_VICTIMS, KG, 2025: 120 → 12", "DV_VICTIMS, KG, 2025: 120 → 12"),
        ("withdrawn_again", "sex: M", "sex: M"),
        ("unreadable_note", "inbox/kz/a.csv: the file has no note of where it is from.", "inbox/kz/a.csv"),
        (
            "correction_unused",
            "correction kz-1, file a, line 2: the cell does not say '7'; delete it",
            "kz-1",
        ),
        ("fewer_rows", "108 → 40", "108 → 40"),
        ("cannot_protect", "a withheld count cannot be protected whatever else is withheld", ""),
        (
            "count_above_population",
            "OFFENCES KG 2020: 9 of 8 people, by wb_population (observation k00)",
            "OFFENCES KG 2020: 9 при численности 8 по набору wb_population (наблюдение k00).",
        ),
    ],
)
def test_a_detail_is_said_in_russian_or_left_out(
    declared: Declarations, finding: str, detail: str, words: str
) -> None:
    found = Findings(declared.contract, "kz")
    found.add(finding, "critical", detail)
    text = in_russian(found.rows[0])
    reason = found.rows[0]["reason_ru"]
    assert text == f"{reason} {words}".strip() and whole(text)


def test_of_every_group_of_values_that_is_suspicious_russian_says_which() -> None:
    asked = [*_questions(PLACES, changed=True, came=True), *_noted(PLACES)]
    assert not {finding for finding, *_ in asked} - module.NEUTRAL - module._DETAILS.keys()


def test_a_detail_that_nobody_knows_is_left_out(declared: Declarations) -> None:
    """Whatever a later version writes there: the reason alone is whole."""
    found = Findings(declared.contract, "kz")
    for finding in ("too_many_refused", "dropped_duplicate", "empty_file"):
        found.add(finding, "critical", "the file is not what it was")
    assert [in_russian(row) for row in found.rows] == [row["reason_ru"] for row in found.rows]


def test_all_words_of_alerts_and_channels_are_russian() -> None:
    import pipelines.operations.message as channels

    for words in (
        Path(causes.__file__).parent / "alert_words.yaml",
        Path(module.__file__).with_suffix(".yaml"),
        Path(channels.__file__).parent / "message_words.yaml",
    ):
        for name, text in load_texts(words).items():
            # What is typed and where it is read stays as it is.
            plain = re.sub(r"`[^`]*`|«[^»]*»|\{[^}]*\}|docs/\S+", "", text.ru)
            assert not _ENGLISH.search(plain), f"{words.name}, {name}: {text.ru}"


def test_a_channel_says_in_both_languages_why_it_took_nothing() -> None:
    from pipelines.operations.message import ChannelError

    error: DvstatsError = ChannelError("login_refused", host="mail.example.org", code=535)
    assert str(error) == "mail.example.org refuses the user and password (code 535)"
    assert isinstance(error, ChannelError)
    assert error.words.ru == "mail.example.org не принимает имя пользователя и пароль (код 535)"
