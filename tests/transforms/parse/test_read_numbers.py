"""Numbers as offices print them: what is read, what is refused, and that SQL and Python read alike."""

import math
from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.share_of_cases import examples
from transforms.parse import read_numbers
from transforms.parse.fold_labels import NARROW_SPACES, WIDE_SPACES
from transforms.parse.read_numbers import Number, parse

MODES = (None, ".", ",", "grouped")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("0.0", 0), ("0,5", 0.5), ("12", 12), ("12.5", 12.5), ("-20.9", -20.9), ("−20,9", -20.9),
        ("–3", -3), ("+5", 5), ("1 234,5", 1234.5), ("1 234 567", 1234567), ("１２３", 123), ("１，５", 1.5),
        (" 12\n", 12), ("\ufeff12\u200b", 12), ("33.333333333333336", 33.333333333333336), ("0,123", 0.123),
        ("12,3*", 12.3), ("12,3**", 12.3), ("12 *", 12), ("12,3*)", 12.3), ("12³", 12), ("1 234¹⁾", 1234),
        ("12†", 12), ("12 1)", 12), ("1 234 15)", 1234), ("12 a)", 12), ("12 [3]", 12), ("12¹ ²", 12),
        ("12 311¹,²", 12311), ("31¹, ²", 31),
        ("12%", 12), ("12,5 %", 12.5), ("12%*", 12), ("84,7 фоиз", 84.7), ("60 процентов", 60),
        ("7 per cent", 7),
        ("3e+05", 300_000), ("8.12812526416e-05", 8.12812526416e-05), ("2E6", 2e6), ("-1.5e-3", -0.0015),
        ("110³", 110), ("9.900", 9.9),
        ("77 тысяч", 77000), ("14 минг 774", 14774), ("14 ming 774", 14774), ("1 миң 241", 1241),
        ("1 тысяче 294", 1294), ("2 миллионам", 2e6),
        ("4 тысячами 135", 4135), ("1 тысяча 45", 1045), ("9,6 тысяч", 9600), ("115 million", 115e6),
        ("16 Millionen", 16e6), ("8,2 Mio", 8.2e6), ("2,6 Milliarden", 2.6e9), ("13 Tausend", 13000),
        ("7281.8 thousand", 7281800), ("2053.2 thousand", 2053200), ("5,2 тыс.", 5200), ("11,6 тыс.", 11600),
        ("1 ҳазору 523", 1523), ("22 ҳазору 443", 22443), ("8 тысяч 356", 8356), ("77 тысяч 20", 77020),
        ("3 млн 200 тысяч", 3200000), ("3 млн 200 тысяч 15", 3200015), ("1,4 млрд", 1.4e9),
        ("1,4 Mrd", 1.4e9), ("13 Tsd", 13000), ("2 миллионах", 2e6),
        ("9 млн. 661,6 тыс.", 9661600), ("5 тысяч 999", 5999),
        ("3 млн 999 тыс.", 3_999_000), ("4,5 миллиарда", 4.5e9), ("2 mlrd", 2e9),
    ],
)  # fmt: skip
@pytest.mark.parametrize("decimal", [None, "grouped"])
def test_plain_value(text: str, value: float, decimal: str | None) -> None:
    assert parse(text, decimal=decimal) == Number(value)


@pytest.mark.parametrize("space", NARROW_SPACES)
def test_every_space_that_groups(space: str) -> None:
    assert parse(f"1{space}234{space}567,5") == Number(1234567.5)


