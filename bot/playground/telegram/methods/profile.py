"""Methods about the bot itself: getMe, its commands and descriptions, logOut and close."""

from bot.playground.telegram.conversation import JSON
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusal import bad_request
from bot.playground.telegram.rules import read_commands
from bot.playground.telegram.state import State

DESCRIPTION_LIMIT = 512
SHORT_DESCRIPTION_LIMIT = 120
SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)


def get_me(state: State, _: Parameters) -> JSON:
    return state.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not state.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(state: State, parameters: Parameters) -> bool:
    state.commands[_scope(parameters), parameters.text("language_code")] = read_commands(parameters)
    return True


def get_my_commands(state: State, parameters: Parameters) -> list[dict[str, str]]:
    return state.commands.get((_scope(parameters), parameters.text("language_code")), [])


def _scope(parameters: Parameters) -> str:
    """Return a key for the scope: its type, and the chat and user if it has them."""
    scope = parameters.parsed("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return ":".join(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)


def set_my_description(state: State, parameters: Parameters) -> bool:
    description = parameters.text("description")
    if len(description) > DESCRIPTION_LIMIT:
        raise bad_request("description is too long")
    state.descriptions[parameters.text("language_code")] = description
    return True


def set_my_short_description(state: State, parameters: Parameters) -> bool:
    description = parameters.text("short_description")
    if len(description) > SHORT_DESCRIPTION_LIMIT:
        raise bad_request("short description is too long")
    state.short_descriptions[parameters.text("language_code")] = description
    return True


def log_out(state: State, _: Parameters) -> bool:
    state.logged_out = True
    return True


def close(_: State, __: Parameters) -> bool:
    return True
