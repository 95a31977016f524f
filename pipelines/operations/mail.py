"""Messages by SMTP with TLS: one message to one address.

A message that is sent again has the same ``Message-ID``, by which mail programs and archives recognise it. Not here:
when something is sent again (``pipelines.alerts``, ``pipelines.deliveries``). Called by
``pipelines.operations.send``.
"""

import contextlib
import datetime as dt
import mimetypes
import smtplib
import ssl
from collections.abc import Iterator
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from pipelines.operations.declared import Mail
from pipelines.operations.message import ChannelError, Message, one_line, secret


class _Folded(EmailPolicy):
    """Folds a long subject without losing spaces between its encoded words (CPython gh-92081, mended in 3.12.5)."""

    def fold(self, name: str, value: Any) -> str:
        """One header as it goes over the wire."""
        if name.lower() != "subject":
            return str(super().fold(name, value))
        header = Header(str(value), "utf-8" if not str(value).isascii() else "us-ascii", header_name=name)
        return f"{name}: {header.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        if name.lower() != "subject":
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


def send_mail(channel: Mail, to: str, message: Message) -> None:
    """Hand one message to the server; ChannelError where the server did not accept it."""
    password = secret(channel.password_from)
    mail = composed(channel, to, message)
    with _plain_errors(channel):
        server = _connected(channel)
        try:
            if channel.user:
                server.login(channel.user, password)
            server.send_message(mail, channel.sender, [to])
        except BaseException:
            server.close()
            raise
    # The server has it: what goes wrong now is no failure of the message.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()


def composed(channel: Mail, to: str, message: Message) -> EmailMessage:
    """The message as it goes over the wire."""
    mail = EmailMessage(policy=_Folded())
    mail["Subject"] = one_line(message.subject)
    mail["From"] = channel.sender
    mail["To"] = to
    mail["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    mail["Message-ID"] = f"<{message.id}@{channel.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    for path in message.attachments:
        kind, _ = mimetypes.guess_type(path.name)
        main, _, sub = (kind or "application/octet-stream").partition("/")
        mail.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=path.name)
    mail["Content-Language"] = message.language
    return mail


def _connected(channel: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=channel.ca_file or None)
    name = channel.sender.rpartition("@")[2]
    if channel.security == "tls":
        return smtplib.SMTP_SSL(channel.host, channel.port, name, timeout=channel.seconds, context=context)
    server = smtplib.SMTP(channel.host, channel.port, name, channel.seconds)
    if channel.security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


@contextlib.contextmanager
def _plain_errors(channel: Mail) -> Iterator[None]:
    """Sentences without what the server answered: an answer may repeat an address or a user's name."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelError("login_refused", host=channel.host, code=error.smtp_code) from None
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise ChannelError("recipient_refused", host=channel.host, code=code) from None
    except smtplib.SMTPNotSupportedError:
        raise ChannelError("not_offered", host=channel.host) from None
    except smtplib.SMTPResponseException as error:
        raise ChannelError("message_refused", host=channel.host, code=error.smtp_code) from None
    except ssl.SSLCertVerificationError:
        raise ChannelError("certificate_not_trusted", host=channel.host) from None
    except ssl.SSLError:
        raise ChannelError("no_secure_connection", host=channel.host) from None
    except (smtplib.SMTPException, OSError) as error:
        # smtplib hides a timeout while reading in an error of its own.
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            raise ChannelError("no_answer", host=channel.host, seconds=f"{channel.seconds:g}") from None
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ChannelError("no_connection", host=channel.host, port=channel.port, reason=reason) from None
