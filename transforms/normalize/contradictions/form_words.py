"""Words for forms of violence and for who used it, in whatever text: a label, a title, a heading.

::

    said_codes("Физическое насилие")   {violence_form PHYSICAL}     form_of("Случаи физического насилия")   "PHYSICAL"
    said_codes("husband")              {relationship IPTN}          forms_in("побои, угрозы")               nothing
    said_codes("Чуйская область")      nothing                      is_of_violence("Orders")                False

Not here: names of columns (``dimension_words``), and what becomes of a row. Called by ``unread_breakdowns``,
``unread_headings``, ``restricting_texts`` and ``restriction_words``.
"""

import re
from functools import lru_cache

from transforms.normalize.contradictions.dimension_words import FORM, RELATIONSHIP
from transforms.normalize.contradictions.group_words import whole_words
from transforms.parse.fold_labels import fold

Said = frozenset[tuple[str, str]]

_VIOLENCE = (
    r"насили(?:[яею]|ем|ям|ях|ями)|violence|abuse|зорлы[қк]\w*(?:-зомбылы[қк]\w*)?|қатыгезді\w*|"
    r"зордук\w*(?:-зомбулук\w*)?|зомбулу[кг]\w*|зомбылы[қғ]\w*|"
    r"zo'ravonlik\w*|зўравонлик\w*|зӯровар\w*|хушунат\w*|gewalt"
)
_FORMS = {
    "PHYSICAL": r"физическ\w*|physical|физикалы[қк]|денеге|jismoniy|жисмоний|ҷисмон\w*|körperlich\w*|physisch\w*",
    "SEXUAL": (
        r"сексуал\w*|sexual|полов\w*|жынысты[қк]|jinsiy|жинсий|ҷинсӣ|шаҳвон\w*|sexuell\w*|sexualisiert\w*|seksual|"
        r"сексуалды[қк]"
    ),
    "PSYCHOLOGICAL": (
        r"психолог\w*|psychological|психич\w*|эмоционал\w*|emotional|ruhiy|руҳий|рӯҳ\w*|равон\w*|psychisch\w*|"
        r"psixologik|seelisch\w*"
    ),
    "ECONOMIC": (
        r"экономич\w*|economic|financial|финансов\w*|экономикалы[қк]|iqtisodiy|иқтисод\w*|wirtschaftlich\w*|"
        r"ökonomisch\w*|finanziell\w*"
    ),
}
_RELATIONS = {
    "IPTN": (
        r"(?:бывш\w+ |экс-?)?(?:муж|жена|супруг\w*|партн[её]р\w*|сожител\w*)|(?:интимн\w+ )партн[её]р\w*|"
        r"(?:ex-?|former |current |intimate )?(?:husband|wife|spouse|(?:intimate )?partner|boyfriend|girlfriend|"
        r"cohabitant)|"
        r"(?:бұрынғы |мурдагы )?(?:күйеу\w*|жұбай\w*|күйөө\w*|жубай\w*)|(?:sobiq )?(?:turmush o'rtog'i|eri|xotini)|"
        r"(?:собиқ )?(?:турмуш ўртоғи|эри|хотини)|(?:собиқ )?(?:шавҳар\w*|ҳамсар\w*)|"
        r"(?:ex-?|ehemalige\w* )?(?:ehemann|ehefrau|ehepartner\w*|partner(?:in)?|lebensgefährt\w*)"
    ),
    "FAM": (
        r"отец|мать|отчим|мачеха|брат|сестра|сын|дочь|родител[ьи]|(?:друг\w+ |ин\w+ )?родственник\w*|"
        r"член\w* семьи|свекров\w*|"
        r"свекр\w*|тещ[аи]|тесть|невестка|зять|father|mother|brother|sister|son|daughter|parents?|siblings?|"
        r"(?:other )?(?:relatives?|family members?)|(?:mother|father|son|daughter|brother|sister)-in-law|әкесi|"
        r"анасы|баласы|"
        r"туыс\w*|атасы|апасы|тууган\w*|otasi|onasi|o'g'li|qarindosh\w*|отаси|онаси|ўғли|қариндош\w*|падар\w*|"
        r"модар\w*|"
        r"хешу табор\w*|vater|mutter|bruder|schwester|sohn|tochter|(?:sonstige )?(?:verwandte\w*|"
        r"familienangehörige\w*)"
    ),
    "OTHER_KNOWN": (
        r"сосед\w*|знаком\w+|коллег\w*|neighbou?rs?|acquaintances?|colleagues?|friends?|көрш\w*|кошуна\w*|"
        r"qo'shni\w*|"
        r"қўшни\w*|ҳамсоя\w*|nachbar\w*|bekannte\w*"
    ),
    "STRANGER": (
        r"незнаком\w+(?: лиц\w*)?|посторонн\w+(?: лиц\w*)?|strangers?|бейтаныс\w*|тааныш эмес\w*|notanish\w*|"
        r"нотаниш\w*|"
        r"ношинос\w*|fremde\w*"
    ),
}


