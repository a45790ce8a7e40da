"""Methods about the bot itself: getMe, its commands and descriptions, logOut and close."""

import re

from bot.playground.telegram.conversation import JSON
from bot.playground.telegram.methods.targets import open_chat_of
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusal import bad_request
from bot.playground.telegram.rules import read_commands
from bot.playground.telegram.state import State

DESCRIPTION_LIMIT = 512
SHORT_DESCRIPTION_LIMIT = 120
SCOPES: dict[str, tuple[str, ...]] = {  # and what each needs besides its type
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_LANGUAGE = re.compile("[a-z]{2}")


def get_me(state: State, _: Parameters) -> JSON:
    return state.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not state.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(state: State, parameters: Parameters) -> bool:
    commands = read_commands(parameters)
    state.commands[_scope(state, parameters), _language(parameters)] = commands
    state.notifier.notify()
    return True


def get_my_commands(state: State, parameters: Parameters) -> list[dict[str, str]]:
    return state.commands.get((_scope(state, parameters), _language(parameters)), [])


def delete_my_commands(state: State, parameters: Parameters) -> bool:
    state.commands.pop((_scope(state, parameters), _language(parameters)), None)
    state.notifier.notify()
    return True


def _scope(state: State, parameters: Parameters) -> str:
    """Return a key for the scope: its type, and the chat and user if it has them."""
    scope = parameters.parsed("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    wanted = SCOPES[scope["type"]]
    if missing := [name for name in wanted if name not in scope]:
        raise bad_request(f"can't parse BotCommandScope: Can't find field \"{missing[0]}\"")
    if "chat_id" in wanted:
        _check_chat(state, scope)
    return ":".join(str(scope[key]) for key in ("type", *wanted))


def _check_chat(state: State, scope: JSON) -> None:
    chat = open_chat_of(state, Parameters({"chat_id": str(scope["chat_id"])}))
    if chat.type == "channel":
        raise bad_request("can't change commands in channel chats")
    if chat.type == "private" and scope["type"] != "chat":
        raise bad_request("can't use specified scope in private chats")


def _language(parameters: Parameters) -> str:
    code = parameters.text("language_code")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def set_my_description(state: State, parameters: Parameters) -> bool:
    description = parameters.text("description")
    if len(description) > DESCRIPTION_LIMIT:
        raise bad_request("description is too long")
    state.descriptions[_language(parameters)] = description
    return True


def get_my_description(state: State, parameters: Parameters) -> JSON:
    """Return the description in a language, or the one for all languages if there is none."""
    return {"description": _in_language(state.descriptions, parameters)}


def set_my_short_description(state: State, parameters: Parameters) -> bool:
    description = parameters.text("short_description")
    if len(description) > SHORT_DESCRIPTION_LIMIT:
        raise bad_request("short description is too long")
    state.short_descriptions[_language(parameters)] = description
    return True


def get_my_short_description(state: State, parameters: Parameters) -> JSON:
    return {"short_description": _in_language(state.short_descriptions, parameters)}


def _in_language(texts: dict[str, str], parameters: Parameters) -> str:
    return texts.get(_language(parameters)) or texts.get("", "")


def log_out(state: State, _: Parameters) -> bool:
    state.logged_out = True
    return True


def close(_: State, __: Parameters) -> bool:
    return True