@pytest.mark.parametrize("space", [*WIDE_SPACES, "  ", " \u00a0", "\u2028", "\u200b"])
def test_what_divides_two_cells_does_not_group(space: str) -> None:
    assert parse(f"1{space}234").problem
    assert parse(f"more than 1{space}234").problem
    between_words = Number(problem=True) if space == "\u200b" else Number(14774)
    assert parse(f"14{space}минг{space}774") == between_words


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (None, "O"), ("", "O"), ("  ", "O"), ("…", "O"), ("...", "O"), ("..", "O"), ("-", "M"), ("–", "M"),
        ("—", "M"), ("−", "M"), ("x", "M"), ("X", "M"), ("х", "M"), ("Х", "M"), ("NaN", "O"), ("н/д", "O"),
        ("Маалымат жок", "O"), ("мәлімет жоқ", "O"), ("маълумот нест", "O"), ("ma’lumot yo‘q", "O"), ("нет св.", "O"),
        ("Нет\u00a0данных", "O"), ("…¹", "O"), ("-*", "M"), ("- 1)", "M"), ("\u00a0…\n", "O"),
    ],
)  # fmt: skip
def test_missing(text: str | None, status: str) -> None:
    assert parse(text) == Number(status=status)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(12)", Number(12, status="U")),
        ("(12,5)*", Number(12.5, status="U")),
        ("(1 234)", Number(1234, status="U")),
        ("(12,5%)", Number(12.5, status="U")),
        ("<5", Number(upper=5, status="O")),
        ("<1 ", Number(upper=1, status="O")),
        ("< 0,1", Number(upper=0.1, status="O")),
        ("≤5", Number(upper=5, status="O")),
        ("＜５", Number(upper=5, status="O")),
        ("<5%", Number(upper=5, status="O")),
        (">95", Number(95, 95, status="U")),
        ("~130 000", Number(130000, status="U")),
        ("12.0 [8.0-18.0]", Number(12, 8, 18)),
        ("12.0 (7.3-18.9)", Number(12, 7.3, 18.9)),
        ("12.0 (7.3–18.9)", Number(12, 7.3, 18.9)),
        ("12,0 [8,0; 18,0]", Number(12, 8, 18)),
        ("1 234 [1 100 to 1 300]", Number(1234, 1100, 1300)),
    ],
)
def test_bounds_and_doubt(text: str, number: Number) -> None:
    assert parse(text) == number


@pytest.mark.parametrize(
    "text", ["12.0 [8.0-1.2.3]", "12.0 [1.2.3-18.0]", "1 23 [1-300]", "12 [15-8]", "12 [13-20]", "12 [1-11]"]
)
def test_an_interval_with_a_part_that_is_no_number_or_out_of_order_is_a_problem(text: str) -> None:
    assert parse(text).problem
    assert parse("12 [12-12]") == Number(12, 12, 12)


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("10 mingdan ziyod", 10000, ">"), ("больше 8 тыс.", 8000, ">"), ("более 3 миллионов", 3e6, ">"),
        ("More than 5,000", 5000, ">"), ("at least 400", 400, ">"), ("200дөн көп", 200, ">"),
        ("3600дөн ашуун", 3600, ">"), ("500-ден астам", 500, ">"), ("200 дан ортиқ", 200, ">"),
        ("9,100+", 9100, ">"),
        ("10 тыс. и более", 10000, ">"), ("зиёда аз 500", 500, ">"), ("не менее 400", 400, ">"),
        ("не более 16", 16, "<"), ("менее 5", 5, "<"), ("up to 7", 7, "<"), ("no more than 7", 7, "<"),
        ("200dan kam", 200, "<"), ("около 17", 17, "~"), ("almost 10,000", 10000, "~"),
        ("some 1,500", 1500, "~"),
        ("порядка 14 935", 14935, "~"), ("100 мыңға жуық", 100000, "~"), ("почти 37 тыс.", 37000, "~"),
        ("approx. 41", 41, "~"), ("более\n7 тысяч", 7000, ">"), ("более 60%", 60, ">"),
        ("rund 78 %", 78, "~"), ("Knapp 92 Prozent", 92, "~"), ("über 50 Prozent", 50, ">"), ("mehr als 40", 40, ">"),
        ("gut 6500", 6500, ">"),
        ("fast 3700", 3700, "~"), ("unter 5 Prozent", 5, "<"), ("weniger als 5", 5, "<"), ("höchstens 9", 9, "<"),
        ("8 миң 600дөн ашуун", 8600, ">"),
    ],
)  # fmt: skip
def test_words(text: str, value: float, bound: str) -> None:
    lower, upper = value if bound == ">" else None, value if bound == "<" else None
    assert parse(text, decimal="grouped") == Number(value, lower, upper, "U")


