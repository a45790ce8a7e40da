"""Checks of texts, keyboards, reactions and commands, which refuse in the words of the real server."""

import re
from typing import Any

from bot.playground.telegram.markup import parse_html
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusal import RefusedError, bad_request
from bot.playground.telegram.text import (
    MOST_ENTITIES,
    Entity,
    add_found,
    check_encoding,
    check_entities,
    trim,
    utf16_length,
)

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_DATA_LIMIT = 64
MOST_BUTTONS = 100
_REACTIONS = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 "
    "💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
_CHAT_ACTIONS = (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note"
)
_BUTTON_ACTIONS = (
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat copy_text callback_game pay"
)
REACTIONS = frozenset(_REACTIONS.split())
CHAT_ACTIONS = frozenset(_CHAT_ACTIONS.split())
BUTTON_ACTIONS = frozenset(_BUTTON_ACTIONS.split())
_URL = re.compile(r"(?i:tg://\S+|ton://\S+|(?:https?://)?[^\s/?#:]+\.[^\s/?#:.]+(?::\d+)?(?:[/?#]\S*)?)")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def read_text(parameters: Parameters) -> dict[str, Any]:
    """Read the `text` and `entities` of a new message."""
    text, entities = formatted(parameters, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def read_caption(parameters: Parameters) -> dict[str, Any]:
    """Read the `caption` and `caption_entities` of a new message; an empty dict if it has none."""
    caption, entities = formatted(parameters, "caption", "caption_entities")
    if utf16_length(caption) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def formatted(parameters: Parameters, text_field: str, entities_field: str) -> tuple[str, list[Entity]]:
    text = parameters.text(text_field)
    check_encoding(text)
    entities = _given_entities(parameters, entities_field)
    mode = parameters.text("parse_mode").lower()
    if text and mode not in {"", "none"}:
        if entities:
            parameters.complaints.append(f"parse_mode makes the server ignore {entities_field}")
        text, entities = _parse(text, mode, parameters)
    entities = check_entities(text, entities)
    if len(entities) > MOST_ENTITIES:
        parameters.complaints.append(f"the server drops all but {MOST_ENTITIES} of {len(entities)} entities")
    text, entities = trim(text, entities)
    return text, add_found(text, entities)


def _given_entities(parameters: Parameters, name: str) -> list[Any]:
    """Return the given entities. What is no list counts as none, as on the real server, and is a complaint."""
    try:
        entities = parameters.parsed(name)
    except RefusedError:
        entities = parameters.text(name)
    if isinstance(entities, list):
        return entities
    if entities is not None:
        parameters.complaints.append(f"{name} is no Array of MessageEntity")
    return []


def _parse(text: str, mode: str, parameters: Parameters) -> tuple[str, list[Entity]]:
    if mode == "html":
        return parse_html(text)
    if mode in {"markdown", "markdownv2"}:
        parameters.complaints.append("the playground reads no Markdown")
    raise bad_request("unsupported parse_mode")


def read_inline_keyboard(parameters: Parameters) -> dict[str, Any]:
    """Read the `reply_markup` that is kept with a message: only an inline keyboard with buttons is."""
    markup = parameters.parsed("reply_markup", "reply keyboard markup")
    if markup is None:
        return {}
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = _rows(markup.get("inline_keyboard", []))
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _rows(rows: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    return [[_button(button) for button in row] for row in rows if row]


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not button.get("text"):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not BUTTON_ACTIONS & button.keys():
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= CALLBACK_DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _URL.fullmatch(str(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def read_reaction(parameters: Parameters) -> list[str]:
    """Read the emoji of a reaction: none or one, of those that are allowed for everybody."""
    reaction = parameters.objects_in("reaction", "ReactionType")
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = [str(one.get("emoji")) for one in reaction]
    if any(one.get("type") != "emoji" for one in reaction) or not REACTIONS.issuperset(emoji):
        raise bad_request("REACTION_INVALID")
    return emoji


def read_commands(parameters: Parameters) -> list[dict[str, str]]:
    commands = parameters.objects_in("commands", "BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in commands]


def _command(command: dict[str, str]) -> dict[str, str]:
    name = command.get("command", "").removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command.get("description", "")) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": command["description"]}
