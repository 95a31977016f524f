"""Words of the region's languages in which periods are written: months, ordinals, counts, quarters, halves, years.

One line a number, all languages and endings together; a word means the same in every language that has it.
Not here: how they are put together (``period_patterns``, ``read_periods``). Also used where a text beside a figure may
name a part of the year (``frequency``, ``as_of_days`` and ``parts_in_text`` of ``transforms.normalize``).
"""

MONTHS = (
    "january jan январь января январе янв январ январи январы қаңтар қаң yanvar januar jänner",
    "february feb februar февраль февраля феврале фев февр феврал феврали февралы ақпан ақп fevral",
    "march mar märz mrz март марта марте мар марти марты наурыз нау mart",
    "april apr апрель апреля апреле апр апрел апрели сәуір сәу aprel",
    "may mai май мая мае майи майы мамыр мам",
    "june jun juni июнь июня июне июн июни июну маусым мау iyun",
    "july jul juli июль июля июле июл июли июлу шілде шіл iyul",
    "august aug август августа августе авг августи августу тамыз там avgust",
    "september sept sep сентябрь сентября сентябре сен сент сентябр сентябри сентябры қыркүйек қыр sentyabr "
    "sentabr",
    "october oct oktober okt октябрь октября октябре окт октябр октябри октябры қазан қаз oktyabr oktabr",
    "november nov ноябрь ноября ноябре ноя нояб ноябр ноябри ноябры қараша қар noyabr",
    "december dec dezember dez декабрь декабря декабре дек декабр декабри декабры желтоқсан жел dekabr",
)
# Texts are compared with і as i: the Kazakh letter and the Roman numeral are typed either way.
MONTH = {word.replace("і", "i"): n for n, words in enumerate(MONTHS, 1) for word in words.split()}
ORDINALS = (
    "i 1 первый первое первом первого первые first бiрiншi биринчи birinchi якуми",
    "ii 2 второй второе втором второго second екiншi экинчи иккинчи ikkinchi дуюми",
    "iii 3 третий третьем третьего third үшiншi үчүнчү учинчи uchinchi сеюми",
    "iv 4 четвертый четвертом четвертого fourth төртiншi төртүнчү тўртинчи чоруми",
)
ORDINAL = {word: n for n, words in enumerate(ORDINALS, 1) for word in words.split()}
YEAR_WORDS = (
    "year года году годы годов год гг г жылғы жылы жылдың жылдын жылдар жыл жж ж йилнинг йилги йили йиллар йилда йил й "
    "yilning yilgi yili yillar yilda yil y с"
)
# Beside a period these say that it is the whole of it, or that its figures were counted.
TOTAL_OF = (
    r"^(?:итого|всего|total|jami|жами|барлығы|бардыгы|ҳамагӣ|insgesamt)(?: за| в| in| for)? (?=.*[0-9]{4})",
    r"[ ,]+(?:всего|итого|total|факт|отчет|actual)$",
)
# Before a day or a period these say nothing of their own.
AS_OF = (
    r"^(?:(?:по состоянию |по сост\.? )?на |(?:ба ҳолати |ба |zum |stand |as at |as of )(?:the )?)(?=[0-9]{1,2}[. ])|"
    r"^as (?:of|at) |^(?:по итогам|итоги) "
)
# Case endings and words behind the month of such a day.
ON_DAY = r"(?:ға|ге|на|не|ына|га|дағы жағдай бойынша)?(?: (?:карата|ҳолатига|holatiga))?"
# With a plain number before it the genitive counts: "3 квартала 2024" is nine months, "III квартала" the third.
COUNTED_QUARTERS = "квартала кварталов quarters qtrs"
COUNTED_HALVES = "halves"
COUNTS = {
    word: n
    for n, words in enumerate(
        (
            "один одного one бiр bir бир як 1",
            "два двух two екi эки ики икки ikki ду 2",
            "три трех three үш үч уч uch се 3",
            "четыре четырех four төрт тўрт to'rt to‘rt чор 4",
        ),
        1,
    )
    for word in words.split()
}
COUNTS_OF_MONTHS = {
    word: n
    for n, words in {
        2: "два two",
        3: "три three",
        4: "четыре four чор",
        5: "пять five панҷ",
        6: "шесть six sechs алты алти olti шаш",
        7: "семь seven ҳафт",
        8: "восемь eight ҳашт",
        9: "девять nine neun тоғыз тогуз тўққиз to'qqiz нуҳ нӯҳ",
        10: "десять ten zehn даҳ",
        11: "одиннадцать eleven elf ёздаҳ",
        12: "двенадцать twelve дувоздаҳ",
    }.items()
    for word in words.split()
}
# In these languages a counted noun has no plural: with a spelled count it is several, "үш тоқсан" is nine months;
# with a plain number it may be the third one as well, and is not read.
UNINFLECTED = "(?:тоқсан|чейре[кг]|чора[кг]|chora[kg]|семоҳа)"
ANY_ENDING = "[^\\W0-9_]{0,4}"
QUARTERS = (
    "квартал квартала квартале кварталы кварталов кварталам кварталах кварталдар кв quarter quarters qtr quartal "
    "тоқсан тоқсаны тоқсандары чейрек чейреги чейректери чорак чораги чораклари чоракларида chorak choragi choraklari "
    "choraklarida семоҳа семоҳаи"
)
HALVES = (
    "полугодие полугодия полугодии полугодиях полуг пол-е п/г ж/ж half half-year halbjahr hj жартыжылдық жартыжылдығы "
    "нимсола нимсолаи"
)
HALVES_OF_TWO_WORDS = (
    "жарым жылдык",
    "жарым жылдыгы",
    "ярим йиллик",
    "ярим йиллиги",
    "yarim yillik",
    "yarim yilligi",
)
COUNTED = (
    "месяцев месяца месяц мес months month monate monaten ай айы айда айында ой ойи ойда ойида oy oyi oyda oyida "
    "моҳ моҳи"
)
MONTHS_OF = "айлары айы ойлари ойларида ойи oylari oylarida oyi"