@pytest.mark.parametrize("decimal", MODES)
@pytest.mark.parametrize(
    "text",
    [
        "1О5", "l05", "7 to 12 million", "86-87", "12 34", "1 2345", "5 6 7", "1 234 56",
        "12e5", "1e", "1e123", "e5", "10³", "10^3", "3·10³", "2,5×10⁶",
        "inf",
        "0x10",
        "1_000", "text", "12r", "12 r", "5?", "№ 5", "(5", "5)", "[5]", "()", "((5))", "-(5)", "5.",
        ".5",
        "5,", "5,²", "- 5", "—5", "--5", "+-5", "%", "*", "¹", "1²3", "½", "12½", "12①", "٣٤", "१२", "Ⅻ", "2×10",
        "10⁻³",
        "0 123", "0,123,456", "5'00",
        "0'123", "1'234'56", "5''000", "'", "1,234,56", "1.23.4", "1,234 567", "12 (15-20)", "12 (5-10)",
        "12 [8-18)",
        "1234567890123456", "9" * 400, "0." + "1" * 400,
        "3 млн 200", "1,5 тысяч 20", "77 тысяч 1234", "77 тысяч 20,5", "12 тыс. 5 тыс.", "5 тыс. 3 млн",
        "3 млн 1000 тыс.", "3 млн 1200 тыс.", "3 млрд 5 тыс.", "3 млрд 5", "5 тысяч 1000", "1,5 млн 20 тыс.",
        "2 тыс. 3,5", "3 млн 200 тыс. 1000", "3 млн 0,5 тыс. 20",
        "тысяча",
        "больше тысячи", "200дөн", "10 mingdan", "200 көп", "5 больше", "более", "до", "от 5 до 10",
        "на 5 больше", "почти около 5", "<около 5", "около 5+", "<5+", "5k", "5 дел", "не 5", "1-2 тысяч",
        "<", "< 5 6", "более 5 6",
    ],
)  # fmt: skip
def test_refused(text: str, decimal: str | None) -> None:
    assert parse(text, decimal=decimal) == Number(problem=True)


@pytest.mark.parametrize(
    ("text", "readings"),  # undeclared, ".", ",", "grouped"
    [
        ("1,234", (None, 1234, 1.234, 1234)),
        ("12,5", (12.5, None, 12.5, 12.5)),
        ("12.5", (12.5, 12.5, None, 12.5)),
        ("1.234", (1.234, 1.234, 1234, 1.234)),
        ("1.234.567", (1234567, None, 1234567, None)),
        ("12.345.678,9", (12345678.9, None, 12345678.9, None)),
        ("-1.234.567,125", (-1234567.125, None, -1234567.125, None)),
        ("1.234.56", (None, None, None, None)),
        ("0.123.456", (None, None, None, None)),
        ("1.2345.678", (None, None, None, None)),
        ("1,234,567", (1234567, 1234567, None, 1234567)),
        ("1,234.5", (1234.5, 1234.5, None, 1234.5)),
        ("1.234,5", (None, None, 1234.5, None)),
        ("1 234,5", (1234.5, None, 1234.5, 1234.5)),
        ("1 234.5", (1234.5, 1234.5, None, 1234.5)),
        ("1 234,567", (None, None, 1234.567, None)),
        ("0,123", (0.123, None, 0.123, 0.123)),
        ("1234,567", (None, None, 1234.567, None)),
        ("12,3456", (12.3456, None, 12.3456, 12.3456)),
        ("1,234 thousand", (None, 1234000, 1234, None)),
        ("1'234", (1234, 1234, 1234, 1234)),
        ("1’234’567", (1234567, 1234567, 1234567, 1234567)),
        ("1'234.5", (1234.5, 1234.5, None, 1234.5)),
        ("1'234,5", (1234.5, None, 1234.5, 1234.5)),
        ("'61", (61, 61, 61, 61)),
        ("'1 204", (1204, 1204, 1204, 1204)),
    ],
)
def test_decimal_mark(text: str, readings: tuple[float | None, ...]) -> None:
    for mode, value in zip(MODES, readings, strict=True):
        assert parse(text, decimal=mode) == (Number(problem=True) if value is None else Number(value)), mode


