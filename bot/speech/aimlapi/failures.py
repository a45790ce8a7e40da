"""Failures of calls to the AI/ML API, translated once: what happens to the job?

Source: the vendor's pages about errors, the two shapes of error bodies seen (`{message, statusCode, ...}` and
`application/problem+json`), and the web pages of the CDN that stands in front.
"""

import json
import re
from collections.abc import Iterable, Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import Any, Literal

import aiohttp

from bot import links
from bot.errors import Need, OperatorError, PermanentError, RateLimitedError, TemporaryError, VerbatimError
from bot.faults import SPEECH_SERVICE, fault_of
from bot.outgoing.waits import asked_wait
from bot.speech.aimlapi.blame import blames_link
from bot.speech.values import as_object, as_text
from storage.apology import Reason

Call = Literal["create", "fetch", "balance"]

REDIRECTED = "a redirect, which is not followed: is AIMLAPI_URL right?"
LONGEST_MESSAGE = 200  # characters of the server's own words
LONGEST_BODY = 65536  # bytes; a longer error is a web page, and nothing in it is worth reading
SHORTEST_HIDDEN = 3  # characters; hiding fewer would hide the sentence around them and protect nothing

# The first is spelt as the vendor spells it.
_OUT_OF_CREDITS = re.compile(
    rb"err_insuff?ici?ent_credits|r[ua]n out of credits|insufficient[ _]credits", re.IGNORECASE
)
_MODEL = re.compile(rb"\bmodel\b", re.IGNORECASE)
_NAMES = re.compile(r'"\w+"\s*:')  # of the fields of an object

_STATUS: dict[int, type[VerbatimError]] = {
    401: OperatorError,  # the key is wrong
    402: OperatorError,  # undocumented; says of itself that somebody has to pay
    404: OperatorError,  # nothing at this address understands us: the base URL is wrong
    405: OperatorError,
    407: OperatorError,  # the proxy wants a name and a password
    408: TemporaryError,
    425: TemporaryError,
    429: RateLimitedError,
}
_HUNDRED: dict[int, type[VerbatimError]] = {
    3: OperatorError,  # the API moved, and the key must not follow on its own
    4: PermanentError,
    5: TemporaryError,
}
_NEEDS = {401: Need.KEY, 402: Need.CREDITS, 403: Need.CREDITS}
_GAVE_UP_WAITING = frozenset({504, 520, 524})  # gateways; 520 says that the answer made no sense

_NO_ADDRESS = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)
_PROXY_REFUSES = 407  # whoever asks without a password


class AnswerError(Exception):
    """An answer of the API that is no success. `hidden` are texts that it may repeat and no message may contain.

    Nor may one contain the `link` that was sent, if one was.
    """

    def __init__(
        self, status: int, body: bytes, headers: Mapping[str, str], *, hidden: Iterable[str] = (), link: str = ""
    ) -> None:
        super().__init__(status)
        self.status = status
        self.body = body[:LONGEST_BODY]
        self.headers = headers
        self.hidden = tuple(hidden)
        self.link = link


def failure_of(error: Exception, call: Call, *, sent: bool = True) -> VerbatimError:
    """Return what an answer that is no success, or an exception of aiohttp or the JSON parser, means for the job.

    `sent` is False when the request had not left this machine whole. Of an exception no text is told: it may carry the
    URL.
    """
    match error:
        case AnswerError():
            return _answered(error, call)
        case ValueError() | RecursionError() if not isinstance(error, aiohttp.ClientError):
            sure = call != "create"
            return TemporaryError(f"{call}: the answer is no JSON", reason=Reason.PROVIDER_DOWN, sure=sure)
        case Exception():
            return _unanswered(error, call, sent=sent)


def _unanswered(error: Exception, call: Call, *, sent: bool) -> VerbatimError:
    fault = fault_of(error, SPEECH_SERVICE)
    said = f"{call}: {fault.words}"
    asks_for_password = isinstance(error, aiohttp.ClientHttpProxyError) and error.status == _PROXY_REFUSES
    if asks_for_password or isinstance(error, _NO_ADDRESS):
        return OperatorError(said)
    return TemporaryError(said, reason=fault.reason, sure=call != "create" or not (fault.arrived and sent))


