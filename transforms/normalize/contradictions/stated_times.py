"""The time that a line says the figures to be of, without the words around it, in eight languages.

::

    "Данные приведены за январь–июнь."                  "январь–июнь"
    "Ma’lumotlar yanvar-iyun oylari uchun keltirilgan"  "yanvar-iyun oylari"
    "Die Angaben gelten für das Jahr 2019."             "jahr 2019"
    "2019 год"                                          "2019 год"
    "Закон принят в 2019 году"                          the line itself, which no one reads as a time

Not here: what time that is (``transforms.parse.read_periods``). Called by ``frequency``, ``year_of_title`` and
``school_years``.
"""

import re
from functools import lru_cache

_APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʻʼ`´", "'"))
_BEFORE = re.compile(
    r"(?:(?:все|в таблице|the|die|all) )*"
    r"(?:(?:данные|сведения|показатели|значения|информация|деректер|мәліметтер|"
    r"маалыматтар|маълумот(?:лар|ҳо)?|"
    r"ma'lumotlar|angaben|zahlen|werte|daten|data|figures|values)(?: |$))?"
    r"(?:(?:приведены|даны|указаны|представлены|are|is|refer|relate|gelten|"
    r"beziehen sich|given|shown|только|nur|only) )*"
    r"(?:(?:за|на|for|to|für|auf|барои|дар) )?(?:(?:the|das|den|период|period|всего|year(?= (?:19|20))) )*"
)
_BEHIND = re.compile(
    r"(?: (?:айлары|айларында|ойлари|ойларида|oylari|oylarida))?"
    r"(?: (?:бойынша|боюнча|бўйича|bo'yicha|үшін|үчүн|учун|uchun))?"
    r"(?: (?:берілген|берилди|берилген|келтирилган|keltirilgan|оварда шуда(?:аст|анд)|көрсетілген|көрсөтүлдү))?$"
)
# Kazakh says "for" by an ending.
_FOR_YEAR = re.compile(r"(?<=[0-9] )жыл(?:ға|ына)(?= |$)")


@lru_cache(maxsize=20_000)
def stated_time(line: str) -> str:
    """A line in small letters without the words that say that its figures are of a time."""
    folded = " ".join(line.casefold().translate(_APOSTROPHES).split()).strip(" .:*;")
    return _FOR_YEAR.sub("жыл", _BEHIND.sub("", _BEFORE.sub("", folded, count=1)).strip(" .:"))