def test_legend_of_the_office() -> None:
    legend = {"-": "0", "x": "C", "X": "M", "99": "L", "нет": "0", "": "L"}
    for dash in "-–—−":
        assert parse(dash, symbols=legend) == Number(0.0)
    assert [parse(text, symbols=legend).status for text in ("x", "X", "х", " 99 ", "99*", None)] == [
        "C",
        "M",
        "C",
        "L",
        "L",
        "L",
    ]
    assert parse("нет", symbols=legend) == parse("НЕТ", symbols=legend) == Number(0.0)
    assert parse("–", symbols={"–": "0"}) == parse("-", symbols={"—": "0"}) == Number(0.0)
    assert parse(None, symbols={"": "0"}) == Number(0.0)


# -- SQL -------------------------------------------------------------------------------

LEGENDS: tuple[dict[str, str], ...] = (
    {},
    {"-": "0", "–": "0"},
    {"": "0"},
    {"99": "L", "0,0": "Z", "1 000": "L", "(o'n)": "M"},
    {"x": "C", "X": "M"},
    {"…": "0", "..": "L", "н/д": "-1.5", "N": "Z"},
)
PIECES = [
    *"0123456789", *"0123456789", "000", "234", "12", "1", *",.,. ", *NARROW_SPACES, *WIDE_SPACES, *"-–—−+",
    "x", "х", "X",
    "…", "..", "*", "¹", "5", "(", ")", "<", "%", "e", "_", "'", "О", "й", "٣", "１", "，", "\u200b", "тыс",
    "99",
]  # fmt: skip
SHAPES = [
    *(f"1{space}234" for space in NARROW_SPACES + WIDE_SPACES), *read_numbers.SYMBOLS, "-", "—", "х", "Х", "NaN",
    "N", "n",
    "99", " 99", "99*", "0,0", "1\u00a0000", "1 000", "(o'n)", "(O'N)", "0.1", "-0.0", "1,234",
    "1,234,567.25", "1.234,5", "3e+05", "8.1e-05", "1,5e3", "10³",
    "123456789012345", "1234567890123456", "0." + "3" * 25, "0." + "3" * 26, "9" * 400, "1e5", "inf", "nan",
    "0x1",
    "1_0", "\x00", "1\x00", "12\n", "\n12", "−5", "+5",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
    st.sampled_from(SHAPES),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.decimals(-10_000_000, 10_000_000, places=3).map(str),
    st.builds("{:,}".format, st.integers(-(10**9), 10**9)).flatmap(
        lambda text: st.sampled_from([*NARROW_SPACES, ",", "."]).map(lambda mark: text.replace(",", mark))
    ),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=4),
)
CONNECTION = duckdb.connect()


def read_by_sql(
    texts: Sequence[str | None], decimal: str | None, symbols: dict[str, str]
) -> list[tuple[float | None, str | None]]:
    cleaned, value, status = read_numbers.sql("text", decimal=decimal, symbols=symbols)
    return CONNECTION.execute(
        f"""SELECT {value}, {status} FROM (SELECT *, {cleaned} AS cleaned FROM
        (SELECT unnest(?::VARCHAR[]) AS text, unnest(range(?)) AS place)) ORDER BY place""",
        [list(texts), len(texts)],
    ).fetchall()


