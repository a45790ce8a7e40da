"""Members of a chat in the shapes of the Bot API."""

from typing import Any

from bot.playground.telegram.conversation import Status
from bot.playground.telegram.people import User

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_send_welcome_messages",
)


FIELDS: dict[Status, dict[str, Any]] = {
    "creator": {"is_anonymous": False},
    "administrator": {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(RIGHTS, True),
    "member": {},
    "left": {},
    "kicked": {"until_date": 0},
}


def member(user: User, status: Status) -> dict[str, Any]:
    """Return the ChatMember of a user with this status, with every mandatory field."""
    return {"user": user.as_json(), "status": status} | FIELDS[status]
