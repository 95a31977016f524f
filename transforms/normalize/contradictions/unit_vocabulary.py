"""Words of the region's languages, of English and of German for what a figure is: a share, a rate, a change, a mean …

One line a language where they differ (Russian, Kazakh, Kyrgyz, Tajik, Uzbek in both scripts, German, English), as
regular expressions in small letters with plain apostrophes. ``BARE`` words are a unit where they are a whole label or
part of one ("Orders, growth"); ``_OPEN`` ones also begin or end a longer label ("share of women"), which is not enough
in a title.

Not here: sentences (``statements``), how labels are divided and judged (``unit_words``, the only caller), thousands
(``scale``), plans and running totals (``planned``, ``cumulative``).
"""

import re

from sources.scale_words import MILLION, THOUSAND, any_of

PER_CENT = (
    r"%|процент(?:ах|ы|ов|а)?|проц|per ?cents?|pct|percentages?|foiz\w*|фоиз\w*|пайыз\w*|дарсад\w*|prozent\w*|"
    r"v\. ?h"
)
#: a share that says against what, or nothing else
SHARE_ALONE = (
    rf"(?:(?:в|in|бо|бо ҳисоби) )?(?:{PER_CENT})(?: менен| мен| да| ҳисобида| hisobida)?"
    r"(?: (?:к|от|of|to|von|der|des|нисбат ба) .*)?|"
    # In the Turkic languages what it is of stands before: "жалпы санына пайызбен".
    r"(?:.*[^0-9 ] )?(?:%-?бен|% ?да|% ?da|фоизда|foizda|пайызбен|пайыз менен|карата пайыз|(?:фоиз ҳ|foiz h)isobida)"
)
#: a share of a whole, as a title says it: its words stand first, in the Turkic languages last
SHARE_HEAD = (
    r"(?:доля|удельн\w+ вес|уд\. ?вес) (?:.* )?(?:(?:в|от) (?:их )?общ\w+ .*|[кв] итог[уе])|"
    r"(?:share|proportion|percentage) (?:.* )?(?:of|in) (?:the )?(?:total|all) .*|"
    r"anteile? (?:.* )?(?:an (?:allen|der gesamt\w*|den gesamt\w*|der summe) ?.*|insgesamt)|"
    r"(?:.* )?(?:салыштырма салмагы|үлес салмағы|солиштирма салмоғи|solishtirma salmog'i)|"
    r"(?:.* )?(?:жалпы|жалпысының|жами|jami)\w* (?:\w+ ){0,2}(?:үлесі|үлүшү|улуши|ulushi|салмоғи|salmog'i)|"
    r"(?:вазни (?:қиёсӣ|хос)|ҳиссаи) (?:.* )?(?:умумӣ|ҳама|маҷмӯ)\w*(?: .*)?|"
    r"(?:.* )?(?:percentage|per ?cent|relative) distribution(?: .*)?|(?:.* )?процентное распределение(?: .*)?|"
    r"(?:.* )?распределение (?:.* )?в (?:%|процентах)(?: .*)?|(?:.* )?prozentuale (?:verteilung|aufteilung)(?: .*)?|"
    r"(?:.* )?(?:пайыздық (?:бөлінуі|үлестірімі)|пайыздык бөлүн?(?:үшү|ү|үштүрүү)\w*)|"
    r"(?:.* )?(?:фоиз (?:тақсимоти|ҳисобида тақсимланиши)|foiz (?:taqsimoti|hisobida taqsimlanishi))|"
    r"(?:.* )?тақсимоти фоизӣ(?: .*)?"
)
_SHARE_BARE = (
    r"доля|удельн\w+ вес|уд\. ?вес|распростран[её]нность|структура|үлес[іi]?|үлес салмағы|үлүшү?|салыштырма салмагы|"
    r"ҳиссаи?|вазни (?:қиёсӣ|хос)|(?:солиштирма )?салмоғи|улуши|(?:solishtirma )?salmog'i|ulushi|"
    r".*[^0-9 ] ?%|.* (?:в|in) (?:%|процентах|per cent)|(?:percentage )?share|proportion|percentage|prevalence|"
    r"relative frequency|per ?cent distribution|"
    r"anteil|\w*quote|prävalenz"
)
_SHARE_OPEN = (
    rf"{SHARE_ALONE}|"
    r"(?:доля|удельный вес|уд\. ?вес|распростран[её]нность|share|proportion|percentage|prevalence|anteil)(?: .*)?|"
    rf"{SHARE_HEAD}|"
    r"(?:.* )?(?:үлес[іi]?(?: салмағы)?|үлүшү?|салыштырма салмагы|ulushi|улуши|салмоғи|salmog'i|ҳиссаи?|вазни қиёсӣ)"
    r"(?: .*)?|"
    r".*[^0-9 ] ?%|(?:.* )?(?:в|in) (?:%|процентах|per cent)(?: .*)?"
)
PERSONS = (
    r"(?:жител|человек|насел|лиц|женщин|мужчин|дет|реб[её]н|сем|дел|случа|брак|рожден|родивш|домохозяйств|"
    r"wom[ae]n|m[ae]n|people|persons?|population|inhabitant|child|famil|household|case|(?:live )?birth|marriage|"
    r"frau|männer|einwohner|person|адам|әйел|аял|киши|kishi|нафар|nafar|аҳол|ahol|тұрғын|халық|калк|зан)\w*"
)
THOUSANDS = rf"(?:000|k|(?:{any_of(THOUSAND)})\.?)"
MILLIONS = rf"(?:(?:{any_of(MILLION)})\.?)"
# Whose work or what place figures are divided by.
_LOAD = (
    r"(?:инспектор|участков|сотрудник|работник|специалист|полицейск|следовател|судь|психолог|врач|учрежден|центр|приют|"
    r"отделени|област|район|обращени|officer|inspector|judge|investigator|(?:social )?worker|staff|employee|shelter|"
    r"cent(?:re|er)|facility|beamt|polizist|richter|mitarbeit|sachbearbeit|frauenhaus|einrichtung|"
    r"нозир|корманд|судя|марказ|аҳол|нафар)\w*"
)
_RATE_BARE = (
    r"нагрузка|workload|caseload|arbeitsbelastung|жүктеме(?:сі)?|юклама(?:си)?|yuklama(?:si)?|сарборӣ|"
    r"коэфф?\.?|коэффициент[іi]?|коэффитсиент\w*|koeffits\w+|(?:\w+ )?ratio|соотношение|нисбат|"
    r".*‰|(?:в )?про(?:сантим|дец|м)[иил]+е|per mille|promille|"
    r"\w*häufigkeitszahl|\w*(?:opfer|belastungs|gefährdungs)(?:zahl|ziffer)|"
    r"интенсивный показатель|показатель частоты"
)
_RATE_OPEN = (
    rf"(?:.* )?(?:per|на|бар?(?: ҳисоби)?(?: ҳар)?|har|ҳар|әр|ар|je|pro|auf) (?:кажд\w+ )?"
    rf"(?:1|10|100)[ ,.]?{THOUSANDS}(?:[ ,.]000)?(?: .*)?|"
    r"(?:.* )?на (?:сто|десять) тысяч(?: .*)?|"
    rf"(?:.* )?(?:per|на|ба|har|ҳар|әр|ар|je|pro|auf) (?:(?:1|10|one|a|один|eine|бир|бір|bir|як) )?{MILLIONS}(?: .*)?|"
    rf"(?:.* )?(?:per|на|ба|har|ҳар|әр|ар|je|pro|auf|на кажд\w+) 100 (?!000){PERSONS}(?: .*)?|"
    rf"(?:.* )?на (?:одн(?:ого|у)|1|кажд(?:ого|ую)) {PERSONS}(?: .*)?|"
    rf"(?:.* )?(?:(?:на (?:одн(?:ого|ой|у|о)|кажд\w+)|per|je(?! nach)|pro)(?: \w+)?|на 1) {_LOAD}(?: .*)?|"
    rf"(?:.* )?ба (?:ҳар як|ҳар|як) {_LOAD}(?: .*)?|(?:нагрузка|workload|caseload|arbeitsbelastung)(?: .*)?|"
    r"(?:.* )?(?:бір|бир|bir|битта|bitta) (?:\w+ )?\w+?(?:[ғгқк][аеоө]|ga|qa) (?:туура кел\w+|эсептегенде|келетін|"
    r"тўғри кел\w+|to'g'ri kel\w+)(?: .*)?|"
    # In the Turkic languages the case ending says so: "100 мың тұрғынға", "1000 кишига".
    r"(?:.* )?(?:1|10|100|жүз) (?:мың|миң|минг|ming) \w+?(?:[ғгқк][аеоө]|g?ga|qa)(?: .*)?|"
    r"(?:.* )?1(?:00?)?[ ,.]?000 (?!человека)\w+?(?:[ғгқк][аеоө]|ына|ине|g?ga|qa)(?: (?:шаққанда|карата|"
    r"нисбатан|nisbatan))?|"
    r"(?:.* )?(?:1|10|100) (?:миңине|мыңына|мингига)(?: .*)?|.* шаққанда|"
    r"(?:халықтың|калктын|аҳолининг|aholining) 1(?:00?)?[ ,.]?000[ -]?(?:ына|ине|ига|iga)|"
    r"коэффициент(?: .*)?|(?:.* )?(?<!growth )rate|rates? (?:of|per) .*|соотношение(?: .*)?"
)
PER_HEAD = (
    r"(?:.* )?(?:per (?:capita|head|inhabitant|person|wom[ae]n|man|child|family|household|case|million)|"
    r"на душу(?: населения)?|жан басына(?: шаққанда)?|(?:жан|киши) башына|(?:aholi )?jon boshiga|жон бошига|"
    r"ба (?:ҳар )?сари аҳолӣ|pro kopf|(?:je|pro) (?:einwohner|person|frau|kopf))"
)
_BEFORE = (
    r"(?:предыдущ|пред\.|предшеств|прошл|аналогичн|соответств|previous|preceding|last|prior|corresponding|"
    r"vor(?:jahr|monat|quartal|periode))\w*"
)
_TIMES_KK_KY = (
    r"(?:өткен|өткөн|алдыңғы|былтырғы|былтыркы|мурунку|мурдагы) (?:жыл|ай|тоқсан|чейрек|кезең|мезгил)\w*"
)
_TIMES_UZ = r"(?:ўтган|олдинги|аввалги|o'tgan|oldingi|avvalgi) (?:йил|ой|чорак|давр|yil|oy|chorak|davr)\w*"
#: a change against another time, in words that say nothing else
AGAINST_BEFORE = (
    r"(?:.* )?(?:в |in )?(?:%|процентах|per cent|percent) (?:к|of|to|on|against) (?:the )?(?:same |соответств\w+ )?"
    rf"{_BEFORE}.*|(?:.* )?(?:%|per ?cent|percentages?) (?:of|to|on|over|against|from|relative to) (?:the )?"
    rf"(?:(?:same|respective) )?(?:(?:period|month|quarter) (?:of|in) )?(?:the )?{_BEFORE}.*|"
    rf"(?:.* )?(?:%|prozent|v\. ?h\.?) (?:zum|zur|des|der|gegenüber(?: dem| der)?) (?:entsprechenden )?{_BEFORE}.*|"
    r"(?:.* )?(?:in )?(?:%|per ?cent|prozent) (?:of|to|von|zu|gegenüber) (?:19|20)[0-9]{2}|"
    rf"(?:.* )?{_BEFORE}(?: [^=]*)? ?= ?100(?: ?%)?|"
    rf"(?:к|по сравнению с|в сравнении с) (?:{_BEFORE}|(?:19|20)[0-9]{{2}}(?: г\w*\.?)?).*|"
    r"(?:(?:19|20)[0-9]{2},? )?(?:в )?(?:%|процентах) к (?:19|20)[0-9]{2}.*|"
    r"(?:прирост|рост|изменение|снижение|темпы? (?:роста|прироста)) (?:к|по сравнению с) .*|"
    r"(?:темпы? )(?:роста|прироста)|(?:.* )?(?:year|quarter|month)[ -](?:on|over|to)[ -](?:year|quarter|month)(?: .*)?|"
    r"(?:.* )?(?:y/y|yoy|y-o-y|q/q|m/m|(?<!not )annuali[sz]ed)(?: .*)?|"
    rf"{_TIMES_KK_KY}(?: \w+){{0,4}}? ?(?:пайыз|%|қараған|карата|салыстыр|салыштыр).*|"
    r"(?:бо фоиз )?нисбат ба (?:\w+ ){0,3}(?:гузашта|қаблӣ|пешина).*|"
    r"(?:бо|дар) фоиз\w* ба (?:\w+ ){0,3}(?:гузашта|қаблӣ).*|"
    rf"{_TIMES_UZ}(?: \w+){{0,4}}? ?(?:нисбатан|фоиз|nisbatan|foiz|%).*|"
    r"(?:veränderung|zunahme|abnahme|rückgang|zuwachs) (?:zum|gegenüber|ggü\.?|zu|im vergleich zu[mr]?) .*|"
    rf"(?:\+ ?/ ?[-–−] )?(?:gegenüber|ggü\.?) (?:dem |der )?{_BEFORE}|"
    rf"(?:(?:in|de)crease|change|growth|difference) (?:over|from|on|against|since|compared (?:to|with)) "
    rf"(?:the )?{_BEFORE}.*|"
    r"(?:тағйирот|афзоиш|камшавӣ|фарқ)\w* нисбат ба (?:\w+ ){0,3}(?:гузашта|қаблӣ|пешина).*|"
    rf"(?:прирост|рост|изменение|снижение)(?: \+/[-–−])? к пред\. .*"
)
_BY_PER_CENT = r"(?!.*[0-9] ?(?:%|процент|раз|per ?cent|prozent))"
#: a change, as a title says it with what has changed: the subject of a headline ("рост на 5 %") is none
CHANGE_HEAD = (
    rf"{_BY_PER_CENT}(?:(?:абсолютн\w+ )?(?:прирост|увеличение|уменьшение|снижение|сокращение|изменени[ея]|"
    r"рост|разница)|темпы? (?:роста|прироста)) (?:.* )?(?:к|по сравнению с|в сравнении с|относительно|против) "
    rf"(?:(?:уровн|показател|данн)\w+ )?(?:{_BEFORE}|(?:19|20)[0-9]{{2}}).*|"
    rf"{_BY_PER_CENT}(?:(?:in|de)crease|change|growth|difference|rise|decline|reduction)s? (?:.* )?"
    rf"(?:over|from|on|against|since|compared (?:to|with)|relative to|versus) (?:the )?(?:same .* )?{_BEFORE}.*|"
    rf"{_BY_PER_CENT}(?:veränderung|zunahme|abnahme|rückgang|zuwachs|anstieg)(?:en)? (?:.* )?"
    rf"(?:zum|gegenüber|ggü\.?|im vergleich zu[mr]?) (?:dem |der )?{_BEFORE}.*|"
    rf"(?:.* )?{_TIMES_KK_KY} (?:.* )?(?:қара|салыстыр|карата|салыштыр)\w* (?:.* )?(?:өсі|өсу|өсү|өзгер|өзгөр|арту|"
    r"азаю|азайы|төменде|төмөндө|көбөй|айырма)\w*|"
    rf"(?:.* )?{_TIMES_UZ} (?:.* )?(?:нисбатан|қараганда|nisbatan|qaraganda) (?:.* )?(?:ўсиш|ўзгариш|камайиш|кўпайиш|"
    r"o'sish|o'zgarish|kamayish|ko'payish)\w*|"
    r"(?:тағйирот|тағйирёбӣ|афзоиш|зиёдшавӣ|камшавӣ|фарқ)\w* (?:.* )?(?:нисбат ба|дар муқоиса бо) .*|"
    r"темпы? (?:роста|прироста)(?: .*)?|growth rates? of .*|(?:wachstums|zuwachs)raten?(?: .*)?|"
    r"суръати (?:афзоиш|рушд)\w*(?: .*)?|(?:.* )?(?:өсу|өсім) қарқын(?:ы|дары)|"
    r"(?:.* )?(?:өсүү|өсүш) (?:арымы|темпи|темптери)|(?:.* )?ўсиш суръат(?:и|лари)|(?:.* )?o'sish sur'at(?:i|lari)"
)
_CHANGE_BARE = (
    r"(?:темпы? )?(?:роста?|прироста?)|(?:абсолютный )?прирост|рост ?/ ?снижение|рост|увеличение|уменьшение|снижение|"
    r"изменени[ея]|динамика|отклонение|разница|кратность|\+ ?/ ?[-–−]|в? ?раз(?:ах)?|процентны[хе] пункт\w*|п\.? ?п\.?|"
    r"өсу(?: қарқыны|і)?|өсімі?|төмендеуі?|өзгеруі?|өсүү(?: арымы| темпи)?|өсүшү?|төмөндө(?:ө|ш)\w*|өзгөр(?:ү|ө)\w*|"
    r"суръати (?:афзоиш|рушд)|афзоиш|тағйирот|тағйирёбӣ|(?:қўшимча )?ўсиш(?: суръати)?|ўзгариши?|камайиши?|"
    r"(?:qo'shimcha )?o'sish(?: sur'ati)?|o'zgarishi?|kamayishi?|"
    r"zuwachs\w*|zunahme|rückgang|veränderung(?:srate)?|abweichung|differenz|wachstum\w*|"
    r"growth(?: rate)?|(?:net |annual |yearly )?(?:% |per ?cent )?change|increase|decrease|difference|variation|"
    r"өсу индексі|өсүү индекси|(?:o'sish|o'zgarish) indeksi|(?:ўсиш|ўзгариш) индекси|индекси (?:афзоиш|рушд)|"
    r"индекс роста|growth ind(?:ex|ices)|ind(?:ex|ices) of growth|"
    r"deviation|percentage points?|p\.? ?p\.?|prozentpunkte?|times"
)
_CHANGE_OPEN = (
    rf"{AGAINST_BEFORE}|{CHANGE_HEAD}|(?:темпы? )?(?:роста|прироста) .*|изменени[ея](?: .*)?|"
    rf"(?:relative to|compared (?:to|with)|versus|against) (?:the )?(?:same .* )?{_BEFORE}.*|"
    rf"(?:gegenüber|im vergleich zu[mr]?) (?:dem |der )?(?:entsprechenden )?{_BEFORE}.*|"
    r"(?:.* )?growth(?: rate)?|(?:annual |yearly )?change(?: .*)?"
)
BASE = r"(?<![0-9])(?:19|20)[0-9]{2}(?:[ -]?(?:год[ауе]?|г\.?|жыл[ыи]?|ж\.?|йил|й\.?|yil|y\.?))? ?[=≙] ?100(?![0-9])"
BASE_YEAR = rf"(?:.*[^0-9])?{BASE}(?: ?%)?"
_SCORE_BARE = (
    r"index|индекс|indeks|шохис|messzahl|score|(?:средний )?балл(?:ы|ов|а|ҳо)?|ball|ұпай|points?|пункт(?:ов|ы)|"
    r"ранг|рейтинг|рейтинги|reyting|рангі|место в рейтинге|rang|rank(?:ing)?|rangplatz|platzierung"
)
#: a rank in words that elsewhere are a place
RANK = re.compile(
    r"место|(?:занимаемое )?место в (?:республике|стране|рейтинге)|орны|орду|o'rni|ўрни|ҷойи?|platz|place|position"
)
#: a place among others, as a title says it
RANK_HEAD = (
    r"(?:.* )?(?:(?:алатын|алған|рейтинг[іi]?(?:дегі|ндегі)) орны|(?:ээлеген|рейтинг(?:дег|индег)и) орду|"
    r"(?:egallagan|reytingdagi) o'rni|(?:эгаллаган|рейтингдаги) ўрни|рейтинг(?:[иі]|тер[иі]?|лар[иі]?)?|"
    r"reyting(?:i|lari?)?)|"
    r"(?:рейтинг|р[еэ]нкинг)\w{0,2}(?: .*)?|ранжирован\w+ .*|rang(?:folge|liste|ordnung)n?(?: .*)?|"
    r"(?:ranking|rank order|league table)s?(?: of .*)?|место .+ (?:в рейтинге|среди .*)|"
    r"(?:ҷойи? (?:ишғол\w+|гирифта\w*)|мақом\w* .* дар рейтинг)(?: .*)?"
)
_SCORE_OPEN = (
    rf"{RANK_HEAD}|index(?: .*)?|индекс(?: .*)?|{BASE_YEAR}|"
    r"(?:(?:занимаемое )?место|ранг|position|rank(?:ing)?s?|rang(?:platz)?) "
    r"(?:\w+ )?(?:в рейтинге|of each|der|des|by) ?.*|"
    r".* рейтинг\w* (?:орны|орду|ўрни)|.* reyting\w* o'rni|ҷойи? .* дар рейтинг|(?:индекс|indeks) .*"
)
_DAYS_BARE = r"days?|tage|дн(?:и|ей|я)|день|сутки|суток|күн|кун|kun|рӯз"
#: figures of a sample, which count no more than the sample
SAMPLE = re.compile(
    r"(?:данные )?(?:случайн\w+ )?выборк[аи](?: объ[её]мом)? [0-9.,]+[ -]?(?:%|процент\w*)(?: .*)?|"
    r"[0-9.,]+[ -]?(?:%|процент)-?\w* выборка(?: .*)?|без распространения(?: на .*)?|"
    r"не распространен\w* на (?:генеральн|всю |всех ).*|"
    r"(?:невзвешенн|неперевзвешенн)\w+(?: (?:данные|значения|числа))?|"
    r"без взвешивания|"
    r"[0-9.,]+[ -]?(?:%|per ?cent)[ -]?(?:random )?sample(?: .*)?|"
    r"(?:random )?sample of [0-9.,]+ ?(?:%|per ?cent)(?: .*)?|"
    r"unweighted(?: (?:counts?|data|figures|numbers|sample|cases))?|"
    r"not (?:grossed up|extrapolated|weighted|scaled up)(?: to .*)?|"
    r"[0-9.,]+[ -]{0,2}(?:%|prozent)[ -]{0,2}(?:zufalls)?stichprobe(?: .*)?|"
    r"(?:zufalls)?stichprobe (?:von )?[0-9.,]+ ?(?:%|prozent)(?: .*)?|"
    r"(?:nicht (?:hochgerechnet|gewichtet)|ungewichtet)e?(?: (?:daten|werte|\w*zahlen))?|"
    r"[0-9.,]+ ?(?:%|пайыз)-?\w* (?:іріктеме|тандалма|тандоо)(?: .*)?|"
    r"(?:іріктеме|тандалма) [0-9.,]+ ?(?:%|пайыз)(?: .*)?|"
    r"салмақталмаған(?: .*)?|салмакталбаган(?: .*)?|"
    r"[0-9.,]+ ?(?:%|фоиз|foiz)-?\w* (?:танланма|tanlanma)(?: .*)?|"
    r"(?:танланма|tanlanma) [0-9.,]+ ?(?:%|фоиз|foiz)(?: .*)?|"
    r"интихоби [0-9.,]+[ -]?(?:%|фоиз)\w*(?: .*)?"
)
# Means, medians and their errors, and what is no number of anything.
_MEAN_BARE = (
    r"в среднем|average|mean|median|mediana|медиана|(?:weighted|monthly|annual|yearly|daily) (?:average|mean)|"
    r"средн(?:ее|яя|ий) (?:значение|число|количество)|медианн\w+ \w+|среднемесячн\w+|среднегодов\w+|среднедневн\w+|"
    r"орташа (?:саны|айлық|жылдық|мәні|көрсеткіш)|орточо (?:саны|айлык|жылдык|көрсөткүч)|(?:ба ҳисоби )?миёна|"
    r"ўртача(?: ойлик| йиллик| сони)?|o'rtacha(?: oylik| yillik| soni)?|durchschnitt|mittelwert|"
    r"в среднем .*|среднемесячн\w+ .*|среднегодов\w+ .*|durchschnittlich\w* .*|average per .*|"
    r"(?:айына|күніне|жылына|күнүнө|аптасына|oyiga|yiliga|kuniga|ойига|йилига|кунига) "
    r"(?:орта есеппен|орташа|орточо(?: эсеп менен)?|o'rtacha|ўртача)|орта есеппен(?: .*)?|орточо эсеп менен(?: .*)?|"
    r"ба ҳисоби миёна(?: .*)?|(?:monats|jahres|quartals|tages|\w+jahres)?-?(?:durchschnitt|mittelwert|mittel)e?|"
    r"(?:(?:\w+-(?:year|month)|annual|monthly|yearly|quarterly|moving) )*averages?|"
    r"стандартн\w+ (?:отклонение|ошибка)|ошибка выборки|доверительн\w+ интервал\w*|(?:нижняя|верхняя) граница|"
    r"standard (?:deviation|error)|confidence interval|(?:lower|upper) (?:bound|limit)|coefficient of variation"
)
_MEAN_OPEN = (
    r"(?:средн(?:ее|яя|ий) (?:число|количество|значение|возраст|продолжительность)|average|mean|mittelwerte?|"
    r"durchschnittswerte?|қимат\w* миёна\w*)(?: .*)?|"
    r"(?:.* )?(?:орташа|орточо) (?:жылдық|жылдык|айлық|айлык|күндік|күндүк)(?: .*)?|"
    r"(?:.* )?(?:o'rtacha|ўртача) (?:qiymat|қиймат)\w*"
)
#: a mean, but a middle severity or a secondary education where the declaration says so
MIDDLE = r"среднее|орташа|орточо"
_MEASURES_BARE = (
    r"hours?|stunden|час(?:ов|ы)|минут|minutes|недель|weeks|сағат|саат|соат|soat|km|км|ha|га|m2|м2|кв\.? ?м|kg|кг|"
    r"(?:(?:local|national) currency|lcu|нац(?:иональная|\.)? ?валюта)(?: units?)?|"
    r"тонн\w*|tonnes|литр\w*|(?:койко|человеко|чел\.)-?(?:дн|час|мест)\w*|у\. ?е|долл\w*\.?(?: сша)?"
)
_SPANS = r"years?|лет|months?|месяц(?:ев|а)|jahre|monate|жыл|йил|yil|сол|ай|ой|oy|моҳ"
#: units of a column of units only: elsewhere they head years and months, or belong to an age
MEASURES_OF_UNIT = rf"{_MEASURES_BARE}|{_SPANS}|часа?|год(?:ы|а)?|месяцы?"
#: as the one header of a column of values they are units, too
SPANS = re.compile(_SPANS)