def _answered(answer: AnswerError, call: Call) -> VerbatimError:
    """Read an answer. Failed requests are not billed, so a create that was answered is `sure` not to be carried out.

    A gateway may have answered, though, because it was tired of waiting for the server behind it.
    """
    words = REDIRECTED if 300 <= answer.status < 400 else _said(answer)
    said = f"{call} answered {answer.status}: {words}"
    meaning = _meaning(answer.status, answer.body, call)
    if meaning is PermanentError:
        return _refused(answer, said)
    if meaning is OperatorError:
        return OperatorError(said, need=_NEEDS.get(answer.status, Need.SETUP))
    wait = _retry_after(answer)
    if meaning is RateLimitedError:
        return RateLimitedError(said, retry_after=wait)
    sure = call != "create" or answer.status not in _GAVE_UP_WAITING
    return TemporaryError(said, reason=Reason.PROVIDER_DOWN, retry_after=wait, sure=sure)


def _refused(answer: AnswerError, said: str) -> PermanentError:
    """Tell whether it is the link that is refused, by everything in the answer but names of fields and other links."""
    if answer.link and blames_link(_NAMES.sub("", links.without(answer.body.decode("utf-8", "replace"), answer.link))):
        host = links.host_of(answer.link)
        return PermanentError(Reason.LINK_UNREACHABLE, f"{said} (a link to {host})", host=host)
    return PermanentError(Reason.REFUSED, said)


def _meaning(status: int, raw: bytes, call: Call) -> type[VerbatimError]:
    """Look the status up in the tables, but for those of which the number alone says too little."""
    if status == 403 and _OUT_OF_CREDITS.search(raw):
        return OperatorError
    if status == 403 and _is_page(raw):  # the CDN turned us away, not the API
        return TemporaryError
    if status == 404 and call == "fetch":  # the generation is unknown, not the address
        return TemporaryError
    if status == 404 and _MODEL.search(raw):  # the vendor retired what one chat has chosen
        return PermanentError
    return _STATUS.get(status) or _HUNDRED.get(status // 100, TemporaryError)


def _said(answer: AnswerError) -> str:
    """Return the server's own words on one line, cut short after what is hidden was taken out."""
    said = _words(answer.body)
    if answer.link:
        said = links.without(said, answer.link)
    for secret in answer.hidden:
        if len(secret) >= SHORTEST_HIDDEN:
            said = said.replace(secret, "[hidden]")
    return " ".join(said.split())[:LONGEST_MESSAGE]


def _is_page(raw: bytes) -> bool:
    return raw.lstrip().startswith(b"<")


def _words(raw: bytes) -> str:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return "a web page" if _is_page(raw) else raw.decode("utf-8", "replace")
    fields = as_object(body)
    error = as_object(fields.get("error"))
    return _sentence(
        *(fields.get(key) for key in ("message", "title", "detail", "error")),
        *(error.get(key) for key in ("message", "name")),
    )


def _sentence(*candidates: object) -> str:
    """Return the first that says something; a list of sentences is one sentence."""
    for candidate in candidates:
        parts = candidate if isinstance(candidate, list) else [candidate]
        said = "; ".join(filter(None, map(as_text, parts)))
        if said:
            return said
    return "(no reason given)"


def _retry_after(answer: AnswerError) -> float | None:
    """Return the seconds to wait, from the header or, without a readable one, from the body.

    A date is measured against the answer's own `Date`, so no clock has to be right.
    """
    asked = answer.headers.get("Retry-After", "").strip()
    until, now = _moment(asked), _moment(answer.headers.get("Date", ""))
    if until is not None and now is not None:
        return asked_wait(until - now)
    fields = _fields(answer.body)
    places = (fields, as_object(fields.get("error")), as_object(fields.get("parameters")))
    in_body = (asked_wait(place.get(name)) for place in places for name in ("retry_after", "retryAfter"))
    return asked_wait(asked) or next(filter(None, in_body), None)


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        return as_object(json.loads(raw))
    except (ValueError, RecursionError):
        return {}


def _moment(date: str) -> float | None:
    parsed = parsedate_tz(date)
    try:
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None
