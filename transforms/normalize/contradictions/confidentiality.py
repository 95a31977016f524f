"""Whether the publisher says of a value that it is not for publication, or not yet.

::

    CONF_STATUS F, or no such column        published
    CONF_STATUS C, OBS_VALUE 3              refused; the table of refused rows does not repeat the value
    CONF_STATUS C, no value                 a gap, as any other value that was withheld
    EMBARGO_DATE after the day of the file  refused: it becomes free, and then comes again
    "Для служебного пользования" above it   refused, as every text beside the values that says so of them
    "* данные не подлежат публикации"       of the cells with that mark, which are gaps; their own note says it again
    "Обращения конфиденциальны"             as it is: these are no data

The status of what this project withholds itself is another matter (``transforms.privacy``). Called by ``one_file``.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import REMARKS
from sources.readers.grid.footnotes import FOOTNOTE
from transforms.normalize.contradictions.unit_words import as_sentences, parts
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, either
from transforms.normalize.file_cells import FileCells, texts_about_figures
from transforms.normalize.readings import Refusal

NOT_FREE = "not_for_publication"
_STATUS = re.compile(
    r"conf_?status|obs_conf|confidentiality(_status)?|конфиденциальность|(статус|признак) конфиденциальности"
)
_EMBARGO = re.compile(r"embargo(_?(date|time|until))?|эмбарго( до)?")
# SDMX CL_CONF_STATUS: free; codes that mean that nothing is said; words.
_FREE = frozenset(("", "f", "free", "_z", "_x", "_u", "public", "no", "нет", "свободно"))
_DATA = (
    r"(?:(?:these|the|die|diese|данные|сведения|информация|показатели|материалы|data|figures|values|angaben|daten|zahlen|"
    r"деректер|мәліметтер|маалыматтар|маълумот(?:ҳо|лар)?|ma'lumotlar|are|is|sind|ist|являются|носят|have) )*"
)
# "Confidential" alone is a whole label; of a table, with its subject.
_CLOSED = re.compile(
    rf"{_DATA}(?:для служебного пользования|дсп|не для (?:публикации|печати|распространения|открытой печати)|"
    r"не подлеж[аи]т (?:публикации|опубликованию|разглашению|распространению|открытому опубликованию)|"
    r"(?:строго )?конфиденциальн(?:о|ы|ые|ый|ая|ыми|ой|ым|ый характер)(?: данные| информация| сведения)?|"
    r"секретно|не публику[ею]тся|только для служебного пользования|"
    r"қызмет(?:тік)? бабында (?:пайдалану үшін|пайдаланылады)|қбпү|"
    r"жариялануға жатпайды|жариялауға болмайды|құпия(?: деректер)?|"
    r"кызматтык пайдалануу үчүн|жарыялан?ууга (?:жатпайт|болбойт)|купуя(?: маалымат(?:тар)?)?|"
    r"(?:танҳо )?барои истифодаи (?:хизматӣ|дохилӣ)|барои нашр (?:пешбинӣ нашуда(?:аст|анд)|нест)|махфӣ|"
    r"xizmat (?:doirasida|yuzasidan) foydalanish uchun|e'lon qilinishi mumkin emas|"
    r"e'lon qilinmaydi|maxfiy(?: ma'lumot(?:lar)?)?|"
    r"хизмат (?:доирасида|юзасидан) фойдаланиш учун|эълон қилиниши мумкин эмас|эълон қилинмайди|"
    r"махфий(?: маълумот(?:лар)?)?|"
    r"nur für den (?:dienstgebrauch|internen gebrauch)|vs-nfd|nicht (?:zur|für die) veröffentlichung(?: bestimmt)?|"
    r"vertraulich|geheim|nicht veröffentlichen|"
    r"for (?:official|internal) use only|(?:top |strictly )?secret|"
    r"(?:strictly )?confidential(?: data)?(?: and not (?:for|to be) publi\w+)?|"
    r"not (?:for|to be) (?:publication|published|release|released)|"
    r"do not publish|not for (?:public )?(?:release|distribution))"
)
# Most texts have none of these: one search spares them the pattern above.
_ANY = re.compile(
    r"служебн|дсп|публик|печат|распростр|разглаш|конфиденц|секретно|қызмет|қбпү|жария|жарыя|құпия|кызмат|купуя|нашр|хизмат|"
    r"дохил|махф|xizmat|e.lon|maxfiy|эълон|gebrauch|vs-nfd|veröffentlich|vertraulich|geheim|secret|only|confid|publi|releas|distrib"
)
# Columns of a refused row that could repeat its value.
_REPEATING = ("published_value", "row")


def not_free(file: FileCells, valued: Mask) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows with a value (``valued``) that the file calls confidential or under embargo."""
    today = file.facts.retrieved_at.date()

    def closed(text: str) -> bool:
        return text.casefold() not in _FREE

    def early(text: str) -> bool:
        try:
            return dt.date.fromisoformat(text[:10]) > today
        except ValueError:
            return False

    found = []
    for name in sorted(file.present):
        for pattern, is_closed in ((_STATUS, closed), (_EMBARGO, early)):
            if pattern.fullmatch(name.casefold().strip()):
                found.append(either(valued, _refusals(file, name, is_closed), constant(None)))
    return (*found, *(either(valued, refusals, constant(None)) for refusals in _said(file)))


def _said(file: FileCells) -> Iterator[EncodedColumn]:
    """Refusals of the rows beside which, or above or below which, a text says that they are not for publication."""
    for place, texts in texts_about_figures(file):
        closed = {text for text in texts.dictionary if text and says_closed(text, place)}
        if closed:
            name = "remark" if place == REMARKS else place

            def refusal(text: str | None, closed: set[str] = closed, name: str = name) -> Refusal | None:
                return (
                    file.lookups.refusal(NOT_FREE, value=(text or "")[:200], place=name)
                    if text in closed
                    else None
                )

            yield texts.recoded(refusal)


def says_closed(text: str, place: str = "") -> bool:
    """Whether a line, sentence or label says that its figures are not for publication."""
    if not _ANY.search(text.casefold()):
        return False
    lines = [line for line in text.split("\n") if not (place == REMARKS and FOOTNOTE.match(line))]
    said = (part for line in lines for part in (*as_sentences(line), *parts(line)))
    return any(_CLOSED.fullmatch(part.strip(" .")) for part in said)


def _refusals(file: FileCells, name: str, is_closed: Callable[[str], bool]) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        stated = (text or "").strip()
        return file.lookups.refusal(NOT_FREE, value=stated, place=name) if is_closed(stated) else None

    return file.texts(name).recoded(refusal)


def without_closed_values(refused: pa.Table) -> pa.Table:
    """Refused rows (columns of ``quarantine``) without the values that are not for publication."""
    closed = pc.equal(refused["rule"], NOT_FREE)
    if not pc.any(closed).as_py():
        return refused
    for name in _REPEATING:
        place, column = refused.schema.get_field_index(name), refused[name]
        hidden = pc.if_else(closed, pa.scalar(None, column.type), column)
        refused = refused.set_column(place, refused.schema.field(name), hidden)
    return refused
