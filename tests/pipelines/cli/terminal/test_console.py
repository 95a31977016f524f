"""Nothing that a publisher wrote controls the terminal, and nothing honest is lost."""

import pytest

from pipelines.cli.terminal import console
from pipelines.cli.terminal.console import one_line


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain, 390 ордеров\n\tнет", "plain, 390 ордеров\n\tнет"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b[2J\x1b[1;1Hb", "ab"),
        ("\x1b]0;title\x07rest", "rest"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1b]0;without an end", "0;without an end"),
        ("one\rtwo\x08\x00", "onetwo"),
        ("12\u202e34", "1234"),
        ("\x1bc", ""),
    ],
)
def test_control_sequences_are_removed(text: str, safe: str) -> None:
    assert console.safe(text) == safe


def test_a_sequence_without_end_does_not_swallow_the_next_line() -> None:
    assert "second" in console.safe("first \x1b]0;title\nsecond\x07")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (1234567.0, "1 234 567"), (0.125, "0.125"), (3, "3"), ("x\x1b[1m", "x"), (True, "True")],
)
def test_values_for_people(value: object, text: str) -> None:
    assert console.shown(value) == text


def test_markup_and_emoji_codes_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    console.console().print("[red]12[/red] :warning: [link=x]")
    console.console().print(console.named("note", "[bold]:fire:\x1b[31m"))
    assert capsys.readouterr().out == "[red]12[/red] :warning: [link=x]\nnote: [bold]:fire:\n"


def test_a_published_line_break_begins_no_line_of_ours() -> None:
    text = "bad cell\n  Published release 1\r\nNothing\u2028new\x1b[2K"
    assert one_line(text) == "bad cell Published release 1 Nothing new"


def test_progress_counts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with console.progress("Working", False, "files") as step:
        step(1, 1200)
        step(1200, 1200)
    assert capsys.readouterr().err == "Working …\nWorking: 1,200 files\n"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(console.Console, "status", lambda self, text: Shown(text))
    with console.progress("Working", False, "files") as step:
        step(3, 1200)
        step(4, None)
    assert Shown.texts == ["Working …", "Working … 3 of 1,200 files", "Working … 4 files"]


class Shown:
    """Stands in for the moving sign."""

    texts: list[str] = []

    def __init__(self, text: str) -> None:
        self.update(text)

    def update(self, text: str) -> None:
        self.texts.append(text)

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_progress_is_a_plain_line_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("Working", quiet=False):
        pass
    with console.progress("Silent", quiet=True):
        pass
    assert capsys.readouterr() == ("", "Working …\n")
