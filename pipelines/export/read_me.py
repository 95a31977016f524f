"""The words of the first sheet of the workbook: what it is, how to cite it, cautions, contents, licences.

Not here: writing the sheet (``workbook``, which calls this) and the other sheets (``sheets``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts import datapackage
from data_contracts.model import Text
from pipelines.export.selection import COMPILATION, Export
from pipelines.release.citation import TITLE, plain_citation
from sources.load_datasets import load_licences

_READ_ME = (
    Text(
        "Published official figures on domestic violence and the response to it in Kazakhstan, Kyrgyzstan, Tajikistan "
        "and Uzbekistan, each with its source. Germany is in some sheets as a comparator and is marked so.",
        "Опубликованные официальные данные о домашнем насилии и реагировании на него в Казахстане, Кыргызстане, "
        "Таджикистане и Узбекистане, каждое число с источником. Германия приведена местами для сравнения и отмечена.",
    ),
    Text(
        "One sheet a topic, one row a figure. Filter by area, indicator and period; use rows marked as preferred where "
        "several publishers give the same cell. Sheets Discrepancies and Coverage say what disagrees and what is "
        "missing.",
        "Один лист — одна тема, одна строка — одно число. Отбирайте по территории, показателю и периоду; если одну "
        "ячейку дают несколько издателей, берите отмеченное как предпочтительное. Листы Discrepancies и Coverage "
        "показывают, что расходится и чего не хватает.",
    ),
)
_CAUTIONS = (
    Text(
        "Do not add up rows: totals, their parts and several publishers of the same figure stand side by side.",
        "Не складывайте строки: итоги, их части и одно число от разных издателей стоят рядом.",
    ),
    Text(
        "An empty value is not zero: the status says why it is missing. A coloured status means: read the note first.",
        "Пустое значение — не ноль: причину называет статус. Выделенный статус означает: сначала прочтите примечание.",
    ),
    Text(
        "Countries count by different laws and rules. Sheet Indicators names the limits of each figure; "
        "the table comparability of the release says which may be compared.",
        "Страны считают по разным законам и правилам. Лист Indicators называет ограничения каждого показателя; "
        "таблица comparability выпуска говорит, что можно сравнивать.",
    ),
)


@dataclass(frozen=True)
class Line:
    """A row of the sheet: its cells and its kind (text, title, head, or sheet: a link to the sheet of that name)."""

    values: tuple[Any, ...]
    kind: str = "text"


def read_me(job: Export, contents: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """The rows from top to bottom; ``contents`` are the names of the other sheets, each with its words."""
    yield Line((TITLE.en, TITLE.ru), "title")
    for text in _READ_ME:
        yield Line((text.en, text.ru))
    yield from _head("Release", "Выпуск")
    yield from _release(job)
    yield from _head("How to cite", "Как цитировать")
    cited = plain_citation(job.release, job.content_hash, job.at.date())
    yield Line((cited, "Вместе с издателем числа и адресом из той же строки."))
    yield Line(("Name the publisher of the figure and the address in its row as well.", ""))
    yield from _head("Cautions", "Осторожно")
    for text in (*_CAUTIONS, *job.contract.warnings.values()):
        yield Line((text.en, text.ru))
    yield from _head("Sheets", "Листы")
    for title, words in contents:
        yield Line((title, words), "sheet")
    yield from _licences(job)


def _head(en: str, ru: str) -> Iterator[Line]:
    yield Line(("", ""))
    yield Line((en, ru), "head")


def _release(job: Export) -> Iterator[Line]:
    count = job.rows("SELECT count(*) FROM export_rows")[0][0]
    chosen = ", ".join(job.filters.words())
    moment = f"{job.at:%Y-%m-%d %H:%M} UTC"
    yield Line((f"{job.release}, published {moment}", f"{job.release}, опубликован {moment}"))
    yield Line((f"Figures in this workbook: {count}", f"Чисел в этой книге: {count}"))
    yield Line((f"Selection: {chosen or 'everything'}", f"Отбор: {chosen or 'всё'}"))


def _licences(job: Export) -> Iterator[Line]:
    yield from _head(
        "Licences: a row is used under the licence it names",
        "Лицензии: строка используется по указанной в ней лицензии",
    )
    for code, count, address in job.rows(
        "SELECT licence, count(*), any_value(licence_address) FROM export_rows GROUP BY licence ORDER BY licence"
    ):
        licence = load_licences().get(code)
        yield Line((code, licence.title if licence else "", count, address or ""))
    compilation = datapackage.COMPILATION_LICENCE
    name = f"{COMPILATION} (laws, services, codebook)"
    yield Line((name, compilation["title"], "", compilation["path"]))
    yield from _head("Attribution of the datasets", "Указание издателей наборов")
    for citation, licence, count, address in job.rows(
        """SELECT d.citation, d.licence, count(*), any_value(d.address)
        FROM export_rows x JOIN datasets d USING (dataset_id)
        GROUP BY d.dataset_id, d.citation, d.licence ORDER BY d.dataset_id"""
    ):
        yield Line((citation, licence, count, address or ""))
