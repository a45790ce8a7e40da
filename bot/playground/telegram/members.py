"""Members of a chat in the shapes of the Bot API."""

from typing import Any

from bot.playground.telegram.conversation import ChatType, Conversation, Status
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
    "can_send_welcome_messages",
)
MORE_RIGHTS: dict[ChatType, tuple[str, ...]] = {
    "private": (),
    "group": ("can_pin_messages",),
    "supergroup": ("can_pin_messages", "can_manage_topics"),
    "channel": ("can_post_messages", "can_edit_messages", "can_manage_direct_messages"),
}
EVERY_RIGHT = frozenset({*RIGHTS, *(right for rights in MORE_RIGHTS.values() for right in rights)})
LEAST_RIGHTS = frozenset({"can_manage_chat"})  # which every admin has


def member(
    chat: Conversation,
    user: User,
    status: Status,
    *,
    restriction: Permissions = EVERYTHING,
    rights: frozenset[str] = EVERY_RIGHT,
    is_anonymous: bool = False,
) -> dict[str, Any]:
    """Return the ChatMember of a user with this status, with every mandatory field.

    `restriction` is what a restricted user still may do, and `rights` are those of an admin.
    """
    found = {"user": user.as_json(), "status": status}
    match status:
        case "creator":
            return found | {"is_anonymous": is_anonymous}
        case "administrator":
            named = {right: right in rights | LEAST_RIGHTS for right in (*RIGHTS, *MORE_RIGHTS[chat.type])}
            return found | {"can_be_edited": False, "is_anonymous": is_anonymous} | named
        case "restricted":
            return found | {"is_member": True, "until_date": 0} | restriction.as_json()
        case "kicked":
            return found | {"until_date": 0}
        case "member" | "left":
            return found


def person_in(chat: Conversation, person: User) -> dict[str, Any]:
    """Return the ChatMember that a person is; one who has never been there has left."""
    status = chat.statuses.get(person.id, "left")
    restriction = chat.restrictions.get(person.id, EVERYTHING)
    return member(chat, person, status, restriction=restriction, is_anonymous=person.id in chat.anonymous)
