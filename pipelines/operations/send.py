"""One function for every channel that takes messages.

Not here: channels that take files only (``pipelines.deliveries.targets``). Called by ``pipelines.alerts`` and
``pipelines.deliveries``.
"""

from typing import Any

from pipelines.operations.declared import Mail, Webhook
from pipelines.operations.message import ChannelError, Message


def send(channel: Any, to: str, message: Message) -> None:
    """Send one message; ChannelError says in a sentence without secrets why it was not taken."""
    # Each loads a protocol, and every refresh loads this module.
    if isinstance(channel, Mail):
        from pipelines.operations.mail import send_mail

        send_mail(channel, to, message)
    elif isinstance(channel, Webhook):
        from pipelines.operations.webhook import post

        post(channel, message)
    else:
        raise ChannelError("takes_no_messages", kind=channel.kind)
