"""Records that the file itself calls no publication: drafts, samples of a form, deleted or annulled ones.

::

    title or mark of a page "ЛОЙИҲА", "Entwurf", column "draft"    refused
    line below "Образец заполнения, условные данные"               refused; so is an environment "demo"
    column Состояние записи "аннулирована", is_deleted "true"      its rows are refused; so is active "false"
    column Проект "жоба", title "Проект «Безопасный дом»"          nothing: a project
    "random sample of 5,000 women", column Cancelled "1"           nothing: a survey; another count

A declaration that gives codes to the texts of the column, or chooses its rows by it (``where``), has said what is
meant. Not here: plans and models (``planned``), what is preliminary or misprinted (``said_status``), what is not for
publication (``confidentiality``). Called by ``one_file``.
"""

import re
from collections.abc import Iterator

from sources.cells import REMARKS, TITLE
from sources.readers.grid.footnotes import DRAFT
from transforms.normalize.contradictions.unit_words import as_sentences, lines_below, parts
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells, texts_about_figures
from transforms.normalize.readings import Refusal
from transforms.normalize.yes_or_no import NOT_VALID, VALID, name_in_words, says_no, says_yes

_DATA = r"(?:данн|цифр|числ|значени|показател|сведени|запис|набор)\w*"
_DRAFT = (
    r"(?:working |first |final )?draft(?: (?:version|data|figures?|tables?|report|copy|only|record))?|"
    r"draft for (?:discussion|comment)|"
    r"(?:do not|not (?:for|to be)) (?:cite|citation|quote|quotation|cited|quoted)|"
    r"черновик|чернов(?:ой|ая|ые|ое) (?:вариант|версия|данные)|не для цитирования|"
    r"проект (?:сборника|публикации|отч[её]та|таблицы|документа|доклада|бюллетеня)|"
    r"қоралама|каралама|qoralama|сиёҳнавис|entwurf(?:sfassung)?|arbeitsentwurf|nicht zitierfähig"
)
# Made-up figures, in any sentence.
_SAMPLE = re.compile(
    r"(?<!не )(?<!not )(?<!no )(?<!without )(?<!keine )(?<!\w)(?:"
    rf"(?:условн|вымышленн|случайн|тестов|демонстрационн|пробн|фиктивн|синтетическ|сгенерированн)(?:ые|ых|ый|ая|ое|ыми|ие|"
    rf"их|ой) {_DATA}|демо[- ]?данн\w+|(?:образец|пример) заполнения|данные для примера|"
    r"(?:dummy|test|demo|demonstration|fictitious|fictional|fake|synthetic|random|mock|placeholder|made-up|"
    r"randomly generated|illustrative)(?: sample)? (?:data|values?|figures?|numbers?|records?)|"
    r"(?:sample|example) (?:data|values|figures|numbers|records) (?:for|only)|not real (?:data|figures|numbers)|"
    r"for (?:testing|demonstration|illustration)(?: purposes)?(?: only)?$|lorem ipsum|"
    r"(?:beispiel|muster|test|demo|dummy|zufalls|platzhalter)-?(?:daten|werte?|zahlen)|"
    r"(?:fiktive|erfundene|zufällige|synthetische) (?:daten|werte|zahlen|angaben)|ausfüll(?:muster|beispiel)|"
    r"үлгі үшін|шартты (?:дерек|сан|мәлімет)\w*|кездейсоқ (?:сан|дерек)\w*|сынақ дерек\w*|толтыру үлгісі|"
    r"ойдан шығарылған|үлгү үчүн|шарттуу (?:маалымат|сан)\w*|кокустук (?:сан|маалымат)\w*|сыноо маалымат\w*|"
    r"толтуруу үлгүсү|ойдон чыгарылган|"
    r"намуна (?:учун|сифатида|тариқасида)|тасодифий (?:сон|рақам|маълумот)\w*|шартли (?:сон|рақам|маълумот)\w*|"
    r"синов (?:учун|маълумот\w*)|тўлдириш намунаси|namuna (?:uchun|sifatida|tariqasida)|"
    r"tasodifiy (?:son|raqam|ma'lumot)\w*|shartli (?:son|raqam|ma'lumot)\w*|sinov (?:uchun|ma'lumot\w*)|"
    r"to'ldirish namunasi|барои намуна|рақамҳои (?:тасодифӣ|шартӣ)|маълумоти (?:шартӣ|санҷишӣ|озмоишӣ|сохта)|"
    r"намунаи пуркунӣ"
    r")(?!\w)"
)
# A longer sentence is prose about something else.
_MOST_WORDS = 12
# What became of a record.
_VOID = (
    r"аннулирован\w*|удал[её]н\w*|отмен[её]н\w*|отозван\w*|недействительн\w*|исключ[её]н\w*|неактивн\w*|"
    r"не (?:утвержд|опубликован|действует|действительн|подтвержд)\w*|на (?:согласовании|утверждении|доработке)|"
    r"снят\w* с публикации|annulled|deleted|removed|void(?:ed)?|cancell?ed|withdrawn|retracted|revoked|"
    r"invalid(?:ated)?|inactive|rejected|unpublished|not (?:published|approved|valid|active|in force)|"
    r"pending (?:approval|review)|under review|obsolete|superseded|"
    r"annulliert|gelöscht|storniert|ungültig|zurückgezogen|widerrufen|aufgehoben|inaktiv|in prüfung|"
    r"nicht (?:freigegeben|veröffentlicht|gültig)|"
    r"(?:күші )?жойыл(?:ған|ды)|жарамсыз|өшірілген|бекітілмеген|жарияланбаған|"
    r"жокко чыгарыл(?:ган|ды)|жараксыз|өчүрүлгөн|(?:бекитилген|жарыяланган) эмес|"
    r"бекор қилин(?:ган|ди)|ўчирилган|ҳақиқий эмас|яроқсиз|тасдиқланмаган|"
    r"bekor qilin(?:gan|di)|o'chirilgan|haqiqiy emas|yaroqsiz|tasdiqlanmagan|"
    r"бекор (?:карда )?шуда(?:аст)?|ҳазф (?:карда )?шуда(?:аст)?|беэътибор|тасдиқ нашуда(?:аст)?"
)
_RECORD = (
    r"(?:(?:эта |данная )?(?:запись|строка|значение)(?: была?)?|(?:this )?(?:record|row|entry|value|figure)"
    r"(?: (?:is|was|has been))?|(?:datensatz|zeile|wert)(?: (?:ist|wurde))?|жазба|жазуу|ёзув|yozuv|сабт)"
)
_ANYWHERE = re.compile(rf"{_DRAFT}|{_RECORD} (?:{_VOID})|(?:{_VOID}) (?:запись|record|entry)")
# A word for both a draft and a project: of a table, its title or the mark of a page says the first.
_AS_TITLE = re.compile(rf"{DRAFT.pattern}|demo|test|staging|sandbox|{_ANYWHERE.pattern}", re.IGNORECASE)
_AS_STATE = re.compile(rf"{_VOID}|{_AS_TITLE.pattern}", re.IGNORECASE)
_STATE_COLUMN = re.compile(
    r"(?:(?:record|row|entry|data|obs(?:ervation)?|publication|approval|workflow|review) )?(?:status|state)|"
    r"environment|env|(?:состояние|статус)(?: (?:записи|данных|строки|документа|публикации))?|"
    r"(?:жазба )?(?:күйі|мәртебесі)|(?:жазуунун )?(?:абалы|статусу)|(?:ёзув )?ҳолати|(?:yozuv )?holati|"
    r"ҳолати сабт|вазъи сабт|(?:daten|datensatz|bearbeitungs)?status"
)
# Columns that are no more than a mark of their rows. A column Cancelled "3", "1" beside others counts, too.
_VOID_FLAG = re.compile(
    r"(?P<sure>is )?(?P<said>deleted|draft|removed|void(?:ed)?|cancell?ed|annulled|revoked|withdrawn|retracted|invalid|"
    r"rejected|test|demo|sample|dummy|example|удал[её]н[ао]?|аннулирован[ао]?|отмен[её]н[ао]?|черновик|тестов(?:ая|ый)|"
    r"gelöscht|entwurf|storniert|ungültig)"
)
_VALID_FLAG = re.compile(rf"(?P<sure>is )?(?:{VALID})")
_OF_TABLE = (TITLE, REMARKS, "sheet")
# Most texts have none of these words: one search spares them the patterns above.
_ANY = re.compile(
    r"draft|entwurf|проект|чернов|жоба|долбоор|лойиҳа|лоиҳа|loyiha|цитир|cit[ei]|quot|zitier|қоралама|каралама|qoralama|"
    r"сиёҳнав|demo|test|staging|sandbox|запис|строк|значен|record|row|entry|value|figure|satz|zeile|wert|жазба|жазуу|"
    r"ёзув|yozuv|сабт|услов|вымышл|случай|тестов|демо|пробн|фиктив|синтет|генерир|образец|пример|dummy|ficti|fake|synthet|"
    r"random|mock|placehold|made-up|illustr|for demonstration|sample|example|not real|lorem|"
    r"beispiel|muster|zuf[aä]ll|platzhalter|fiktiv|"
    r"erfund|үлгі|шарт|кездейсоқ|сынақ|ойдан|үлгү|кокустук|сыноо|ойдон|намуна|тасодиф|синов|namuna|tasodif|shart|sinov|"
    r"озмоиш|санҷиш|сохта"
)


