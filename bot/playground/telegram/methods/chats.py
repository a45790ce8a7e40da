"""Methods about chats and their members."""

from bot.playground.telegram.conversation import INSIDE, JSON, Conversation
from bot.playground.telegram.members import person_in
from bot.playground.telegram.methods.targets import SERVICE_NAMES, chat_of, open_chat_of
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.people import ACCOUNTS
from bot.playground.telegram.refusal import bad_request, forbidden
from bot.playground.telegram.state import State

GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def get_chat(state: State, parameters: Parameters) -> JSON:
    chat = chat_of(state, parameters)
    if chat.type != "private" and chat.bot_status not in INSIDE:
        open_chat_of(state, parameters)
    full = chat.as_json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, chat.type == "private"),
    }
    if chat.username and chat.type != "private":
        full["active_usernames"] = [chat.username]
    if chat.linked is not None:
        full["linked_chat_id"] = chat.linked.id
    if chat.parent is not None:
        full["parent_chat"] = chat.parent.as_json()
    if chat.type in {"group", "supergroup"}:
        full["permissions"] = chat.permissions.as_json()
    if chat.available_reactions is not None:
        full["available_reactions"] = [{"type": "emoji", "emoji": emoji} for emoji in chat.available_reactions]
    if chat.hides_members:
        full["has_hidden_members"] = True
    if chat.permissions.slow_mode:
        full["slow_mode_delay"] = chat.permissions.slow_mode
    return full


def get_chat_member(state: State, parameters: Parameters) -> JSON:
    user_id = parameters.integer("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    chat = open_chat_of(state, parameters)
    if user_id == state.bot.id:
        return state.bot_in(chat)
    _check_list(chat)
    user = state.users.get(user_id) or ACCOUNTS.get(user_id)
    if chat.type == "private" and user_id not in chat.people:
        raise bad_request("user not found")
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return person_in(chat, user)


def get_chat_administrators(state: State, parameters: Parameters) -> list[JSON]:
    chat = open_chat_of(state, parameters)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    _check_list(chat)
    wanted = ("creator", "administrator")
    admins = [person_in(chat, chat.people[who]) for who, status in chat.statuses.items() if status in wanted]
    return admins + ([state.bot_in(chat)] if chat.bot_status == "administrator" else [])


def get_chat_member_count(state: State, parameters: Parameters) -> int:
    return len(open_chat_of(state, parameters).people) + 1


def _check_list(chat: Conversation) -> None:
    """Refuse to list members where only admins see them: in channels, and in groups that hide their members."""
    if chat.bot_status != "administrator" and (chat.type == "channel" or chat.hides_members):
        raise bad_request("member list is inaccessible")


def leave_chat(state: State, parameters: Parameters) -> bool:
    chat = chat_of(state, parameters)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    if chat.bot_status not in INSIDE:
        raise forbidden(f"bot is not a member of the {SERVICE_NAMES[chat.type]}")
    state.change_bot(chat, "left", state.bot)
    if chat.type != "channel":
        bot = state.bot.as_json()
        state.publish(chat, chat.stamp() | {"from": bot, "left_chat_member": bot})
    return True
