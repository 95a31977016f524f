"""A file with the same bytes changed, as publishers and what is between change them."""

from collections.abc import Callable


def _lines(change: Callable[[int, list[str]], list[str]]) -> Callable[[bytes], bytes]:
    """A change of each record (its number and cells); the header, number 0, stays."""

    def changed(body: bytes) -> bytes:
        lines = body.decode().splitlines()
        kept = [",".join(change(n, line.split(","))) if n else line for n, line in enumerate(lines)]
        return "".join(f"{line}\n" for line in kept if line).encode()

    return changed


def _value(change: Callable[[int, int], object], only: str = "") -> Callable[[bytes], bytes]:
    """A change of the last cell, which is the value; ``only``: in records of this year or sex."""
    return _lines(
        lambda n, cells: [*cells[:-1], str(change(n, int(cells[-1])))] if not only or only in cells else cells
    )


def _two_editions(body: bytes) -> bytes:
    return body + _value(lambda _, value: value - 3)(body).partition(b"\n")[2]


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "every second value a tenth": _value(lambda n, value: value // 10 if n % 2 else value),
    "two editions in one file": _two_editions,
    "women negative": _value(lambda _, value: -value, "F"),
    "the last year withdrawn": _value(lambda _, value: "...", "2024"),
    "sex in another language": _lines(lambda _, cells: ["Ж" if cell == "F" else cell for cell in cells]),
    "years of two digits": _lines(lambda _, cells: [cells[0][2:], *cells[1:]]),
    "shares instead of counts": _value(lambda _, value: round(value / 14, 1)),
    "one value in every record": _value(lambda _, value: 831),
    "every third record lost": _lines(lambda n, cells: cells if n % 3 else []),
    "years of another era": _lines(lambda _, cells: [str(int(cells[0]) + 543), *cells[1:]]),
    "semicolons": lambda body: body.replace(b",", b";"),
    "a row number before each record": _lines(lambda n, cells: [str(n), *cells]),
    "rounded to hundreds": _value(lambda _, value: round(value, -2)),
    "the same year in every record": _lines(lambda _, cells: ["2024", *cells[1:]]),
}
HARMLESS: dict[str, Callable[[bytes], bytes]] = {
    "lines of Windows and a mark": lambda body: b"\xef\xbb\xbf" + body.replace(b"\n", b"\r\n"),
    "records in reverse": lambda body: b"\n".join([body.splitlines()[0], *body.splitlines()[:0:-1], b""]),
    "every record twice": lambda body: body + body.partition(b"\n")[2],
    "columns turned round": lambda body: b"".join(
        b",".join(reversed(line.split(b","))) + b"\n" for line in body.splitlines()
    ),
    "a decimal zero": _value(lambda _, value: f"{value}.0"),
}