@settings(max_examples=examples(60, 300), deadline=None)
@given(
    st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=60),
    st.sampled_from(MODES),
    st.sampled_from(LEGENDS),
)
@example([None, *SHAPES], None, LEGENDS[0])
@example([None, *SHAPES], ".", LEGENDS[3])
@example([None, *SHAPES], ",", LEGENDS[3])
@example([None, *SHAPES], "grouped", LEGENDS[5])
def test_sql_reads_as_parse_does(
    texts: list[str | None], decimal: str | None, symbols: dict[str, str]
) -> None:
    for text, (value, status) in zip(texts, read_by_sql(texts, decimal, symbols), strict=True):
        number = parse(text, decimal=decimal, symbols=symbols)
        if value is not None:
            assert number == Number(value), text
        if status is not None:
            assert number == Number(status=status), text


@settings(max_examples=examples(150, 300), deadline=None)
@given(TEXTS, st.sampled_from(MODES), st.sampled_from(LEGENDS))
def test_every_reading_holds_together(text: str, decimal: str | None, symbols: dict[str, str]) -> None:
    number = parse(text, decimal=decimal, symbols=symbols)
    known = [n for n in (number.lower, number.value, number.upper) if n is not None]
    assert known == sorted(known) and all(map(math.isfinite, known))
    assert number.problem != bool(known or number.status)
    assert parse(f" {text}\n", decimal=decimal, symbols=symbols) == number


@pytest.mark.parametrize(
    ("decimal", "texts"),
    [
        (
            None,
            [
                "1",
                "-1.5",
                "1,5",
                "1 234",
                "1\u00a0234,5",
                "1,234,567",
                "1.234.567",
                " 12 ",
                "",
                "-",
                "–",
                "…",
                "x",
                "х",
                None,
            ],
        ),
        (".", ["1", "1.5", "1,234", "1,234,567.5", "1\u202f234.5", ".."]),
        (",", ["1", "1,5", "1,234", "1.234", "1.234.567,5", "1\u2009234,5", "n/a"]),
        ("grouped", ["1", "1.5", "1,5", "1,234", "1 234,5", "1 234.5", "NULL"]),
    ],
)
def test_sql_leaves_no_common_form_to_python(decimal: str | None, texts: list[str | None]) -> None:
    assert all(value is not None or status for value, status in read_by_sql(texts, decimal, {}))


@settings(max_examples=examples(20, 50), deadline=None)
@given(st.lists(st.floats(-1e14, 1e14), min_size=20, max_size=50))
def test_sql_is_exact(values: list[float]) -> None:
    texts = [f"{value:.17f}".rstrip("0").rstrip(".") for value in values]
    for text, (value, _) in zip(texts, read_by_sql(texts, None, {}), strict=True):
        assert value is None and parse(text).problem or value == float(text)


@pytest.mark.parametrize("text", ["3,444 млн", "1,234 thousand"])
def test_three_digits_before_a_scale_are_read_only_where_the_mark_is_declared(text: str) -> None:
    """Khatlon's "3,444 млн" would have been 3,444,000,000 people in a transcription."""
    assert parse(text, decimal="grouped").value is None
    assert parse(text, decimal=",").value in (3444000, 1234)
    assert parse("4 049,9 ming", decimal="grouped").value == 4049900


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("999", None, "O"), ("999.0", None, "O"), ("999,0", None, "O"), ("9.99e+02", None, "O"), ("999*", None, "O"),
        ("1999", 1999, ""), ("99", 99, ""), ("999.5", 999.5, ""), ("-1.0", None, "M"), ("1", 1, ""), ("1 000", 0, ""),
    ],
)  # fmt: skip
def test_a_number_that_stands_for_none_however_it_is_written(
    text: str, value: float | None, status: str
) -> None:
    """Read carelessly: 999 victims, where the legend says "not known"."""
    symbols = {"999": "O", "-1": "M", "1000": "0"}
    assert (parse(text, symbols=symbols).value, parse(text, symbols=symbols).status) == (value, status)
    cleaned, number, said = read_numbers.sql("t", decimal=None, symbols=symbols)
    asked = f"SELECT {number}, {said} FROM (SELECT {cleaned} AS cleaned FROM (SELECT ? AS t))"
    with duckdb.connect() as con:
        fast = con.execute(asked, [text]).fetchall()[0]
    assert fast in ((None, None), (value, status or None))