def _compiled(said: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {code: whole_words(words) for code, words in said.items()}


_FORM_WORDS, _RELATION_WORDS = _compiled(_FORMS), _compiled(_RELATIONS)
_VIOLENCE_WORDS = whole_words(_VIOLENCE)
# Between the words of a text that says a form and nothing else.
_BESIDE = whole_words(
    r"и|или|и/или|and|or|and/or|жана|және|ва|va|und|oder|немесе|же|ёки|yoki|ё|of|in|түрү?|тури?"
)
# An adjective that may stand alone beside "violence", and speaks of little else.
_ALONE_FORM = whole_words(
    r"физическое|сексуальное|психологическое|экономическое|эмоциональное|physical|sexual|psychological|emotional|"
    r"jismoniy|жисмоний|ҷисмонӣ|körperlich|psychisch|физикалы[қк]|сексуалды[қк]"
)
_ALL_BEFORE = re.compile(r"^(?:все|всего|итого|total|all|барлық|бардык|барча|barcha|ҳама\w*|alle)\b[ ,:-]*")


def forms_in(text: str) -> frozenset[str]:
    """Forms of violence that a text names, whatever else it says."""
    folded = fold(text)
    return frozenset(code for code, words in _FORM_WORDS.items() if words.search(folded))


_BETWEEN = r"(?: (?:и/или|и|или|and/or|and|or|und|oder|va|ва|жана|және))?"
_FORM_OF_VIOLENCE = whole_words(
    rf"(?:{'|'.join(_FORMS.values())})(?:{_BETWEEN} \w+)? (?:{_VIOLENCE})|"
    rf"(?:{_VIOLENCE}) (?:{'|'.join(_FORMS.values())})"
)
# Behind these words a form is one of several.
_AMONG = whole_words(
    r"включая|в том числе|в частности|особенно|кроме|без|including|such as|especially|except|without|insbesondere|ohne"
)


@lru_cache(maxsize=10_000)
def form_of(text: str) -> str:
    """The form of a text that speaks of violence of one form ("Случаи физического насилия"); "" of any other text."""
    folded = fold(text)
    found, forms = _FORM_OF_VIOLENCE.search(folded), sorted(forms_in(folded))
    if found is None or _AMONG.search(folded[: found.start()]):
        return ""
    return "PHYSICAL_SEXUAL" if forms == ["PHYSICAL", "SEXUAL"] else forms[0] if len(forms) == 1 else ""


def is_of_violence(label: str) -> bool:
    """Whether an indicator's label speaks of violence, so that its figures may be of one form of it."""
    return bool(_VIOLENCE_WORDS.search(fold(label)))


@lru_cache(maxsize=50_000)
def said_codes(text: str, named: str = "") -> Said:
    """What a text says and nothing else: concept and code; ``named``: the dimension that its column is called.

    In a column of another name an adjective alone ("economic") may be that of a sector.
    """
    folded = _ALL_BEFORE.sub("", fold(text))
    forms = sorted(forms_in(folded))
    rest = _VIOLENCE_WORDS.sub(" ", folded)
    for code in forms:
        rest = _FORM_WORDS[code].sub(" ", rest)
    if forms and not re.search(r"\w", _BESIDE.sub(" ", rest)):
        alone = not _VIOLENCE_WORDS.search(folded) and not _ALONE_FORM.fullmatch(folded)
        if named == FORM or not alone:
            both = forms == ["PHYSICAL", "SEXUAL"]
            return frozenset({(FORM, "PHYSICAL_SEXUAL" if both else forms[0] if len(forms) == 1 else "")})
    return frozenset(
        (RELATIONSHIP, code) for code, words in _RELATION_WORDS.items() if words.fullmatch(folded)
    )
