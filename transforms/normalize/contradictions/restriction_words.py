"""Words by which a text says that all figures around it are of a part of what is counted, in eight languages.

::

    "Учтены только женщины", "Тек ерлер", "Эркектер гана"     sex; so "nur Männer", "faqat ayollar", "women only"
    "Показаны лица в возрасте от 15 до 49 лет"                age: 15-49
    "Ма’lumotlar faqat qishloq joylari bo‘yicha"              residence; so "только иностранные граждане"
    "Тек физикалық зорлық-зомбылық", "Только со стороны мужа" form of violence; relationship
    "Nur Fälle nach § 223 StGB", "только по статье 75"        article of a law
    "Дела, направленные в суд", "convicted"                   stage: another one than that of registered cases
    "Aufgeklärte Fälle", "Раскрытые преступления"             stage: fewer than those that were registered
    "Повторно выданные ордера", "Takroriy orderlar"           repeated; "первичные и повторные" are all
    "Tatverdächtige häuslicher Gewalt"                        subject: no victims
    "Балдарга карата зомбулук"                                minors; "насилие в отношении женщин и детей" is nothing
    "Отдел по правам женщин", "собирается только с 2020 года" nothing

Not here: which figures that contradicts (``restricting_texts``, the only caller), and the words for parts of the people
by themselves (``group_words``) and for forms and relationships (``dimension_words``).
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from transforms.normalize.contradictions.dimension_words import FORM, RELATIONSHIP
from transforms.normalize.contradictions.form_words import form_of, forms_in, said_codes
from transforms.normalize.contradictions.group_words import (
    AGE,
    BREAKDOWN,
    SEX,
    age_in,
    groups_alone,
    groups_of,
    is_against,
    names_body,
    residence_of,
    says_breakdown,
    sex_of,
    whole_words,
)
from transforms.normalize.contradictions.unit_words import lines_below, parts
from transforms.parse.fold_labels import fold

ARTICLE, STAGE, REPEATED, SUBJECT = "article", "stage", "repeated", "subject"
CITIZENSHIP, MINORS = "citizenship", "minors"
# "Husband", and short for male.
_MALE_TOO = "муж"
COURT, CONVICTION, CLEARED = "court", "conviction", "cleared"


class Restriction(NamedTuple):
    """A part of what is counted: ``kind`` of part, and which ("F", "U", a form, a stage, words for an age)."""

    kind: str
    said: str


_SENTENCE = re.compile(r"[\n;()\[\]]|(?<=[^\W\d_]{4})[.!] | / ")
# "Only" before what it restricts, and behind it.
_ONLY = whole_words(
    r"только|исключительно|лишь|тек|танҳо|танхо|фақат|faqat|nur|ausschließlich|lediglich|only|solely|exclusively"
)
_BEHIND = whole_words(r"гана|ғана|only|exclusively")
_NOT_ONLY = whole_words(
    r"не только|не лишь|not only|nicht nur|на танҳо|нафақат|nafaqat|гана эмес|ғана емес|тек .* емес|фақат .* эмас|"
    r"faqat .* emas"
)
# What "only" may be about instead: a time, whom something is for, a condition.
_OTHERWISE = whole_words(
    r"с|со(?! стороны)|после|до|для|если|когда|since|from|after|until|for|if|when|where|seit|ab|für|wenn|nach dem|"
    r"бастап|баштап|үшiн|үчүн|учун|uchun|барои|(?:19|20)[0-9]{2}(?:[- ]?\w*)?"
)
_AFTER, _BEFORE = 6, 5
_MOST_WORDS, _MOST_WORDS_SHOWN, _MOST_WORDS_ALONE = 20, 12, 7
_SHOWN = whole_words(
    r"учтен\w*|приведен\w*|показан\w*|указан\w*|представлен\w*|отражен\w*|данные|сведения|"
    r"көрсетiлген\w*|берiлген\w*|көрсөтүл\w*|берилди|берилген|нишон дода|оварда|маълумот|"
    r"ko'rsatil\w*|keltiril\w*|кўрсатил\w*|келтирил\w*|"
    r"erfasst|dargestellt|angaben|counted|shown|covers?|given|presented|refers?|data"
)
_URBAN = whole_words(
    r"городск\w+|urban|шаардык\w*|шаар (?:жер|калк)\w*|қалалық\w*|қала (?:халқ|жер)\w*|маҳалли шаҳр\w*|шаҳрӣ|"
    r"shahar (?:joy|ahol)\w*|шаҳар (?:жой|аҳол)\w*|städtisch\w*|stadtbevölkerung"
)
_RURAL = whole_words(
    r"сельск\w+|rural|айыл(?:дык| жер| калк)\w*|ауыл(?:дық| жер| халқ)\w*|деҳот\w*|qishloq\w*|қишлоқ\w*|ländlich\w*"
)
_INTIMATE = (
    r"(?:бывш\w+ )?(?:мужа?|мужем|супруг\w*|партн[её]р\w*|сожител\w*)|(?:ex-?|former |intimate )*(?:husbands?|spouses?|"
    r"partners?)|күйеу\w*|жұбай\w*|серiктес\w*|күйөө\w*|жубай\w*|өнөктөш\w*|шавҳар\w*|ҳамсар\w*|шарик\w{0,2}|"
    r"er|eri|sherik\w*|turmush o'rtog'i|эр|эри|шерик\w*|турмуш ўртоғи|(?:ehe|ex-?)?partner\w*|ehem[aä]nn\w*"
)
_PARTNER = whole_words(_INTIMATE)
_BY_PARTNER = whole_words(
    rf"(?:со стороны|аз ҷониби|by(?: an?)?|durch(?: den| die)?) (?:{_INTIMATE})|"
    rf"(?:{_INTIMATE}) (?:тарапынан|тарабынан|tomonidan|томонидан)"
)
_ARTICLE = re.compile(
    r"стать\w+ [0-9]|(?<!\w)ст\.? ?[0-9]|articles? [0-9]|(?<!\w)art\.? ?[0-9]|§§? ?[0-9]|моддаи [0-9]|"
    r"(?<!\w)[0-9]{2,3}[-0-9^¹²³]*[- ]?(?:бап|баб|берене|modda|модда)"
)
_STAGES = {
    COURT: whole_words(
        r"(?:направл|перед|поступ)\w* в суды?|сотқа (?:жiберiл|берiл|жолдан)\w*|"
        r"сотко (?:жөнөтүл|берил|өткөрүл)\w*|ба суд (?:фиристода|ирсол)\w*(?: шуд\w*)?|"
        r"sudga (?:yuboril|oshiril|topshiril)\w*|судга (?:юборил|оширил|топширил)\w*|"
        r"(?:sent|referred|transferred|submitted) to (?:the )?courts?|"
        r"(?:an|vor) (?:das|die) gerichte? (?:abgegeben|gebracht)\w*"
    ),
    CONVICTION: whole_words(
        r"осужд[её]н\w*|сотталған\w*|сотталды|соттолгон\w*|маҳкумшуда\w*|маҳкум шуд\w*|sudlangan\w*|судланган\w*|"
        r"verurteilte?\w*|abgeurteilt\w*|convict(?:ed|ions?)"
    ),
}
_CRIMES = r"(?:қылмыс|iс|кылмыш|иш|jinoyat|ish|жиноят)"
# Parts that a whole title may say in any of its words.
_ANYWHERE = {
    Restriction(STAGE, CLEARED): whole_words(
        r"(?:не)?раскрыт(?:ые|ых|ы|о)(?! информац)|(?:nicht |un)?aufgeklärt\w*|"
        r"(?:un)?solved (?:\w+ ){0,2}(?:cases?|crimes?|offences?)|"
        r"cleared(?:[- ]up)? (?:\w+ ){0,2}(?:cases?|crimes?|offences?)|"
        r"(?:cases|crimes|offences) (?:\w+ ){0,3}(?:cleared|solved)|"
        rf"(?:ашылған|ашылмаған|ачылган|ачылбаган|fosh etilgan|ochilgan|фош этилган|очилган) {_CRIMES}\w*|"
        r"(?:ошкор|кашф|кушода) ?(?:карда)?шуда\w*"
    ),
    Restriction(REPEATED, REPEATED): whole_words(
        r"повторно|повторн(?:ые|ых|ое|ыми?)(?! (?:публикац|перепис|обследован|опрос|расч[её]т)\w*)|"
        r"repeat(?:ed|edly)?(?! survey)|re-?issued|wiederholt\w*|erneut \w+|"
        r"(?:қайта|қайтадан|кайра|кайрадан|qayta|қайта) (?:берiл|берил|beril)\w*|қайталан\w*|қайталама\w*|кайталан\w*|"
        r"кайталап|дубора \w+|такрор(?:ӣ|ии|ан|ий)?|takror(?:iy|an)?"
    ),
    Restriction(CITIZENSHIP, CITIZENSHIP): whole_words(
        r"(?:(?:nicht)?deutsche[rn]?|ausländische[rn]?) (?:staatsangehörig|staatsbürger|opfer|frauen|männer)\w*|"
        r"(?:german|kazakh|kazakhstani|kyrgyz|kyrgyzstani|tajik|uzbek|foreign) (?:nationals?|citizens?|victims)|"
        r"граждан(?:е|ки|ами) (?:рк|кр|рт|руз|(?:республики )?(?:казахстана?|таджикистана?|узбекистана?)|"
        r"кыргызстана|кыргызской республики|германии)|"
        r"(?:қазақстан|қазақстан республикасының) азаматтары|(?:кыргызстандын|кыргыз республикасынын) жарандары|"
        r"шаҳрвандони (?:ҷумҳурии )?(?:тоҷикистон|қирғизистон|қазоқистон|ӯзбекистон)|"
        r"o'zbekiston (?:respublikasi )?fuqarolari|ўзбекистон (?:республикаси )?фуқаролари"
    ),
}
# Beside such words these say that the others are counted as well, or that those are not.
_OTHERS_TOO = whole_words(
    r"(?:первичн|впервые|иностран|без гражданства|first|foreign(?= .*german)|erstmal|erstmalig|шетел|чет|бiрiншi рет|"
    r"биринчи жолу|бори аввал|хориҷ|birinchi marta|биринчи марта|xorij|хориж)\w*|"
    r"(?:зарегистриров|registered|recorded|reported|registriert|erfasst|тiркелген|катталган|қайдшуда)\w*,|"
    r"включая|с учетом|incl(?:uding)?|einschließlich|inkl(?:usive)?|ham|ҳам|қоса|кошо|кошкондо|якҷоя|бо назардошти|"
    r"(?:без|не|исключая|ohne|excluding|without|not|nicht|бидуни) (?:учета )?(?:повторн|wiederholt|repeat|такрор)\w*"
)
_AND_BEFORE = whole_words(r"(?:и|и/или|and|und|жана|және|ва|va|ҳамда) ?$")
_AND_BEHIND = re.compile(r" ?(?:\w+ )?(?:и|and|und|жана|және|ва|va|ҳамда) ")
_MOST_WORDS_OF_TITLE = 10
# Victims of violence: of whom, the words beside say ("Kinder als Opfer häuslicher Gewalt").
_VICTIMS = (
    r"opfer\w*|victims?|survivors?|жертв\w*|пострадавш\w*|потерпевш\w*|подверг\w+|жабыр\w*|тарткан\w*|"
    r"жәбiрлен\w*|зардап|шеккен\w*|ҷабрдида\w*|курмандык\w*|құрбан\w*|qurbon\w*|jabrlan\w*|жабрлан\w*|қурбон\w*"
)
_OF_VICTIMS = whole_words(
    rf"{_VICTIMS}|und|als|as|of|from|to|von|от|ставш\w+|who are|в|люди|адамдар|являющи\w+|насили\w*|"
    r"домашн\w*|семейн\w*|бытов\w*|в семье|"
    r"gewalt|häuslich\w*|violence|domestic|family|зомбулук\w*|үй-бүлө\w*|зорлық-зомбылық\w*|тұрмыстық|отбасы\w*|"
    r"зӯроварӣ|зӯроварии|хушунат\w*|оила\w*|хонаводагӣ|zo'ravonlik\w*|зўравонлик\w*|oila\w*|maishiy|маиший|"
    r"bo'lgan|бўлган|болгон|болған|аз|ӣ"
)
_HAS_VICTIMS = whole_words(_VICTIMS)
_SUSPECTS = whole_words(
    r"tatverdächtige\w*|täter\w*|beschuldigte\w*|подозреваем\w+|обвиняем\w+|правонарушител\w+|агрессор\w*|"
    r"suspects?|perpetrators?|offenders?|күдiктi\w*|күмөндүү\w*|шектүү\w*|айыпталуучу\w*|гумонбаршуда\w*|гумонбар\w*|"
    r"айбдоршаванда\w*|gumon(?:dor|lan)\w*|gumon qilinuvchi\w*|гумон(?:дор|лан)\w*|ayblanuvchi\w*|айбланувчи\w*|"
    r"құқық бұзушы\w*|укук бузуучу\w*|ҳуқуқвайронкунанда\w*|huquqbuzar\w*|ҳуқуқбузар\w*"
)
# A whole title on what is done to those under age alone.
_AGAINST_MINORS = whole_words(
    r"(?:в отношении|против|над) (?:малолетн|несовершеннолетн|дет(?:ей|ьми)|подростк)\w*|"
    r"(?:against|towards?) (?:minors|children|adolescents)|(?:gegen|an) (?:kindern?|minderjährig\w*|jugendlich\w*)|"
    r"(?:балаларға|жасөспiрiмдерге|кәмелетке толмаған\w*)(?: балаларға)? (?:қарсы|қатысты)|"
    r"(?:балдарга|өспүрүмдөргө|жашы жете элек\w*|жашы жетпеген\w*)(?: балдарга)? (?:карата|каршы)|"
    r"(?:нисбат ба|нисбати|зидди|муқобили) (?:кӯдакон|ноболиғон|наврасон)|"
    r"(?:bolalarga|o'smirlarga|voyaga yetmagan\w*)(?: bolalarga| shaxslarga)? (?:nisbatan|qarshi)|"
    r"(?:болаларга|ўсмирларга|вояга етмаган\w*)(?: болаларга| шахсларга)? (?:нисбатан|қарши)"
)
# Laws and programmes are called so, too.
_TOPIC = whole_words(
    r"закон\w*|кодекс\w*|конвенци\w*|программ\w*|защит\w*|предупрежд\w*|профилактик\w*|борьб\w*|law|act|code|"
    r"convention|programmes?|protection|prevent\w*|combat\w*|gesetz\w*|schutz\w*|\w*prävention|заң\w*|мыйзам\w*|қонун\w*|"
    r"qonun\w*|и|and|und|or|oder|или|жана|және|ва|va|же|немесе|ё|yoki|ёки"
)
# Beside a stage these say no more than what is counted.
_COUNTED = whole_words(
    r"число|количество|дел[ао]?|случа\w+|лиц[ао]?|материал\w*|уголовн\w+|шудаанд|шуд|iстер|iс|иштер|ишлар|ishlar|"
    r"парванда\w*|cases?|persons?|fälle|personen|number of|are|die|der|по|за|год[ау]?|[0-9]+|жыл\w*|йил\w*|yil\w*"
)


@lru_cache(maxsize=20_000)
def restrictions(text: str, *, alone: bool, below: bool = False) -> frozenset[Restriction]:
    """What a text says all figures around it to be of; ``alone``: a part of it that names nothing else counts, too.

    ``below``: a line below a table, which may head another one unless a mark or a word such as "Note" begins it.
    """
    found = set[Restriction]()
    for line in text.split("\n"):
        # Of a sentence on all figures what it says of them, and itself: its verb tells of a sentence, too.
        for said in dict.fromkeys((*lines_below(line), line)):
            counts = alone and (not below or fold(said) != fold(line))
            sentences = filter(None, map(fold, _SENTENCE.split(said)))
            found.update(one for sentence in sentences for one in _of_sentence(sentence, alone=counts))
    return frozenset(found)


def says_only(text: str) -> bool:
    """Whether a text has a word for "only", and none for "not only"."""
    folded = fold(text)
    return bool(_ONLY.search(folded) or _BEHIND.search(folded)) and not _NOT_ONLY.search(folded)


def _of_sentence(folded: str, *, alone: bool) -> Iterator[Restriction]:
    words = len(folded.split())
    if words > _MOST_WORDS or _NOT_ONLY.search(folded):
        return
    yield from (one for piece in _restricted(folded) for one in _kinds(piece))
    if words <= _MOST_WORDS_SHOWN and _SHOWN.search(folded):
        if re.search("[0-9][^0-9]+[0-9]", age := age_in(folded)) and not is_against(folded):
            yield Restriction(AGE, age)
        yield from _stages(folded)
    if alone and not names_body(folded):
        yield from _named_alone(folded)
        if words <= _MOST_WORDS_OF_TITLE:
            yield from _of_title(folded)


def _restricted(folded: str) -> Iterator[str]:
    """What "only" may restrict: some words behind it, or in front of it, as its language has it."""
    for match in _ONLY.finditer(folded):
        behind = folded[match.end() :].split()
        kept = (
            _OTHERWISE.split(" ".join(behind[:_AFTER]))[0]
            if not _is_age(behind)
            else " ".join(behind[:_AFTER])
        )
        yield kept.strip()
    for match in _BEHIND.finditer(folded):
        yield " ".join(folded[: match.start()].split()[-_BEFORE:])


def _is_age(words: list[str]) -> bool:
    return bool(age_in(" ".join(words[:_AFTER])))


def _kinds(piece: str) -> Iterator[Restriction]:
    """The parts of what is counted that a piece of a text restricts it to."""
    if not piece:
        return
    if (sex := sex_of(piece)) in ("F", "M"):
        yield Restriction(SEX, sex)
    if AGE in groups_of(piece) or age_in(piece):
        yield Restriction(AGE, age_in(piece) or piece)
    homes = [code for code, words in (("U", _URBAN), ("R", _RURAL)) if words.search(piece)]
    if len(homes) == 1:
        yield Restriction(BREAKDOWN, homes[0])
    elif not homes and says_breakdown(piece) and not residence_of(piece):
        yield Restriction(BREAKDOWN, piece)
    forms = sorted(forms_in(piece))
    if len(forms) == 1:
        yield Restriction(FORM, forms[0])
    if _PARTNER.search(piece):
        yield Restriction(RELATIONSHIP, "IPTN")
    if _ARTICLE.search(piece):
        yield Restriction(ARTICLE, piece)
    yield from _stages(piece)
    yield from (one for one, words in _ANYWHERE.items() if words.search(piece))


def _of_title(folded: str) -> Iterator[Restriction]:
    """Parts that a title says in any of its words, unless it says the others as well."""
    for one, words in _ANYWHERE.items() if not _OTHERS_TOO.search(folded) else ():
        found = words.search(folded)
        # "Повторно" by itself may be of anything.
        if (
            found
            and (one.kind != REPEATED or found[0] != folded)
            and not (_AND_BEFORE.search(folded[: found.start()]) or _AND_BEHIND.match(folded[found.end() :]))
        ):
            yield one
    minors = _AGAINST_MINORS.search(folded)
    if minors and not sex_of(folded) and not _TOPIC.search(folded):
        yield Restriction(MINORS, minors[0])
    if _SUSPECTS.search(folded) and not _HAS_VICTIMS.search(folded):
        rest = _COUNTED.sub(" ", _OF_VICTIMS.sub(" ", _SUSPECTS.sub(" ", folded)))
        if not re.search(r"[^\W\d_]", rest):
            yield Restriction(SUBJECT, SUBJECT)


def _stages(folded: str) -> Iterator[Restriction]:
    yield from (Restriction(STAGE, code) for code, words in _STAGES.items() if words.search(folded))


def _named_alone(folded: str) -> Iterator[Restriction]:
    """Parts of a sentence that name one group; none where it lists several, or whom something is done to."""
    pieces = list(filter(None, map(fold, parts(folded))))
    listed = any(
        groups_of(one.rpartition(" ")[2]) and groups_of(two) for one, two in itertools.pairwise(pieces)
    )
    if listed or is_against(folded) or len(forms_in(folded)) > 1:
        return
    found = {one for piece in pieces for one in _alone(piece)}
    kinds = Counter(one.kind for one in found)
    yield from (one for one in found if kinds[one.kind] == 1)


def _alone(piece: str) -> Iterator[Restriction]:
    """The same of a part of a title, header or line below that says nothing else."""
    if not piece or len(piece.split()) > _MOST_WORDS_ALONE:
        return
    groups = groups_alone(piece)
    if not groups and _HAS_VICTIMS.search(piece):
        groups = groups_alone(" ".join(_OF_VICTIMS.sub(" ", piece.replace("-", " ")).split()))
    if SEX in groups and (sex := sex_of(piece)) in ("F", "M"):
        yield Restriction(SEX, sex)
    if AGE in groups:
        yield Restriction(AGE, age_in(piece) or piece)
    if BREAKDOWN in groups:
        home = residence_of(piece)
        if home != "_T":
            yield Restriction(BREAKDOWN, home or piece)
    of_violence = dict(said_codes(piece, FORM))
    if form := form_of(piece) or of_violence.get(FORM):
        yield Restriction(FORM, form)
    if _BY_PARTNER.fullmatch(piece) or (piece != _MALE_TOO and of_violence.get(RELATIONSHIP) == "IPTN"):
        yield Restriction(RELATIONSHIP, "IPTN")
    rest = _COUNTED.sub(" ", piece)
    yield from (Restriction(STAGE, code) for code, words in _STAGES.items() if words.fullmatch(rest.strip()))
