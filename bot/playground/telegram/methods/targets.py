"""The chat, message or topic that a call names, or the refusal if the bot may not use it."""

from bot.playground.telegram.conversation import JSON, Conversation
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusal import RefusedError, bad_request, forbidden
from bot.playground.telegram.state import State

SERVICE_NAMES = {"private": "user", "group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


def chat_of(state: State, parameters: Parameters) -> Conversation:
    """Return the chat that chat_id names, by number or by @username.

    A person whom the bot knows from a group has no chat with it as long as the person has not started one.
    """
    named = parameters.text("chat_id")
    if not named:
        raise bad_request("chat_id is empty")
    chat = _by_username(state, named[1:]) if named.startswith("@") else state.chats.get(_number(named))
    if chat is None:
        raise _no_chat(state, named)
    if chat.migrated_to is not None:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    return chat


def _no_chat(state: State, named: str) -> RefusedError:
    if any(_number(named) in chat.people for chat in state.chats.values()):
        return forbidden("bot can't initiate conversation with a user")
    return bad_request("chat not found")


def _by_username(state: State, username: str) -> Conversation | None:
    named = (chat for chat in state.chats.values() if chat.username and chat.type != "private")
    return next((chat for chat in named if str(chat.username).lower() == username.lower()), None)


def _number(named: str) -> int:
    try:
        return int(named)
    except ValueError:
        return 0


def open_chat_of(state: State, parameters: Parameters) -> Conversation:
    """Return the chat that chat_id names, if the bot is in it."""
    chat = chat_of(state, parameters)
    if refusal := _shut_out(chat):
        raise refusal
    return chat


def _shut_out(chat: Conversation) -> RefusedError | None:
    place = SERVICE_NAMES[chat.type]
    if chat.deactivated:
        return forbidden("user is deactivated")
    match chat.bot_status:
        case "kicked" if chat.type == "private":
            return forbidden("bot was blocked by the user")
        case "kicked":
            return forbidden(f"bot was kicked from the {place}")
        case "left":
            return forbidden(f"bot is not a member of the {place}")
        case "administrator" | "creator" | "member" | "restricted":
            return None


def topic_of(chat: Conversation, parameters: Parameters, *, general: bool = False) -> int | None:
    """Return the topic to write to. The topic General has no id for messages, but with `general` it may be named."""
    thread = parameters.integer("message_thread_id")
    if not thread or (general and thread == 1 and chat.is_forum):
        return None
    if thread not in chat.topics:
        raise bad_request("message thread not found")
    return thread


def direct_topic_of(chat: Conversation, parameters: Parameters) -> JSON:
    """Return the field for the topic of a channel's direct messages, which has to be named there and nowhere else."""
    topic = parameters.integer("direct_messages_topic_id")
    if chat.parent is None:
        if topic:
            raise bad_request("chat is not an administered channel direct messages chat")
        return {}
    if not topic:
        raise bad_request("channel direct messages topic must be specified")
    if topic not in chat.people:
        raise bad_request("topic not found")
    return chat.direct_topic(chat.people[topic])


def reply_of(chat: Conversation, parameters: Parameters) -> int | None:
    """Return the message to reply to; None without one, or if it is missing and the call allows that."""
    reply = parameters.parsed("reply_parameters", "reply parameters")
    if not reply:
        return None
    if not isinstance(reply, dict) or not isinstance(reply.get("message_id"), int):
        raise bad_request("can't parse reply parameters")
    here = reply.get("chat_id") in {None, chat.id, str(chat.id)}
    if here and chat.find(reply["message_id"]) is not None:
        return int(reply["message_id"])
    if not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return None


def editable_message_of(state: State, chat: Conversation, parameters: Parameters) -> JSON:
    message = chat.find(message_id_of(parameters))
    if message is None:
        raise bad_request("message to edit not found")
    if not chat.is_by(state.bot, message):
        raise bad_request("message can't be edited")
    return message


def message_id_of(parameters: Parameters) -> int:
    message_id = parameters.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    return message_id
