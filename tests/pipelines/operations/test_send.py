"""Messages over the wire: SMTP with STARTTLS and TLS, webhooks of three shapes, and everything that goes wrong."""

import time
from pathlib import Path

import pytest

from pipelines.operations.declared import Folder, Mail, Webhook
from pipelines.operations.message import ChannelError, Message, one_line
from pipelines.operations.send import send
from tests.servers import PASSWORD, USER, Certificates, Mailbox, Receiver, free_port, silent

MESSAGE = Message(
    "abc123", "Набор данных задержан, Казахстан", "Почему: столбец исчез.\n", "ru", {"cause": "held"}
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DV_PASSWORD", PASSWORD)
    monkeypatch.setenv("DV_TOKEN", "tok-secret")


def mail(box_port: int, certificates: Certificates, **given: object) -> Mail:
    base = {"kind": "smtp", "host": "localhost", "port": box_port, "sender": "dv@example.org", "seconds": 3}
    login = {"user": USER, "password_from": "DV_PASSWORD", "ca_file": str(certificates.ca_file)}
    return Mail.model_validate({**base, **login, **given})


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_as_it_was_written(certificates: Certificates, security: str, tmp_path: Path) -> None:
    attachment = tmp_path / "сводка.csv"
    attachment.write_text("a,b\n", encoding="utf-8")
    with Mailbox(certificates, tls=security == "tls") as box:
        channel = mail(box.port, certificates, security=security)
        send(channel, "reader@example.org", Message(**{**vars(MESSAGE), "attachments": [attachment]}))
    (got,) = box.mails
    assert got["Subject"] == MESSAGE.subject and got["To"] == "reader@example.org"
    assert got["Message-ID"] == "<abc123@example.org>" and got["Content-Language"] == "ru"
    body = got.get_body()
    assert body is not None and body.get_content().strip() == MESSAGE.text.strip()
    assert [part.get_filename() for part in got.iter_attachments()] == ["сводка.csv"]


def test_a_wrong_password_is_said_without_it(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DV_PASSWORD", "wrong-password")
    with Mailbox(certificates) as box, pytest.raises(ChannelError) as caught:
        send(mail(box.port, certificates), "reader@example.org", MESSAGE)
    assert str(caught.value) == "localhost refuses the user and password (code 535)"
    assert not box.mails


def test_a_variable_that_is_not_set_is_named(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DV_PASSWORD")
    with pytest.raises(ChannelError, match="the environment variable DV_PASSWORD is not set"):
        send(mail(free_port(), certificates), "reader@example.org", MESSAGE)


def test_a_certificate_that_nobody_vouches_for_is_refused(certificates: Certificates) -> None:
    with (
        Mailbox(certificates) as box,
        pytest.raises(ChannelError, match="certificate of localhost is not trusted"),
    ):
        send(mail(box.port, certificates, ca_file=""), "reader@example.org", MESSAGE)
    assert not box.mails


def test_a_server_without_starttls_gets_no_password(certificates: Certificates) -> None:
    with Mailbox(None) as box, pytest.raises(ChannelError, match="does not offer"):
        send(mail(box.port, certificates), "reader@example.org", MESSAGE)
    assert not box.mails


def test_a_refused_recipient_is_said_without_the_address(certificates: Certificates) -> None:
    with Mailbox(certificates) as box:
        box.refuse = "550 reader@example.org is unknown"
        with pytest.raises(ChannelError) as caught:
            send(mail(box.port, certificates), "reader@example.org", MESSAGE)
    assert str(caught.value) == "localhost refuses the recipient's address (code 550)"


def test_a_server_that_is_down_is_said(certificates: Certificates) -> None:
    with pytest.raises(ChannelError, match="no connection"):
        send(mail(free_port(), certificates), "reader@example.org", MESSAGE)


def test_a_server_that_says_nothing_is_left_after_the_declared_seconds(certificates: Certificates) -> None:
    begun = time.monotonic()
    with silent() as port:
        for channel in (
            mail(port, certificates, seconds=0.3),
            Webhook(kind="webhook", address=f"http://localhost:{port}/", seconds=0.3),
        ):
            with pytest.raises(ChannelError, match=r"within 0\.3 seconds"):
                send(channel, "reader@example.org", MESSAGE)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("word", ["статистика ", "statistics ", "statistics – статистика "])
def test_a_long_subject_keeps_its_spaces(certificates: Certificates, word: str) -> None:
    subject = (word * 12).strip()
    with Mailbox(certificates) as box:
        send(mail(box.port, certificates), "reader@example.org", Message("x", subject, "text"))
    assert box.subjects == [subject]


def test_a_subject_is_one_line() -> None:
    assert one_line("Held:\r\nBcc: all@example.org\u202e x\x1b[2J") == "Held: Bcc: all@example.org x [2J"


# -- webhooks --------------------------------------------------------------------------------------------------


def test_the_plain_shape_has_facts_and_a_key_against_repeats() -> None:
    with Receiver() as hook:
        send(Webhook(kind="webhook", address=hook.address, token_from="DV_TOKEN"), "", MESSAGE)
    ((headers, body),) = hook.posts
    assert headers["Idempotency-Key"] == body["id"] == "abc123"
    assert headers["Authorization"] == "Bearer tok-secret"
    assert (body["cause"], body["subject"], body["language"]) == ("held", MESSAGE.subject, "ru")


def test_words_of_publishers_are_no_markup_in_slack_and_teams(monkeypatch: pytest.MonkeyPatch) -> None:
    message = Message("x", "<!channel> & [a](https://evil.example)", "<https://evil.example|here>\n**b**")
    with Receiver() as hook:
        monkeypatch.setenv("DV_HOOK", hook.address)
        for shape in ("slack", "teams"):
            send(Webhook(kind="webhook", shape=shape, address_from="DV_HOOK"), "", message)
    slack, teams = hook.bodies
    assert slack["text"].startswith("*&lt;!channel&gt; &amp; ") and "<" not in slack["text"]
    card = teams["attachments"][0]["content"]
    assert card["type"] == "AdaptiveCard"
    # Runs of text, unlike blocks of text, are shown as they are.
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert card["body"][0]["inlines"][0]["text"] == message.subject


def test_https_is_checked_and_no_answer_but_a_success_counts(certificates: Certificates) -> None:
    with Receiver(certificates) as hook:
        trusted = Webhook(kind="webhook", address=hook.address, ca_file=str(certificates.ca_file))
        send(trusted, "", MESSAGE)
        with pytest.raises(ChannelError, match="certificate is not trusted"):
            send(Webhook(kind="webhook", address=hook.address), "", MESSAGE)
        hook.status = 500
        with pytest.raises(ChannelError, match="localhost answers with status 500"):
            send(trusted, "", MESSAGE)
    assert len(hook.posts) == 2


def test_a_redirect_is_not_followed() -> None:
    with Receiver() as other, Receiver() as hook:
        hook.status, hook.headers = 307, {"Location": other.address}
        with pytest.raises(ChannelError, match="status 307"):
            send(Webhook(kind="webhook", address=hook.address), "", MESSAGE)
    assert not other.posts


@pytest.mark.parametrize(
    "address", ["http://hooks.example.org/T1/secret", "https://u:secret@hooks.example.org/"]
)
def test_a_secret_address_is_never_in_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DV_HOOK", address)
    with pytest.raises(ChannelError) as caught:
        send(Webhook(kind="webhook", shape="slack", address_from="DV_HOOK"), "", MESSAGE)
    assert "DV_HOOK" in str(caught.value) and "secret" not in str(caught.value)


def test_a_host_that_refuses_is_said_without_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DV_HOOK", f"https://localhost:{free_port()}/T1/secret")
    with pytest.raises(ChannelError) as caught:
        send(Webhook(kind="webhook", shape="slack", address_from="DV_HOOK"), "", MESSAGE)
    assert str(caught.value) == "localhost: The server refuses connections"


def test_a_folder_takes_no_messages() -> None:
    with pytest.raises(ChannelError, match="takes no messages"):
        send(Folder(kind="folder", path="/srv"), "", MESSAGE)