def drafts(file: FileCells) -> Iterator[EncodedColumn]:
    """Refusals of the rows that the file calls a draft, made up, deleted or annulled."""
    if file.dataset.collection == "transcription":
        return
    for place, texts in texts_about_figures(file):
        said = {text for text in texts.dictionary if text and says_draft(text, place)}
        if said:
            name = "remark" if place == REMARKS else place

            def refusal(text: str | None, said: set[str] = said, name: str = name) -> Refusal | None:
                if text not in said:
                    return None
                return file.lookups.refusal(
                    "not_as_counted", sentence="draft", value=(text or "")[:200], place=name
                )

            yield texts.recoded(refusal)


def says_draft(text: str, place: str) -> bool:
    """Whether a text of a column or other place (``TITLE``, ``REMARKS``) says that its record is no publication."""
    name = name_in_words(place).casefold()
    alone = text.casefold().strip()
    if found := _VOID_FLAG.fullmatch(name):
        return says_yes(text) or alone == found["said"] or bool(found["sure"] and alone == "1")
    if found := _VALID_FLAG.fullmatch(name):
        return says_no(text) or alone == NOT_VALID or bool(found["sure"] and alone == "0")
    of_state = place not in _OF_TABLE and _STATE_COLUMN.fullmatch(name) is not None
    if not (of_state or _ANY.search(alone)):
        return False
    words = _AS_TITLE if place in _OF_TABLE else _AS_STATE if of_state else _ANYWHERE
    pieces = (*parts(text), *lines_below(text), *text.split("\n"))
    if any(words.fullmatch(piece) for piece in pieces):
        return True
    return any(_SAMPLE.search(said) for said in as_sentences(text) if len(said.split()) <= _MOST_WORDS)