def _either(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


#: a share or rate and nothing else, with the endings of the Turkic languages
SHARE_WORDS = re.compile(
    rf"(?:(?:в|in|бо|бо ҳисоби) )?(?:{PER_CENT})(?:-?бен|-? ?да| ?da| менен| мен| ҳисобида| hisobida)?"
)
RATE_ALONE = re.compile(
    r"(?:халықтың |калктын |аҳолининг |aholining )?1(?:00?)?[ ,.]?000[ -]?(?:ына|ине|ига|iga)|"
    r"1(?:00?)? ?(?:[ ,.]?000|мың|миң|минг|ming) ?\w+?(?:[ғгқк][аеоө]|ына|ине|g?ga|qa)(?: (?:шаққанда|карата|"
    r"нисбатан|nisbatan))?"
)
RATE = _either(_RATE_BARE, _RATE_OPEN, PER_HEAD)
CHANGE = _either(_CHANGE_BARE, _CHANGE_OPEN)
SCORE = _either(_SCORE_BARE, _SCORE_OPEN)
SHARE = _either(_SHARE_BARE, _SHARE_OPEN)
DAYS = _either(_DAYS_BARE)
MEAN = _either(_MEAN_BARE, _MEAN_OPEN, _MEASURES_BARE, MIDDLE)
#: what a part of a title says beside what the table counts
BARE = _either(_SHARE_BARE, _RATE_BARE, _CHANGE_BARE, _SCORE_BARE, _DAYS_BARE, _MEAN_BARE, _MEASURES_BARE)
