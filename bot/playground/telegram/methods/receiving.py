"""Methods with which the bot receives: getUpdates, the webhook's settings, files and callback queries."""

import re
from ipaddress import ip_address as ip_address_of
from typing import Any
from urllib.parse import urlsplit

from bot.playground.telegram.conversation import JSON
from bot.playground.telegram.files import DOWNLOAD_LIMIT
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusal import bad_request, conflict, too_many_requests
from bot.playground.telegram.state import CallbackAnswer, State, Webhook

CALLBACK_ANSWER_LIMIT = 200
LONGEST_SECRET = 256
MOST_CONNECTIONS = 40
MOST_CONNECTIONS_ALLOWED = 100
PORTS = frozenset({80, 88, 443, 8443})
IPV6 = 6
_SECRET = re.compile(r"[A-Za-z0-9_-]+")


async def get_updates(state: State, parameters: Parameters) -> list[JSON]:
    if state.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    state.updates.allow(_allowed_updates(parameters))
    return await state.updates.poll(
        parameters.integer("offset"), parameters.integer("limit", 100), parameters.integer("timeout")
    )


def _allowed_updates(parameters: Parameters) -> list[Any] | None:
    allowed = parameters.parsed("allowed_updates")
    if allowed is not None and not isinstance(allowed, list):
        raise bad_request("expected an Array of String as allowed_updates")
    return allowed


def set_webhook(state: State, parameters: Parameters) -> bool:
    url, secret = parameters.text("url"), parameters.text("secret_token")
    if not url:
        return delete_webhook(state, parameters)
    now = state.clock()
    if now < state.webhook_again_at:
        raise too_many_requests(1)
    state.webhook_again_at = now + 1
    if len(secret) > LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if not state.plain_webhooks:
        _check_address(url, parameters.text("ip_address"))
    most = min(max(parameters.integer("max_connections", MOST_CONNECTIONS), 1), MOST_CONNECTIONS_ALLOWED)
    wanted = Webhook(url, secret, most, parameters.text("ip_address"))
    state.updates.allow(_allowed_updates(parameters))
    if state.webhook is None or not state.webhook.is_like(wanted):
        state.updates.end_polls("setWebhook request")
        state.webhook = wanted
    return _drop_if_asked(state, parameters)


def _check_address(url: str, ip_address: str) -> None:
    """Refuse what the real server refuses; other names than these count as those of a server that there is."""
    try:
        host, port = urlsplit(url).hostname or "", urlsplit(url).port or 443
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    try:
        address = ip_address_of("127.0.0.1" if host == "localhost" else ip_address or host)
    except ValueError:
        if "." not in host:
            raise bad_request("bad webhook: Failed to resolve host: Name or service not known") from None
        return
    if address.version == IPV6:
        raise bad_request("bad webhook: IPv6-only addresses are not allowed")
    if not address.is_global:
        raise bad_request(f"bad webhook: IP address {address} is reserved")


def delete_webhook(state: State, parameters: Parameters) -> bool:
    state.webhook = None
    return _drop_if_asked(state, parameters)


def _drop_if_asked(state: State, parameters: Parameters) -> bool:
    if parameters.flag("drop_pending_updates"):
        state.updates.drop()
    state.notifier.notify()
    return True


def get_webhook_info(state: State, _: Parameters) -> JSON:
    info: JSON = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates.pending),
    }
    if state.updates.allowed:
        info["allowed_updates"] = state.updates.allowed
    if state.webhook is not None:
        info |= {"url": state.webhook.url, "max_connections": state.webhook.max_connections}
        if state.webhook.ip_address:
            info["ip_address"] = state.webhook.ip_address
        if state.webhook.last_error is not None:
            at, sentence = state.webhook.last_error
            info |= {"last_error_date": int(at), "last_error_message": sentence}
    return info


def get_file(state: State, parameters: Parameters) -> JSON:
    file_id = parameters.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = state.files.find(file_id)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT and state.local_folder is None:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": state.files.link(file),
    }


def answer_callback_query(state: State, parameters: Parameters) -> bool:
    """Answer a callback query, which is possible only once and for QUERY_TTL."""
    query_id, text = parameters.text("callback_query_id"), parameters.text("text")
    query = state.queries.get(query_id)
    if query is None or state.clock() > query.answer_until:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(text) > CALLBACK_ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer_until = float("-inf")
    answer = CallbackAnswer(query_id, query.user_id, text, parameters.flag("show_alert"), state.clock())
    state.callback_answers.append(answer)
    return True
