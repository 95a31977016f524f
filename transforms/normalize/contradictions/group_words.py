"""Words for a part of the people that a table is about: a sex, an age, a breakdown (residence, disability,
citizenship), and "of which".

::

    sex_of("Женщины 18+")        "F"          groups_of("Женщины 18+")            {"sex", "age"}
    sex_of("женщины и мужчины")  "_T"         groups_of("из них повторно")         {"part"}
    says_all("Оба пола")         True         groups_of("в том числе по полу")     set()
    says_all("Всего женщин")     False        groups_of("город и село")            set()
                                              groups_of("иностранцы")              {"breakdown"}

Not here: what becomes of a row beside such words. Called by ``unread_headings`` (between the rows), ``unread_levels``
(in the header and in what a pattern leaves out) and ``unread_dimensions`` (columns called sex, age, residence).
"""

import itertools
import re
from functools import lru_cache

from transforms.normalize.contradictions.unit_base import without_range
from transforms.parse.fold_labels import fold

SEX, AGE, BREAKDOWN, PART = "sex", "age", "breakdown", "part"
_BOTH = "_T"
_ALL = re.compile(
    r"|(?:_?t|total|all|both|both sexes|btsx|sex_btsx|bothsex|both_?sexes|overall|persons|_z|n/?a|not applicable|"
    r"(?:age_?)?all_?ages?|0\+|0 (?:лет )?и (?:старше|выше|более)|0 (?:years )?(?:and|or) (?:over|older|more|above)|"
    r"всего|итого|все|оба пола|все возрасты|все население|барлығы|барлыгы|бардыгы|баары|жалпы|jami|жами|ҳамагӣ|"
    r"ҳарду ҷинс|insgesamt)"
)
# "All" with a noun: of whom, the noun says.
_ALL_OF = re.compile(
    r"(?:total|all|все|всего|итого|барча|barcha|бардык|барлық|ҳама|ҳамаи|alle)\b(?P<rest>.*)"
)


