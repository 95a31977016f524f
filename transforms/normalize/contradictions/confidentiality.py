"""Whether the publisher says of a value that it is not for publication, or not yet.

::

    CONF_STATUS F, or no such column        published
    CONF_STATUS C, OBS_VALUE 3              refused; the table of refused rows does not repeat the value
    CONF_STATUS C, no value                 a gap, as any other value that was withheld
    EMBARGO_DATE after the day of the file  refused: it becomes free, and then comes again
    "Embargo until 1 February 2027"         the same, and the EmbargoDate of a header, or "embargo" in a JSON answer
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

from sources.cells import EMBARGO, REMARKS
from sources.column_names import is_embargo
from sources.readers.grid.footnotes import FOOTNOTE
from transforms.normalize.contradictions.unit_words import as_sentences, parts
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, either
from transforms.normalize.file_cells import FileCells, texts_about_figures
from transforms.normalize.readings import Refusal
from transforms.parse import read_periods

NOT_FREE = "not_for_publication"
_STATUS = re.compile(
    r"conf_?status|obs_conf|confidentiality(_status)?|конфиденциальность|(статус|признак) конфиденциальности"
)
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
    r"дохил|махф|xizmat|e.lon|maxfiy|эълон|gebrauch|vs-nfd|veröffentlich|vertraulich|geheim|secret|only|confid|publi|releas|distrib|"
    r"embargo|эмбарго|sperrfrist"
)
# What stands in a column of embargoes where there is none.
_NO_EMBARGO = _FREE | frozenset(
    ("-", "—", "–", "none", "n/a", "false", "0", "n", "nein", "kein", "keine", "отсутствует", "no embargo")
)
_TIME_OF_DAY = re.compile(r"[,\sT]+(?:at |um |в )?[0-2]?[0-9][:.][0-5][0-9].*$")
# "Embargoed until 1 February 2027", in a text of any place.
_UNTIL = re.compile(
    r"(?:.* )?(?:embargo\w*|эмбарго|sperrfrist|(?:not (?:for|to be)|do not) (?:publi|releas)\w*|"
    r"не (?:публиковать|для публикации|подлеж[аи]т публикации)|nicht (?:(?:zur|für die) )?veröffentlich\w*)"
    r"(?: date| ends?| expires)?[: ]*(?:until|till|before|bis(?: zum)?|vor(?: dem)?|до)?[: ]*(?P<time>[^:].*)"
)
# Columns of a refused row that could repeat its value.
_REPEATING = ("published_value", "row")


def not_free(file: FileCells, valued: Mask) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows with a value (``valued``) that the file calls confidential or under embargo."""
    found = []
    for name in sorted(file.present):
        if _STATUS.fullmatch(name.casefold().strip()):
            found.append(_refusals(file, name, lambda text: text.casefold() not in _FREE))
        elif is_embargo(name):
            found.append(_refusals(file, name, lambda text: _under_embargo(file, text)))
    for text in (file.cells.schema.metadata or {}).get(EMBARGO, b"").decode().split("\n"):
        if _under_embargo(file, text):
            found.append(constant(file.lookups.refusal(NOT_FREE, value=text[:200], place="embargo")))
    return tuple(either(valued, refusals, constant(None)) for refusals in (*found, *_said(file)))


def _under_embargo(file: FileCells, text: str) -> bool:
    """Whether what is called an embargo holds when the file came; a text that is no time is one."""
    ends = _ends_after(file, text)
    return text.strip().casefold() not in _NO_EMBARGO if ends is None else ends


def _ends_after(file: FileCells, text: str) -> bool | None:
    """Whether a time is later than that at which the file came; None where the text is none."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        period = read_periods.parse(_TIME_OF_DAY.sub("", text.strip(" .")))
        return None if period is None else period.end > file.facts.retrieved_at.date()
    if moment.tzinfo:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return moment > file.facts.retrieved_at


def _said(file: FileCells) -> Iterator[EncodedColumn]:
    """Refusals of the rows beside which, or above or below which, a text says that they are not for publication."""
    for place, texts in texts_about_figures(file):
        closed = {
            text
            for text in texts.dictionary
            if text and (says_closed(text, place) or _says_embargo(file, text, place))
        }
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
    return any(_CLOSED.fullmatch(part) for part in _parts_said(text, place))


def _says_embargo(file: FileCells, text: str, place: str) -> bool:
    """Whether a line, sentence or label says that its figures are for publication after a time that is to come."""
    found = filter(None, map(_UNTIL.fullmatch, _parts_said(text, place)))
    return any(_ends_after(file, match["time"]) for match in found)


def _parts_said(text: str, place: str) -> list[str]:
    """Lines, sentences and labels of a text that has a word of the patterns; but no footnotes below a table."""
    if not _ANY.search(text.casefold()):
        return []
    lines = [line for line in text.split("\n") if not (place == REMARKS and FOOTNOTE.match(line))]
    return [part.strip(" .") for line in lines for part in (*as_sentences(line), *parts(line))]


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
