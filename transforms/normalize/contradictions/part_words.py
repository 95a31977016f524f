"""Words for parts of persons and cases that have no code of their own in ``dimension_words``: whole texts.

::

    part_of("высшее")      "education"      part_of("в браке")        "marital"       part_of("Poorest")     "wealth"
    part_of("кыргызы")     "ethnicity"      part_of("ст. 177")        "article"       part_of("осуждено")    "stage"
    part_of("иностранцы")  "citizenship"    part_of("Кыргызстан")     ""

A text alone may mean something else ("higher"); whoever asks looks at all texts of a column. Not here: forms of
violence and relationships (``dimension_words``), sex, age and residence (``group_words``). Called by
``unread_breakdowns`` and ``unread_indicators``.
"""

from functools import lru_cache

from transforms.normalize.contradictions.group_words import whole_words
from transforms.parse.fold_labels import fold

STAGE, ARTICLE = "stage", "article"
#: stages, codes of ``stage``, at which a court has found something
JUDGED = ("conviction", "court", "sanction")
_LEVEL_OF_SCHOOL = r"(?:образовани\w*|education|school|бiлiм\w*|билим\w*|ma'lumot\w*|маълумот\w*|таҳсилот\w*)"
_CONVICTED = (
    r"convicted|convictions?|found guilty|sentenced|acquitted|осужд[её]н\w*|осуждени\w*|оправдан\w*|verurteilt\w*|"
    r"freigesprochen\w*|сотталған\w*|ақталған\w*|соттолгон\w*|акталган\w*|маҳкумшуда\w*|сафедшуда\w*|sudlangan\w*|"
    r"oqlangan\w*|судланган\w*|оқланган\w*"
)
_WORDS = {
    "education": (
        rf"(?:(?:неполное |незаконченное |полное )?(?:высшее|среднее|начальное|основное)(?: (?:специальное|"
        rf"профессиональное|"
        rf"общее))*|без образования|(?:(?:upper|lower|post-?) ?)?(?:higher|secondary|primary|tertiary|"
        rf"vocational)|no(?= education)|"
        rf"hochschul\w*|sekundarstufe(?: i+)?|grundschul\w*|жоғары|орта|бастауыш|жогорку|орто|башталгыч|олӣ|миёна|"
        rf"ибтидо[иӣ]|oliy|o'rta(?: maxsus)?|boshlang'ich|олий|ўрта(?: махсус)?|бошланғич)(?: {_LEVEL_OF_SCHOOL})?"
    ),
    "marital": (
        r"(?:never |un|not )?married|divorced|widowed|separated|cohabiting|в браке|замужем|женат\w*|"
        r"разведен\w*|в разводе|"
        r"вдов(?:а|ец|ы|ая|ый)|холост\w*|не (?:замужем|женат\w*|(?:состоит|состоящ\w+) в браке)|состо\w+ в браке|"
        r"verheiratet\w*|geschieden\w*|verwitwet\w*|ledig\w*|үйленген|үйленбеген|тұрмыста|тұрмысқа шық\w+|"
        r"ажырасқан\w*|"
        r"жесір|үй-бүлөлүү|ажырашкан\w*|жесир|турмушта|оиладор|талоқшуда|муҷаррад|turmush qurgan|turmushga chiq\w+|"
        r"ajrashgan|турмуш қурган|турмушга чиқ\w+|ажрашган"
    ),
    "wealth": (
        r"(?:the )?(?:poorest|poorer|richer|richest)|(?:lowest|second|middle|fourth|highest|first|third|"
        r"fifth) quintile|"
        r"(?:самы[ейх]+ )?(?:беднейш\w+|богатейш\w+|бедны[ейх]+|богаты[ейх]+)|"
        r"(?:перв|втор|трет|четв[её]рт|пят)\w+ квинтил\w+|ärmste\w*|reichste\w*|(?:ең|эң) (?:кедей\w*|бай\w*|"
        r"жакыр\w*)|"
        r"камбағалтарин\w*|сарватмандтарин\w*|бойтарин\w*|eng (?:kambag'al|boy)\w*|энг (?:камбағал|бой)\w*"
    ),
    "ethnicity": (
        r"kyrgyz|russians?|uzbeks?|kazakhs?|tajiks?|dungans?|uyghurs?|ukrainians?|tatars?|roma|"
        r"(?:кыргыз|узбек|казах|таджик|уйгур|татар|украин[ец]*)(?:ы|и)?|украинцы|русские|дунгане|турки|немцы|"
        r"корейцы|лезгины|"
        r"kirgisen|russen|usbeken|kasachen|tadschiken|(?:қырғыз|орыс|қазақ|өзбек|ұйғыр)(?:тар|дар|тер|лар)|"
        r"(?:кыргыз|орус|өзбек|казак|тажик)(?:тар|дар|тер|лар)|(?:қирғиз|рус|ӯзбек|тоҷик|қазоқ)(?:ҳо|он)|"
        r"(?:qirg'iz|rus|o'zbek|tojik|qozoq)lar|(?:қирғиз|рус|ўзбек|тожик|қозоқ)лар"
    ),
    "citizenship": (
        r"nationals|non-?nationals|foreigners|foreign (?:citizens|nationals)|stateless persons|"
        r"граждане(?: (?:кр|рк|рт|руз))?|"
        r"иностранц[ыа]|иностранные граждане|лица без гражданства|ausländer\w*|staatsangehörige|азаматтар|"
        r"шетелдіктер|"
        r"жарандар|чет элдиктер|чет өлкөлүктөр|шаҳрвандон|хориҷиён|fuqarolar|chet elliklar|фуқаролар|чет элликлар"
    ),
    "disability": (
        r"(?:с|без) инвалидност\w*|with(?:out)? (?:a )?disabilit\w+|(?:mit|ohne) behinderung\w*|"
        r"мүгедектiгi (?:бар|жоқ)|майыптыгы (?:бар|жок)|(?:дорои|бе) маъюбӣ|nogironligi (?:bor|yo'q)|"
        r"ногиронлиги (?:бор|йўқ)"
    ),
    ARTICLE: (
        r"(?:ст|стать[яи]|art|articles?|§+|paragraph|модда\w*)\.? ?[0-9]{1,3}(?:[-./][0-9]{1,2})*(?: (?:ук|"
        r"коап|кк|cc|stgb))?|"
        r"[0-9]{1,3}(?:-[0-9])?-? ?(?:бап|берене|modda|модда|статья)\w*"
    ),
    STAGE: rf"(?:{_CONVICTED})(?: (?:persons?|лиц[ао]?|человек))?|(?:persons?|лиц[ао]?) (?:{_CONVICTED})",
}
_PARTS = {dimension: whole_words(words) for dimension, words in _WORDS.items()}
_OF_COURT = whole_words(_CONVICTED)
_REGISTERED = whole_words(
    r"registered|reported|recorded|зарегистриров\w*|erfasst\w*|registriert\w*|тіркелген\w*|катталган\w*|"
    r"(?:ба )?қайд гирифташуда\w*|ro'yxatga olingan\w*|рўйхатга олинган\w*"
)
# Codes that are words.
_CODES = {
    "education": frozenset(("PRIMARY", "SECONDARY", "HIGHER", "TERTIARY")),
    "marital": frozenset(("MARRIED", "DIVORCED", "WIDOWED", "SEPARATED", "SINGLE")),
    "wealth": frozenset(("POOREST", "POORER", "RICHER", "RICHEST")),
}


@lru_cache(maxsize=50_000)
def part_of(text: str) -> str:
    """The dimension of which a whole text is a part, "" of any other text."""
    folded = fold(text).strip(" .:;")
    named = next((dimension for dimension, words in _PARTS.items() if words.fullmatch(folded)), "")
    return named or next((dimension for dimension, codes in _CODES.items() if text in codes), "")


def says_judged(text: str) -> bool:
    """Whether a text speaks of what a court has found, which no other indicator counts."""
    return _OF_COURT.search(fold(text)) is not None


def says_registered(text: str) -> bool:
    """Whether a text says that an office has entered something in its register."""
    return _REGISTERED.search(fold(text)) is not None