def whole_words(pattern: str) -> re.Pattern[str]:
    """A pattern of whole words, with the letters that ``fold`` leaves."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)".replace("ё", "е").replace("і", "i").replace("ß", "ss"))


_SEXES = {
    "F": whole_words(
        r"женщин\w*|женск(?:ий|ого) пол\w*|^женск\w+$|жен|дев|девоч\w+|девуш\w+|wom[ae]n|females?|girls?|аял(?!уу)\w*|"
        r"әйел\w*|қыздар\w*|қыз бала\w*|кыздар\w*|кыз бал\w*|ayol\w*|аёл\w*|(?:xotin-)?qizlar\w*|qiz bola\w*|"
        r"(?:хотин-)?қизлар\w*|қиз бола\w*|занон|занҳо|зан|духтар\w*|frauen|weibl(?:ich\w*)?|fem|mädchen|"
        r"^[жf](?= ?[0-9]{1,2} ?[-+]|$)"
    ),
    "M": whole_words(
        r"мужчин\w*|мужск(?:ой|ого) пол\w*|^мужск\w+$|муж|мальчик\w*|юнош\w+|m[ae]n|males?|boys?|эркек\w*|еркек\w*|"
        r"ерлер\w*|ер адам\w*|ер бала\w*|ұлдар\w*|ұл бала\w*|уландар\w*|уул бал\w*|erkak\w*|эркак\w*|ўғил бола\w*|"
        r"o'g'il bola\w*|йигит\w*|yigit\w*|мардон|мардҳо|мард|писар\w*|männern?|männl(?:ich\w*)?|jungen|"
        r"^[мm](?= ?[0-9]{1,2} ?[-+]|$)"
    ),
}
_AGES = whole_words(
    r"(?:zwischen|between|aged?) [0-9]{1,2} ?(?:-|und|and|to|bis) ?[0-9]{1,2}(?: (?:years?|jahren?))?|"
    r"возраст\w*|дет(?:и|ей|ям|ях|ьми)|ребён\w+|несовершеннолетн\w+|малолетн\w+|подростк\w+|пожил\w+|взросл\w+|пенсионер\w*|"
    r"молод[её]ж\w*|aged?|child(?:ren)?|minors|minor(?! (?:injur|bodily|harm|offen|assault|violen|crime|damage))|"
    r"adults?|elderly|adolescents?|youth|teenagers?|(?:older|young) (?:people|persons)|"
    r"балдар|балалар|bolalar|болалар|кӯдакони?|kinder|кәмелет\w*(?: толма\w*)?|жасөспірім\w*|ересек\w*|"
    r"қарт(?:тар|тары|ар\w*)|"
    r"жашы жете? ?\w*|өспүрүм\w*|карылар\w*|улгайган\w*|жаштар\w*|жастар\w*|чоңдор\w*|ноболиғ\w*|наврас\w*|"
    r"калонсол\w*|ҷавонон|пиронсол\w*|вояга етма\w*|ёшлар\w*|кекса\w*|катталар|ўсмир\w*|voyaga yetma\w*|yoshlar\w*|"
    r"keksa\w*|o'smir\w*|jugendlich\w*|minderjährig\w*|erwachsen\w*|senior(?:inn)?en|"
    r"[0-9]{1,2} ?(?:-|до|bis|to) ?[0-9]{1,2} ?(?:лет|years?|yrs?|jahre?|j|жаш|жас|yosh|ёш|сол)\w*|"
    # "от 15.06.2022" and "до 8 июня" are days.
    r"(?:до|старше|моложе|от) [0-9]{1,2}(?: ?лет)?(?!\.[0-9]| (?:янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек))|"
    r"[0-9]{1,2}(?: (?:лет|года|years?))? (?:и старше|and over|"
    r"and older|or older)|"
    r"[0-9]{1,2} ?(?:жас|жаш|ёш|yosh)\w*(?: \w+)?|(?:то|аз) [0-9]{1,2}[ -]?сола(?: \w+)?|[0-9]{1,2}-[0-9]{1,2} ?сола|"
    r"(?:under|over|below|above|unter|über|ab) [0-9]{1,2}(?: (?:jahren?|j))?|"
    r"^[0-9]{1,2}-[0-9]{1,2}$|(?<!-)[0-9]{1,2}\+|"
    r"^[<>≤≥] ?[0-9]{1,2}(?: (?:лет|years?))?$"
)
# Two numbers at the end or the beginning of a text, as ages stand beside a sex: "женщины 18-29", "15-49, women"; those
# behind an abbreviation, as of an article, are none.
_AGES_BESIDE = re.compile(
    r"^(?P<low>[0-9]{1,2}) ?(?:-|до|to|bis) ?(?P<high>[0-9]{1,2})(?![-0-9.])|"
    r"(?<![-0-9.№])(?<!\. )(?P<from>[0-9]{1,2}) ?(?:-|до|to|bis) ?(?P<up_to>[0-9]{1,2})\)?$"
)
# Ages in general, which are no age.
_ANY_AGE = whole_words(
    r"возраст\w*|aged?s?|жас(?:тағы\w*)?|жаш(?: курак\w*)?|курак\w*|ёш(?:даги\w*)?|yosh(?:dagi\w*)?|синну сол\w*|синни|"
    r"alter(?:s\w*)?"
)
_CHILDREN, _ADULTS = (
    whole_words(
        r"дет(?:и|ей|ям|ях|ьми)|несовершеннолетн\w+|children|minors|kinder|балдар|балалар|болалар|bolalar|кӯдакон"
    ),
    whole_words(r"взросл\w*|adults|erwachsene|чоңдор|ересектер|катталар|kattalar|калонсолон"),
)
_YOUNG = re.compile(
    r"дев|мальч|юнош|girl|boy|қыз|кыз|ұл|уул|уландар|qiz|қиз|духтар|писар|mädchen|jungen|ўғил|o'g'il|йигит|yigit"
)
# All of the young, and no grown-ups: an age.
_BOTH_YOUNG = re.compile(
    r"(?:девоч|девуш|girl|қыз|кыз|qiz|қиз|духтар|mädchen).*(?:мальч|юнош|boy|ұл|уул|уландар|o'g'il|ўғил|писар|jungen)|"
    r"(?:мальч|юнош|boy|ұл|уул|уландар|o'g'il|ўғил|писар|jungen).*(?:девоч|девуш|girl|қыз|кыз|qiz|қиз|духтар|mädchen)"
)
_GROWN = re.compile(
    r"женщ|мужч|wom[ae]n|\bm[ae]n\b|әйел|аял|еркек|эркек|аёл|ayol|эркак|erkak|зан|мард|frau|männer|xotin|хотин"
)
_OF_WHICH = re.compile(
    r"(?:из (?:них|которых|общего числа|числа)|в том числе|в частности|в т\. ?ч\.?|of (?:which|them|whom|these)|"
    r"including|among (?:them|which)|"
    r"(?:анын|алардын) ичин(?:ен|де)|"
    r"алардан|(?:оның|соның|олардың) iшiн(?:де|ен)|олардан|shundan|шундан|ulardan|улардан|(?:shu )?jumladan|"
    r"(?:шу )?жумладан|"
    r"аз (?:онҳо|(?:он )?ҷумла)|davon|darunter)"
    r"\W*(?P<rest>.*)"
)
_RESIDENCES = whole_words(
    r"(?:сельск|городск)\w+ (?:местност|населени|насел[её]нн|жител|поселени|женщин|мужчин|дет(?:и|ей|ям|ях|ьми)|"
    r"девоч|девуш|мальчик|юнош|семь|потерпевш|пострадавш|жертв)\w*|(?:в )?сел[оае]х?$|"
    r"(?:айылдык|шаардык|қалалық) (?:аял|эркек|әйел|ер|еркек|бал)\w*|(?:shahar|шаҳар) (?:ayol|erkak|аёл|эркак)\w*|"
    r"(?:занони|мардони) шаҳр\w*|"
    r"(?<!и )(?:в )?город(?:а|е|ах)?$|"
    r"rural|urban|айыл(?:дык)?(?: жер\w*| калк\w*)?$|шаар(?:дык)?(?: жер\w*| калк\w*)?$|ауыл\w*|"
    r"қала(?:лық)?(?: халқ\w*| жер\w*| елді \w+)?$|towns|villages|деҳа\w*|деҳотӣ|шаҳр(?:ӣ|ҳо)?$|ҷойҳои шаҳрӣ|"
    r"аҳолии шаҳр\w*|"
    r"qishloq\w*|қишлоқ\w*|shahar(?: joy\w*| ahol\w*)?$|"
    r"шаҳар(?: жой\w*| аҳол\w*)?$|деҳот|ländl(?:ich\w*)?|städt(?:isch\w*)?|(?:stadt|land)bevölkerung"
)
_URBAN, _RURAL = (
    whole_words(
        r"(?:в )?город\w*|urban|towns|шаар\w*|қала\w*|shahar\w*|шаҳар\w*|шаҳр\w*|städt(?:isch\w*)?|stadtbev\w+"
    ),
    whole_words(
        r"(?:в )?сел(?:[оае]х?|ьск\w+)|rural|villages|айыл\w*|ауыл\w*|деҳ\w+|qishloq\w*|қишлоқ\w*|"
        r"ländl(?:ich\w*)?|landbev\w+"
    ),
)
_DISABILITIES = whole_words(
    r"(?:с |без |имеющ\w+ )?инвалид\w*|(?:persons? |people )?with(?:out)? disabilit\w+|disabled|мүгедек\w*|"
    r"майып\w*|маъюб\w*|nogiron\w*|ногирон\w*|behinder\w*|schwerbehindert\w*"
)
_CITIZENS = whole_words(
    r"иностр|иностранн?\w*(?: граждан\w*)?(?! (?:дел|язык|валют|инвест))|"
    r"граждан(?:е|ки|ин|ка)? (?:рк|кр|рт|руз|снг|республики \w+|казахстана|кыргызстана|"
    r"таджикистана|узбекистана|других стран|иностранных государств)|лиц\w* без гражданства|апатрид\w*|мигрант\w*|"
    r"foreign(?:ers?| nationals?| citizens?)|non-?nationals?|nationals|"
    r"(?<!of )(?<!by )(?<!from )(?:non-)?citizens(?! (?:appeals?|complaints?|requests?))|stateless(?: persons)?|"
    r"migrants?|"
    r"шетел\w*(?: азамат\w*)?|чет элдик\w*|чет өлкөлүк\w*(?: жаран\w*)?|"
    r"(?:chet el|чет эл) (?:fuqaro|фуқаро)\w*|хориж\w*(?: фуқаро\w*)?|xorij\w*(?: fuqaro\w*)?|"
    r"шаҳрвандони хориҷӣ|хориҷиён|ausländ\w*(?! (?:sprach|angelegenh|amt)\w*)|nichtdeutsch\w*"
)
# In a column of places of residence adjectives say it, too.
_RESIDENCE_ADJECTIVES = whole_words(
    r"городск\w+|сельск\w+|шаардык|айылдык|қалалық|ауылдық|шаҳрӣ|деҳотӣ|шаҳар|қишлоқ|shahar|qishloq"
)
# Beside a part of the people these change nothing.
_NEUTRAL = whole_words(
    r"только|тек|танҳо|фақат|faqat|гана|ғана|nur|only|im|in|von|в|аралығындағы|чейинки|дейiнгi|сола|raum|gebiete?|"
    r"jo[yi]\w*|жой\w*|жер\w*|"
    r"число|количество|численность|кол-во|всего|из них|в том числе|лиц[ао]?|лет|года?|старше|моложе|насел\w+|"
    r"местност\w+|"
    r"пострадавш\w+|потерпевш\w+|жертв\w*|обративш\w+|number of|total|of which|victims?|survivors?|persons?|people|"
    r"populations?|areas?|years?|old|and|the|и|группа|group"
)
# "by age": the texts beside say which.
_BY_AGE = re.compile(r"(?:(?:по|by|nach) )?(?:возраст(?:у|ам)?|ages?|alter)(?:(?:,| и| and) \D*)?")
# "of which by region": the labels below say the rest.
_BY = re.compile(r"(?:по|by|nach) .*|")
_INCLUDING = re.compile(
    r"в том числе|в т\. ?ч|including|(?:shu )?jumladan|(?:шу )?жумладан|аз (?:он )?ҷумла|davon|darunter|"
    r"(?:оның|соның) iшiнде|анын ичинде"
)
_REGIONS = re.compile(
    r"(?:по )?(?:област|регион|район)\w*|(?:by )?(?:regions?|oblasts?|districts?)|"
    r"(?:облус|аймак|облыс|өңір)\w*(?: боюнча| бойынша)?|(?:ҳудуд|вилоят|hudud|viloyat)\w*(?: бўйича| bo'yicha)?|"
    r"(?:аз рӯи )?(?:минтақа|вилоят)\w*"
)


_IN_YEARS = whole_words(
    r"лет|лица|возраст\w*|aged?|years?|jahren?|alter\w*|(?:[0-9]+[- ]?)?(?:жаш|жас|ёш|yosh)\w*|сола|курак\w*"
)
_TERM = whole_words(
    r"срок\w*|лишени\w*|свобод\w*|стаж\w*|брак\w*|imprison\w*|prison|sentence\w*|terms?|marriage|married|мөөнөт\w*|"
    r"мерзiм\w*|муддат\w*|muddat\w*|муҳлат\w*|ajrim\w*|freiheitsstrafe\w*|haft\w*|ehe\w*"
)
_HOME = whole_words(
    r"(?:сельск|городск)\w+ (?:местност|населени|насел[её]нн|жител|поселени|женщин|мужчин|девоч|потерпевш|"
    r"пострадавш)\w*|(?:rural|urban) (?:areas?|population|residents|women|men|girls|boys|victims|households)|"
    r"ländlich\w* \w+|städtisch\w* (?:gebiet|raum|frauen|männer)\w*|"
    r"(?:айыл|ауыл|шаар|қала)\w* (?:жер|калк|халқ|аял|әйел)\w*|"
    r"(?:қишлоқ|шаҳар) (?:жой|аҳол|аёл)\w*|(?:qishloq|shahar) (?:joy|ahol|ayol)\w*|ҷойҳои шаҳрӣ|деҳот|деҳаҳо"
)
_AGAINST = whole_words(
    r"в отношении|против|над|against|towards?|gegen|an frauen|қарсы|қатысты|карата|каршы|nisbatan|qarshi|нисбатан|"
    r"қарши|нисбат ба|зидди"
)


# Who publishes, or is called after those for whom it works; and pages of a book.
_BODY = whole_words(
    r"источник\w*|sources?|quellen?|манбаъ?\w*|manba\w*|дереккөз\w*|булагы|"
    r"министерств\w*|комитет\w*|отдел\w*|управлени\w*|департамент\w*|инспекци\w*|комисси\w*|фонд\w*|"
    r"ассоциаци\w*|союз\w*|совет|агентств\w*|институт\w*|"
    r"ministr(?:y|ies)|committees?|departments?|inspectorates?|commissions?|funds?|foundations?|associations?|unions?|"
    r"councils?|agenc(?:y|ies)|institutes?|"
    r"министрлi[гк]\w*|бөлiмi?|басқармасы|инспекциясы|комиссиясы|қоры|қауымдастығы|кеңесi?|агенттiгi|"
    r"бөлүмү?|башкармалыгы|фондусу?|кеңеши?|ассоциациясы|агенттиги|"
    r"вазорат\w*|шуъба\w*|кумита\w*|раёсат\w*|хазина\w*|шӯро\w*|ассотсиатсия\w*|комиссия\w*|мақомот\w*|ҷамоати|"
    r"vazirlig\w*|bo'limi?|qo'mita\w*|boshqarma\w*|jamg'arma\w*|kengash\w*|uyushma\w*|komissiya\w*|markazi|"
    r"вазирлиг\w*|бўлими?|қўмита\w*|бошқарма\w*|жамғарма\w*|кенгаш\w*|уюшма\w*|маркази|"
    r"\w*ministerium\w*|referat\w*|abteilung\w*|\w*amt|beirat\w*|bundesforum|\w*hilfswerk|stabsstelle|"
    r"(?:стр|с|саҳ|pp?|s|seiten?|pages?|бет\w*|bet\w*)\.? ?[0-9]+(?:-[0-9]+)?"
)


def names_body(text: str) -> bool:
    """Whether a text names who publishes, which may be called after women or children, or a page of a book."""
    return _BODY.search(fold(text)) is not None


def says_all(text: str) -> bool:
    """Whether a text says "all" or "total", and not of whom: "total population", but not "all women"."""
    folded = fold(text)
    if _ALL.fullmatch(folded):
        return True
    found = _ALL_OF.fullmatch(folded)
    if not found:
        return _says_both(folded)
    rest = found["rest"].strip(" ,.:;-")
    if _says_both(rest):
        return True
    other = _AGES.search(" ".join(_ANY_AGE.sub(" ", rest).split()))
    return not (sex_of(rest) in _SEXES or other or says_breakdown(rest) or says_residence(rest))


def _says_both(folded: str) -> bool:
    """Whether a text names town and country, adults and children, or women and men, and no other part.

    Girls and boys are no adults.
    """
    places, ages = (
        bool(one.search(folded) and other.search(folded))
        for one, other in ((_URBAN, _RURAL), (_ADULTS, _CHILDREN))
    )
    parts = (
        sex_of(folded) in _SEXES,
        not ages and _AGES.search(folded),
        not places and says_breakdown(folded),
    )
    sexes = sex_of(folded) == _BOTH and not _YOUNG.search(folded)
    return (places or ages or sexes) and not any(parts)


def sex_of(text: str) -> str:
    """``F``, ``M``, ``_T`` where it names both, "" where none."""
    folded = fold(text)
    said = [sex for sex, words in _SEXES.items() if words.search(folded)]
    return _BOTH if len(said) > 1 else "".join(said)


def age_in(text: str) -> str:
    """The words for one age in years in a text ("от 18 до 29 лет"), whatever else it says; "" of terms of prison."""
    folded = fold(text)
    if _TERM.search(folded) or not _IN_YEARS.search(folded):
        return ""
    spans = [found.span() for found in _AGES.finditer(folded) if re.search("[0-9]", found[0])]
    divided = any(folded[end:begin].strip() for (_, end), (begin, _) in itertools.pairwise(spans))
    return folded[spans[0][0] : spans[-1][1]] if spans and not divided else ""


def home_in(text: str) -> str:
    """``U`` or ``R`` of a text with a whole phrase for where people live, however long it is; "" of any other."""
    home = residence_of(text)
    return home if home in ("U", "R") and _HOME.search(fold(text)) else ""


def is_against(text: str) -> bool:
    """Whether a text says of whom something was done to, as "насилие в отношении женщин" does, which counts men."""
    return bool(_AGAINST.search(fold(text)))


def says_residence(text: str) -> bool:
    """Whether a text names a place of residence, urban or rural."""
    folded = fold(text).strip(" .:;-")
    return bool(_RESIDENCES.search(folded) or _RESIDENCE_ADJECTIVES.search(folded))


def residence_of(text: str) -> str:
    """``U`` urban, ``R`` rural, ``_T`` where a text names both, "" where none."""
    folded = fold(text).strip(" .:;-")
    said = [code for code, words in (("U", _URBAN), ("R", _RURAL)) if words.search(folded)]
    return _BOTH if len(said) > 1 else "".join(said) if says_residence(text) else ""


def grown_or_not(text: str) -> str:
    """``adults`` or ``children``, "" where a text names neither or both."""
    folded = fold(text)
    said = [kind for kind, words in (("adults", _ADULTS), ("children", _CHILDREN)) if words.search(folded)]
    return "".join(said) if len(said) == 1 else ""


def introduces_areas(text: str) -> bool:
    """Whether a heading says no more than that regions follow: "в том числе:", "по областям"."""
    folded = fold(text).strip(" .:;-")
    of_which = _OF_WHICH.fullmatch(folded)
    rest = of_which["rest"].strip(" :") if of_which else folded
    return bool(_INCLUDING.fullmatch(folded) or _REGIONS.fullmatch(rest))


def says_breakdown(text: str) -> bool:
    """Whether a text names a place of residence, a disability or a citizenship."""
    folded = fold(text).strip(" .:;-")
    return any(words.search(folded) for words in (_RESIDENCES, _DISABILITIES, _CITIZENS))


def _has_ages_beside(folded: str) -> bool:
    """Whether two rising numbers stand at an end of a text that names a part of the people."""
    found = _AGES_BESIDE.search(folded)
    low, *_, high = (int(number) for number in found.groups() if number) if found else (1, 0)
    return low < high


@lru_cache(maxsize=50_000)
def groups_alone(text: str) -> frozenset[str]:
    """The same kinds, where the text says of whom it is and nothing else: "women 18+", but not "a law on women"."""
    found = groups_of(text) - {PART}
    if not found:
        return frozenset()
    rest = fold(text)
    for words in (
        *_SEXES.values(),
        _AGES,
        _ANY_AGE,
        _RESIDENCES,
        _RESIDENCE_ADJECTIVES,
        _DISABILITIES,
        _CITIZENS,
        _NEUTRAL,
    ):
        rest = words.sub(" ", rest)
    return frozenset() if re.search(r"[^\W\d_]", rest) else frozenset(found)


def groups_of(text: str) -> set[str]:
    """What a text says of whom a figure is about: kinds, of which nothing or several may be."""
    if says_all(text):
        return set()
    folded = fold(without_range(text)).strip(" .:;-")
    of_all = _ALL_OF.fullmatch(folded)
    if of_all:
        # "Total 60+": of whom it is, stands behind.
        folded = of_all["rest"].strip(" ,.:;-")
    tests = {
        SEX: sex_of(folded),
        AGE: _AGES.search(folded) or (_BOTH_YOUNG.search(folded) and not _GROWN.search(folded)),
        BREAKDOWN: says_breakdown(folded) or (of_all and says_residence(folded)),
    }
    if _BY_AGE.fullmatch(folded):
        tests[AGE] = None
    found = {kind for kind, says in tests.items() if says}
    if found and _has_ages_beside(folded):
        found.add(AGE)
    of_which = _OF_WHICH.fullmatch(folded)
    if of_which and not found and not _BY.fullmatch(of_which["rest"]):
        found.add(PART)
    return found
