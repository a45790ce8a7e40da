"""What may be done in a chat: the rights that its owner gives, and what Telegram itself forbids."""

from dataclasses import dataclass
from typing import Any, Literal

# What Telegram answers to every message and edit, by the reason. The list is that of messages.sendMessage in the
# documentation of MTProto; the Bot API server passes the names on as they are, those with the code 403 as 400.
Shut = Literal[
    "CHANNEL_PRIVATE",  # the chat cannot be reached any more
    "CHAT_ADMIN_REQUIRED",  # an administrator of a channel without the right to post
    "CHAT_GUEST_SEND_FORBIDDEN",  # only who joins the group may write, and the bot came with its linked channel
    "CHAT_RESTRICTED",  # Telegram has restricted the chat
    "CHAT_WRITE_FORBIDDEN",
    "USER_BANNED_IN_CHANNEL",  # Telegram has restricted the bot in public groups
]
MEDIA_RIGHTS = (
    "can_send_audios",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
)
OTHER_RIGHTS = (
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(frozen=True, slots=True)
class Permissions:
    """What may be done in a chat, by everybody in it or by the bot alone.

    Members may send `text`, `documents` and `other_media`, but in forums not to a General that is closed, and once in
    `slow_mode` seconds. Administrators may send everything at any time. These hold for administrators too: with
    `edits` off the time for edits is over, with `keeps` off some other bot deletes what the bot sends at once, and
    with `shut` every message and edit gets this answer.
    """

    text: bool = True
    documents: bool = True
    other_media: bool = True
    general_closed: bool = False
    slow_mode: int = 0
    edits: bool = True
    keeps: bool = True
    shut: Shut | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the ChatPermissions."""
        rights = {"can_send_messages": self.text, "can_send_documents": self.documents}
        return rights | dict.fromkeys(MEDIA_RIGHTS, self.other_media) | dict.fromkeys(OTHER_RIGHTS, False)


EVERYTHING = Permissions()
NOTHING = Permissions(text=False, documents=False, other_media=False)


def together(one: Permissions, other: Permissions) -> Permissions:
    """Return what two sets of permissions allow together."""
    return Permissions(
        text=one.text and other.text,
        documents=one.documents and other.documents,
        other_media=one.other_media and other.other_media,
        general_closed=one.general_closed or other.general_closed,
        slow_mode=max(one.slow_mode, other.slow_mode),
        edits=one.edits and other.edits,
        keeps=one.keeps and other.keeps,
        shut=one.shut or other.shut,
    )


def of_administrators(given: Permissions) -> Permissions:
    """Return what is left of some permissions for an administrator, who has every right of members."""
    return Permissions(edits=given.edits, keeps=given.keeps, shut=given.shut)
