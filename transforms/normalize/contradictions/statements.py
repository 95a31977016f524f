"""Sentences that say of all figures of a table what they are, in the languages of the region, German and English.

::

    "Данные приведены в процентах к итогу"                     в процентах к итогу
    "Деректер мың адаммен берілген"                            мың адаммен
    "Маълумот бо ҳазор нафар оварда шудааст"                   бо ҳазор нафар
    "Die Angaben sind in tausend Personen ausgewiesen"         in tausend personen
    "The table shows the rank of each region"                  rank of each region
    "Показатели на 100 000 населения приведены в таблице 5"    none: this is said of another table
    "Преступления предварительно расследованы"                 none: its subject is no data

What is left without subject and verb is judged by the rules as a header is: a unit, a scale, a plan. Not here: lines
and parts of a text (``unit_words``), which calls this with texts in small letters, as do the rules themselves.
"""

import re

_ALL = r"(?:(?:все|всех|all|the|these|alle|die|diese|барлық|бардык|ҳамаи|barcha|барча) )*"
_DATA = (
    r"(?:данные|показатели|значения|сведения|цифры|числа|итоги|data|figures|values|numbers|results|"
    r"angaben|zahlen|werte|daten|ergebnisse|"
    r"деректер|мәліметтер|көрсеткіштер|мәндер|маалыматтар|көрсөткүчтөр|сандар|"
    r"маълумот(?:ҳо)?|нишондиҳандаҳо|рақамҳо|маълумотлар|кўрсаткичлар|рақамлар|"
    r"ma'lumotlar|ko'rsatkichlar|raqamlar)"
)
_IN_TABLE = r"(?: (?:таблицы|в таблице|in (?:the|this) table|кестедегі|таблицадагы|jadvaldagi|жадвалдаги))?"
_SUBJECT = rf"{_ALL}{_DATA}{_IN_TABLE}"
_OF_YEAR = r"(?: (?:за|на|for|of|für) (?:19|20)[0-9]{2}(?: г(?:од)?\.?)?)?"
_GIVEN_RU = r"(?:приведе|да|указа|представле|показа|рассчита|исчисле|выраже|опубликова)"
_SAYS = tuple(
    re.compile(pattern)
    for pattern in (
        # The subject, the verb, and what they are.
        rf"{_SUBJECT}{_OF_YEAR} (?:{_GIVEN_RU}н[аоы]?|являются|носят|[—–-]) (?P<said>.+)",
        rf"{_SUBJECT}{_OF_YEAR} (?:are|is|were|do)(?: (?:given|shown|expressed|presented|reported|calculated|"
        r"provided|stated|measured))?(?: as)? (?P<said>.+)",
        r"(?:the |this )?table (?:shows|gives|presents|contains) (?:the )?(?P<said>.+)",
        # The verb first.
        r"(?:приведен[аоы]?|приводятся|приводится|указан[аоы]?|показан[аоы]?|представлен[аоы]?) (?P<said>.+)",
        r"(?:ausgewiesen|angegeben|dargestellt|aufgeführt) (?:ist|sind|wird|werden) "
        r"(?:(?:der|die|das|jeweils) )*(?P<said>.+)",
        rf"{_SUBJECT}{_OF_YEAR} (?:sind|erfolgen|beziehen sich|beruhen|enthalten|werden) (?P<said>.+?)"
        r"(?: (?:ausgewiesen|angegeben|dargestellt|berechnet|aufgeführt))?",
        # The verb last.
        rf"(?:{_SUBJECT} )?(?P<said>.+?) (?:берілген|келтірілген|көрсетілген|есептелген|ұсынылған|"
        r"берилген|келтирилген|көрсөтүлгөн|эсептелген|сунушталган|keltirilgan|berilgan|ko'rsatilgan|hisoblangan|"
        r"келтирилган|берилган|кўрсатилган|ҳисобланган)",
        rf"(?:{_SUBJECT} )?(?P<said>.+?) (?:оварда|дода|нишон дода|ҳисоб карда|пешниҳод карда) "
        r"(?:шуда(?:аст|анд)|мешавад|мешаванд)",
        rf"{_SUBJECT} (?P<said>.+?) (?:болып табылады|болуп саналат|болуп эсептелет|bo'lib|бўлиб|буда|"
        r"hisoblanadi|ҳисобланади|ҳисоб меравад|ҳисоб мераванд|мебошад|мебошанд|аст|анд)(?:,? .*)?",
        rf"{_SUBJECT} (?P<said>.+?)(?:lardir|лардир)",
    )
)
# Most texts have none of these words: one search spares them the patterns above.
_ANY = re.compile(
    r"данны|показа|значени|сведени|цифры|числа|итоги|привед|привод|указан|представлен|"
    r"data|figures|values|numbers|results|table|angaben|zahlen|werte|daten|ergebnisse|gewiesen|gegeben|dargestellt|geführt|"
    r"деректер|мәліметтер|мәндер|берілген|келтірілген|көрсет|есептелген|ұсынылған|"
    r"маалыматтар|сандар|берилген|келтирилген|көрсөт|эсептелген|сунушталган|шуда|мешав|маълумот|нишондиҳ|рақам|"
    r"кўрсат|келтирилган|берилган|ҳисобланган|ma'lumot|ko'rsat|raqam|keltirilgan|berilgan|hisoblangan"
)
# Where that stands is another table.
ELSEWHERE = re.compile(
    r"(?<!\w)(?:(?:в|во|см\.?|in|see|siehe|дар) (?:the )?(?:таблиц\w*|табл\.?|приложени\w*|table|annex|tabelle|"
    r"anhang|ҷадвали|замимаи) ?№? ?[0-9]|[0-9]+-? ?(?:кестеде|таблицада|жадвалда|jadvalda|тиркемеде|иловада)(?!\w))"
)


def stated(sentence: str) -> str:
    """What a sentence (small letters, plain apostrophes) says that all figures are; "" of any other."""
    if not _ANY.search(sentence) or ELSEWHERE.search(sentence):
        return ""
    found = (pattern.fullmatch(sentence.strip(" .")) for pattern in _SAYS)
    return next((match["said"] for match in found if match), "")
