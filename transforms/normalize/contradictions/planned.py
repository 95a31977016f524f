"""Figures that nobody has counted: plans, targets, forecasts, models, and estimates of a time that has not ended.

::

    header "2025" over "план", column Вид "прогноз", title "Target by 2030"     refused
    header "ожидаемый результат", "expected"                                     refused
    column Basis "Modelled", title "Ордера (экстраполяция)"                      refused
    header "оценка", "estimate"                                                  refused where the period goes on
    label "Планирование семьи", "Целевая группа", column Target "5.2"            as counted

A plan of 900 orders beside 812 that were made is no observation. Words are judged as whole labels
(``unit_words.parts``) with a year or a noun beside them, never as a part of a sentence. A declaration that gives codes
to the texts of the column, or chooses its rows by it (``where``), has said what is meant; so has ``nature`` E or M.
Not here: years far ahead, whatever they are called (``time_period.not_yet``). Called by ``one_file``.
"""

import re
from collections.abc import Iterator
from typing import Any

from sources.cells import NOTE, REMARKS
from transforms.normalize.contradictions.unit_words import lines_below, parts, sentences
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, crossed, either
from transforms.normalize.file_cells import FileCells, texts_about_figures
from transforms.normalize.readings import Refusal

_YEAR = r"(?:19|20)[0-9]{2}(?:[-–/][0-9]{2,4})?(?: ?(?:гг?\.?|год[а-я]*|years?|ж\.?|жыл\w*|й\.?|йил\w*|yil\w*|сол\w*))?"
_NOUN = (
    r"(?:показател|оценк|расч[её]т|значени|величин|индикатор|ориентир|данн|уров|задани|результат|числ|количеств|values?|"
    r"figures?|numbers?|estimate|level|data|indicator|"
    r"көрсеткіш|көрсөткүч|кўрсаткич|ko.rsatkich|мән|нәтиже|натыйжа|натижа|natija|indikator|results?|outcomes?|"
    r"werte?|zahl)\w*"
)
_WORD = (
    r"проект (?:плана|бюджета|прогноза)|"
    r"план(?:ы|овы[йе]|овая|овое|ов)?|(?:за)?планирован(?:о|ный|ная|ное|ные)|планируем(?:о|ый|ая|ое|ые)|"
    r"прогноз(?:а|ы|ный|ная|ное|ные|ом)?|прогнозируем(?:ый|ая|ое|ые)|проекци[яи]|"
    r"plan(?:ned)?|forecast(?:s|ed)?|projections?|projected|targets?|soll|prognosen?|"
    r"(?:plan|soll|ziel|prognose)-?(?:werte?|zahl(?:en)?)|vorausberechnung(?:en)?|"
    r"жоспар(?:ы|лы|ланған)?|болжам(?:ы|ды|дық|далған)?|пландалган|пландык|болжол(?:доо|дуу|донгон)?|"
    r"(?:аз рӯи |бо )?нақша(?:вӣ)?|пешгӯӣ|пешбинӣ|пешбинишуда|дурнамо|ҳадаф|режа(?:даги|лаштирилган|да| бўйича)?|"
    r"reja(?:dagi|lashtirilgan|da| bo.yicha)?|prognoz|"
    # What is expected was not counted, whenever its time ends.
    r"ожидае(?:м(?:о|ый|ая|ое|ые)|тся)|expected|anticipated|erwartet|күтілетін|күтүл(?:гөн|үүчү)|кутилаётган|"
    r"kutilayotgan|"
    r"(?:уточн[её]нный|утвержд[её]нный|годовой) план|план (?:на год|боюнча)|план, уточн[её]нный|планируется|намечено|"
    r"предусмотрено|утверждено на год|норматив|лимит|контрольн(?:ый|ая|ое|ые)|(?:бекітілген )?жоспар бойынша|"
    r"бекітілген жоспар|пландаштырылган|болжолдуу|божомол(?:дуу)?|scheduled|budgeted|envisaged|milestones?|goals?|"
    r"ziele?|geplant|planung|prognostiziert|vorausschätzung(?:en)?|"
    # What a model says was not counted, either.
    r"(?:смоделирован|экстраполирован|интерполирован|импутирован)(?:о|ный|ная|ное|ные)|модельн(?:ый|ая|ое|ые)|"
    r"(?:экстра|интер)поляция|modell?ed|model-based|imputed|extrapolat(?:ed|ion)|interpolat(?:ed|ion)|simulated|"
    r"(?:modellier|imputier|extrapolier|interpolier)te?|modell(?:rechnung|schätzung|wert)(?:en|e)?|"
    r"модельденген|экстраполяцияланған|моделде(?:штири)?лген|моделлаштирилган|modellashtirilgan|моделсозишуда"
)
# Words that say a plan beside a noun only: "целевой показатель", never "целевая группа".
_BESIDE_NOUN = (
    r"целев(?:ой|ая|ое|ые)|максаттуу|мақсатты|нысаналы|мақсадли|maqsadli|плановы[йе]|planned|target(?:ed)?"
)
# Alone, as a whole label, these say it too.
_ADJECTIVE = r"максаттуу|мақсатты|нысаналы|мақсадли|maqsadli|targeted"
_BY_YEAR = rf"(?:,? ?(?:на|к|до|for|to|by|in|für|bis)?,? ?{_YEAR})?"
_PLAN = re.compile(
    rf"(?:{_YEAR},?:? )?(?:(?:{_WORD}|{_ADJECTIVE})(?: {_NOUN})?|(?:{_BESIDE_NOUN}) {_NOUN}|"
    rf"нишондиҳанда\w* (?:нақшавӣ|ҳадафӣ|ҳадафнок|мақсаднок)){_BY_YEAR}"
    r"|(?:.* )?(?:variant|scenario) projections?|(?:low|medium|high|baseline)[ -](?:variant|scenario|projection)"
    r"|утверждено на (?:19|20)[0-9]{2}(?: г\w*\.?)?"
    r"|(?:низкий|средний|высокий|базовый|оптимистичный|пессимистичный|инерционный|целевой) (?:вариант|"
    r"сценарий)(?: прогноза)?"
    # What a title begins with: "Прогноз численности …", "Planned number of …".
    r"|план(?:а|ы)? (?:числа|количества|численности|выдачи|при[её]ма|охвата|снижения|роста|поступлений)(?: .*)?"
    r"|(?:прогноз\w{0,4}|планов\w+|планируем\w+|ожидаем\w+) (?:числ[оа]|количеств[оа]|численност[ьи])(?: .*)?"
    r"|(?:forecast|projected|projections?|planned|expected|target)s? (?:of |for )?(?:the )?numbers?(?: .*)?"
)
# What a sentence about all figures says of them ("Figures are targets set by the programme").
_PLAN_STATED = re.compile(
    rf"(?:.* )?(?:(?:{_BESIDE_NOUN}) {_NOUN}|zielwerte?|planzahlen|sollwerte?)(?: .*)?|"
    r"(?:targets?|forecasts?|projections?|plans?|planned|prognosen?|прогнозные|плановые|прогнозными|плановыми)(?: .*)?|"
    r"нишондиҳанда\w* (?:нақшавӣ|ҳадафӣ|ҳадафнок|мақсаднок)\w*(?: .*)?"
)
_ESTIMATED = (
    r"оценк(?:а|и|ой)|оценочно|оценочн(?:ые|ый|ая|ое|ыми|ой)|ориентировочно|estimates?|estimated|est|"
    r"schätzung(?:en)?|geschätzte?|schätzwerte?|hochrechnung(?:en)?|"
    r"бағалау|бағаланған|баалоо|бааланган|арзёбӣ|арзёбишуда|баҳолаш|баҳоланган|baholash|baholangan"
)
_ESTIMATE = re.compile(rf"(?:{_YEAR},?:? )?(?:{_ESTIMATED})(?: {_NOUN})?{_BY_YEAR}")
_ESTIMATE_STATED = re.compile(rf"(?:auf )?(?:{_ESTIMATED})(?:,? .*)?")
_COUNTED = re.compile(rf"(?:{_YEAR} )?(?:факт(?:ически)?|факты|actual|ist|фактически[ей].*)")
# Most texts have none of these words: one search spares them the patterns above.
_ANY = re.compile(
    r"план|прогн|модел|model|полир|поляц|polat|polier|импут|imput|simul|"
    r"проект|проекц|намеч|предусм|утвержд|норматив|лимит|контрольн|ориентиров|божом|күтүл|ҳадаф|"
    r"anticip|schedul|budget|envisag|mileston|goal|hochrech|variant|scenario|вариант|сценари|целев|оценк|ожида|"
    r"plan|forecast|project|target|soll|prog|ziel|voraus|жоспар|болж|нақша|пеш|дурн|"
    r"режа|reja|максат|мақса|maqsa|нысан|estimat|expect|erwart|schätz|бағал|күт|баал|арз|кут|kut|bahol|баҳол|оцен|"
    r"\best\b"
)


