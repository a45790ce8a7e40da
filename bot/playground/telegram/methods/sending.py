"""Methods that send messages, chat actions and reactions."""

from bot.playground.telegram.conversation import JSON, id_of
from bot.playground.telegram.files import StoredFile, guess_mime_type
from bot.playground.telegram.methods.rights import Form, check_action, check_reaction, check_send
from bot.playground.telegram.methods.targets import (
    direct_topic_of,
    message_id_of,
    open_chat_of,
    reply_of,
    topic_of,
)
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.pictures import check_photo
from bot.playground.telegram.refusal import bad_request, too_large
from bot.playground.telegram.rules import (
    CHAT_ACTIONS,
    read_caption,
    read_inline_keyboard,
    read_reaction,
    read_text,
)
from bot.playground.telegram.state import ChatAction, Reaction, State

UPLOAD_LIMIT = 50 * 1024 * 1024
NOT_TO_REACT_TO = ("new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id")


def send_message(state: State, parameters: Parameters) -> JSON:
    content = read_text(parameters) | _link_preview(parameters)
    return _write(state, "sendMessage", content, parameters)


def send_document(state: State, parameters: Parameters) -> JSON:
    content = read_caption(parameters)
    file = file_of(state, parameters, "document", parameters.text("document"))
    return _write(state, "sendDocument", content | state.attach(file), parameters)


def send_photo(state: State, parameters: Parameters) -> JSON:
    content = read_caption(parameters)
    file = file_of(state, parameters, "photo", parameters.text("photo"))
    width, height = check_photo(file.data)
    return _write(state, "sendPhoto", content | state.attach(file, width=width, height=height), parameters)


FORMS: dict[str, Form] = {"sendMessage": "text", "sendDocument": "document", "sendPhoto": "photo"}


def _write(state: State, method: str, content: JSON, parameters: Parameters) -> JSON:
    chat = open_chat_of(state, parameters)
    keyboard = read_inline_keyboard(parameters)
    thread, reply_to = topic_of(chat, parameters), reply_of(chat, parameters)
    author: JSON = {"sender_chat": chat.as_json()} if chat.type == "channel" else {"from": state.bot.as_json()}
    where = chat.place(reply_to, thread) | direct_topic_of(chat, parameters)
    check_send(chat, FORMS[method], where, state.clock())
    message = chat.stamp() | author | where | content | keyboard
    chat.note(method, message)
    if not parameters.flag("disable_notification"):
        chat.ring(message)
    sent = state.publish(chat, message)
    if not chat.rights.keeps:
        chat.remove(sent)
    return sent


def _link_preview(parameters: Parameters) -> JSON:
    options = parameters.parsed("link_preview_options", "link preview options")
    return {"link_preview_options": options} if options else {}


def file_of(state: State, parameters: Parameters, field: str, said: str) -> StoredFile:
    """Return the file that `said` names, by attach://part or a file_id, or the upload in `field`."""
    upload = parameters.attached(said.removeprefix("attach://") if said.startswith("attach://") else field)
    if upload is None:
        return _known_file(state, said, field)
    if len(upload.data) > UPLOAD_LIMIT:
        raise too_large()
    if not upload.data:
        raise bad_request("file must be non-empty")
    if field == "photo":
        return state.files.store("photo", upload.data)
    name = upload.name or "file"
    return state.files.store("document", upload.data, name=name, mime_type=guess_mime_type(name))


def _known_file(state: State, file_id: str, field: str) -> StoredFile:
    if not file_id:
        raise bad_request(f"there is no {'photo' if field == 'photo' else 'document'} in the request")
    file = state.files.find(file_id)
    if file is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    return file


def send_chat_action(state: State, parameters: Parameters) -> bool:
    chat = open_chat_of(state, parameters)
    action = parameters.text("action").lower()
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    thread = topic_of(chat, parameters, general=True)
    check_action(chat, thread)
    state.chat_actions.append(ChatAction(chat.id, action, thread, state.clock()))
    return True


def set_message_reaction(state: State, parameters: Parameters) -> bool:
    chat = open_chat_of(state, parameters)
    emoji = read_reaction(parameters)
    message_id = message_id_of(parameters)
    message = chat.find(message_id)
    if message is None:
        raise bad_request("message to react not found")
    if any(field in message for field in NOT_TO_REACT_TO):
        raise bad_request("message can't be reacted")
    check_reaction(chat, emoji)
    target = id_of(chat.album_head(message))
    chat.react_with(target, state.bot, emoji[0] if emoji else None)
    state.reactions.append(Reaction(chat.id, target, emoji[0] if emoji else None, state.clock()))
    return True
