"""Members of a chat in the shapes of the Bot API."""

from typing import Any

from bot.playground.telegram.conversation import Status
from bot.playground.telegram.people import User
from bot.playground.telegram.permissions import EVERYTHING, Permissions

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
    "restricted": {"is_member": True, "until_date": 0},
    "left": {},
    "kicked": {"until_date": 0},
}


def member(user: User, status: Status, restriction: Permissions = EVERYTHING) -> dict[str, Any]:
    """Return the ChatMember of a user with this status, with every mandatory field.

    `restriction` is what a restricted user still may do.
    """
    rights = restriction.as_json() if status == "restricted" else {}
    return {"user": user.as_json(), "status": status} | FIELDS[status] | rights