def planned(file: FileCells, period: EncodedColumn, observed: Mask) -> tuple[EncodedColumn, ...]:
    """Refusals of ``observed`` values (no model by the declaration) that the file says to be none.

    ``period``: see ``time_period.COLUMNS``.
    """
    found = [either(observed, refusals, constant(None)) for refusals in _refusals(file, period)]
    return tuple(found)


def says_planned(text: str, place: str = "") -> str:
    """``plan`` or ``estimate`` of a label, title, or (in the column ``_remarks`` or ``_note``) a line below a table."""
    # The keys of JSON have no spaces: plan_2025.
    text = text.replace("_", " ")
    if not _ANY.search(text.casefold()):
        return ""
    labels = lines_below(text) if place.startswith("_") else parts(text)
    if place == NOTE:
        # It is about its own cell, whatever follows: "план, утверждён 5 мая".
        labels += [part for line in labels for part in parts(line)]
    if any(_COUNTED.fullmatch(label) for label in labels):
        return ""
    kinds = (("plan", _PLAN, _PLAN_STATED), ("estimate", _ESTIMATE, _ESTIMATE_STATED))
    said = sentences(text)
    return next(
        (
            kind
            for kind, label, sentence in kinds
            if any(map(label.fullmatch, labels)) or any(map(sentence.fullmatch, said))
        ),
        "",
    )


def _refusals(file: FileCells, period: EncodedColumn) -> Iterator[EncodedColumn]:
    today = file.facts.retrieved_at.date()
    for place, texts in texts_about_figures(file):
        said = {text: says_planned(text, place) for text in texts.dictionary if text}
        if not any(said.values()):
            continue
        name = "remark" if place == REMARKS else place

        def refusal(
            found: tuple[Any, ...], text: str | None, said: Any = said, name: str = name
        ) -> Refusal | None:
            kind = said.get(text or "", "")
            if not kind or (kind == "estimate" and (found[3] is None or found[3] <= today)):
                return None
            return file.lookups.refusal(
                "not_as_counted", sentence="planned", value=(text or "")[:200], place=name
            )

        yield crossed(period, texts, refusal)
