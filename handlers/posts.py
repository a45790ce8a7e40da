"""Posts of channels, which Telegram forwards by itself to the group of the channel: what both have in common."""

from telegram import Message, MessageOriginChannel
from telegram.constants import ChatType


def post_of(message: Message, file_unique_id: str) -> str | None:
    """Name the post that a message is, or is the automatic forward of: the same for both. None for any other message.

    An automatic forward says where the post comes from. That is the channel itself, unless it has forwarded something:
    then the post and the forward say where that comes from, and neither has the number of the other.
    """
    origin = message.forward_origin
    if message.chat.type == ChatType.CHANNEL:
        channel = message.chat
        if origin is None:
            return f"{channel.id}: {channel.id}/{message.message_id}"
    elif message.is_automatic_forward and origin is not None:
        of_channel = origin.chat if isinstance(origin, MessageOriginChannel) else message.chat
        channel = message.sender_chat or of_channel
    else:
        return None
    if isinstance(origin, MessageOriginChannel):
        return f"{channel.id}: {origin.chat.id}/{origin.message_id}"
    return f"{channel.id}: {origin.date.timestamp():.0f}/{file_unique_id}"
