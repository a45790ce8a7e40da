"""The methods of the Bot API that the playground knows, and their parameters."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.playground.telegram.methods import chats, editing, profile, receiving, sending
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.state import State

Handler = Callable[[State, Parameters], Any | Awaitable[Any]]
_EVERY_MESSAGE = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id parse_mode disable_notification "
    "protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup"
)
_EVERY_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"


@dataclass(frozen=True, slots=True)
class Method:
    """A method. The `paced` ones write visible messages, and count against the limits of pace."""

    name: str
    handler: Handler
    parameters: frozenset[str]
    paced: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it makes a new message; the other paced ones edit."""
        return self.paced and self.name.startswith("send")


def _method(name: str, handler: Handler, parameters: str = "", *, paced: bool = False) -> Method:
    return Method(name, handler, frozenset(parameters.split()), paced)


_ALL = (
    _method("getUpdates", receiving.get_updates, "offset limit timeout allowed_updates"),
    _method(
        "setWebhook",
        receiving.set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    ),
    _method("deleteWebhook", receiving.delete_webhook, "drop_pending_updates"),
    _method("getWebhookInfo", receiving.get_webhook_info),
    _method("getFile", receiving.get_file, "file_id"),
    _method(
        "answerCallbackQuery",
        receiving.answer_callback_query,
        "callback_query_id text show_alert url cache_time",
    ),
    _method("getMe", profile.get_me),
    _method("logOut", profile.log_out),
    _method("close", profile.close),
    _method("setMyCommands", profile.set_my_commands, "commands scope language_code"),
    _method("getMyCommands", profile.get_my_commands, "scope language_code"),
    _method("deleteMyCommands", profile.delete_my_commands, "scope language_code"),
    _method("getMyDescription", profile.get_my_description, "language_code"),
    _method("getMyShortDescription", profile.get_my_short_description, "language_code"),
    _method("setMyDescription", profile.set_my_description, "description language_code"),
    _method("setMyShortDescription", profile.set_my_short_description, "short_description language_code"),
    _method("sendMessage", sending.send_message, f"{_EVERY_MESSAGE} text entities link_preview_options", paced=True),
    _method(
        "sendDocument",
        sending.send_document,
        f"{_EVERY_MESSAGE} document thumbnail caption caption_entities disable_content_type_detection",
        paced=True,
    ),
    _method(
        "sendPhoto",
        sending.send_photo,
        f"{_EVERY_MESSAGE} photo caption caption_entities show_caption_above_media has_spoiler",
        paced=True,
    ),
    _method(
        "sendChatAction",
        sending.send_chat_action,
        "business_connection_id chat_id message_thread_id action",
    ),
    _method("setMessageReaction", sending.set_message_reaction, "chat_id message_id reaction is_big"),
    _method(
        "editMessageText",
        editing.edit_message_text,
        f"{_EVERY_EDIT} text parse_mode entities link_preview_options rich_message",
        paced=True,
    ),
    _method("editMessageMedia", editing.edit_message_media, f"{_EVERY_EDIT} media", paced=True),
    _method(
        "editMessageCaption",
        editing.edit_message_caption,
        f"{_EVERY_EDIT} caption parse_mode caption_entities show_caption_above_media",
        paced=True,
    ),
    _method("editMessageReplyMarkup", editing.edit_message_reply_markup, _EVERY_EDIT, paced=True),
    _method("deleteMessage", editing.delete_message, "chat_id message_id"),
    _method("getChat", chats.get_chat, "chat_id"),
    _method("getChatMember", chats.get_chat_member, "chat_id user_id"),
    _method("getChatAdministrators", chats.get_chat_administrators, "chat_id return_bots"),
    _method("getChatMemberCount", chats.get_chat_member_count, "chat_id"),
    _method("leaveChat", chats.leave_chat, "chat_id"),
)
METHODS = {method.name.lower(): method for method in _ALL}  # as on the real server, the case does not matter
