"""Words that stand beside numbers in the region's languages: thousands and millions, more than, less than, about.

Not here: the words for thousands themselves (``sources.scale_words``), and how all are read (``read_numbers``, the only
caller).
"""

from sources.scale_words import MILLION, THOUSAND, THOUSAND_MILLION

SCALES = {1000: THOUSAND, 1_000_000: MILLION, 1_000_000_000: THOUSAND_MILLION}
SCALE = {word: scale for scale, words in SCALES.items() for word in words.split()}
BEFORE = {
    ">": "more than|over|above|exceeding|at least|no fewer than|no less than|not less than|свыше|более|"
    "более чем|больше|больше чем|превышает|не менее|не менее чем|не меньше|зиёда аз|бештар аз|беш аз|камида|"
    "kamida|кеминде|кем дегенде|на камтар аз|über|gut|mindestens|mehr als",
    "<": "less than|fewer than|under|below|up to|at most|no more than|not more than|до|менее|менее чем|"
    "меньше|меньше чем|не более|не более чем|не больше|не превышает|камтар аз|unter|weniger als|höchstens",
    "~": "about|around|almost|nearly|some|approximately|approx|circa|ca|roughly|near|около|почти|порядка|"
    "примерно|приблизительно|шамамен|болжол менен|дээрлик|қариб|тақрибан|қарийб|тахминан|qariyb|taxminan|"
    "rund|knapp|etwa|fast|ungefähr",
}
# Behind the number these words need its case ending: "200дөн көп", "10 mingdan ziyod", "100 мыңға жуық".
AFTER = {
    ">": "ортиқ|зиёд|зиёдроқ|кўп|ortiq|ziyod|ziyodroq|kop|астам|аса|артық|көп|ашуун|ашык",
    "<": "кам|kam|аз|төмен|төмөн",
    "~": "жуық|жакын|яқин|yaqin",
}
WORDS = {
    side: {word: kind for kind, words in table.items() for word in words.split("|")}
    for side, table in (("before", BEFORE), ("after", AFTER))
}
MORE = {"+", "or more", "and more", "и более", "и больше"}
_CASES = "дан ден тан тен нан нен дон дөн тон төн га ге го гө ка ке ко кө ға қа на не dan ga qa ka"
ENDINGS = _CASES.split()
