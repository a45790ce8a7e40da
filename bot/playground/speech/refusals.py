"""The refusals of the API: its two styles of error bodies, and the page of its CDN for an unknown address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from typing import Any, Literal

ErrorStyle = Literal["old", "problem"]

PROBLEM = "application/problem+json"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not carried out. Only a validation has several `messages`."""

    status: int
    messages: Sequence[str]
    kind: str
    name: str


class RefusedError(Exception):
    """A request is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.kind)
        self.refusal = refusal


def invalid(*findings: str) -> Refusal:
    return Refusal(400, findings, "err_validation", "BadRequestException")


def unauthorised() -> Refusal:
    return Refusal(
        401,
        ["Unauthorized. Your API key is missing or wrong: create one at https://aimlapi.com/app/keys"],
        "err_unauthorized",
        "UnauthorizedException",
    )


def out_of_credits() -> Refusal:
    """Build the refusal for an empty account. The real API misspells its kind."""
    return Refusal(
        403,
        ["You've run out of credits. Please top up your balance to go on."],
        "err_insufficent_credits",
        "OutOfFundsException",
    )


def unknown_generation() -> Refusal:
    return Refusal(404, ["Generation not found"], "err_not_found", "NotFoundException")


def too_many() -> Refusal:
    return Refusal(429, ["Too Many Requests"], "err_too_many_requests", "ThrottlerException")


def of_status(status: int) -> Refusal:
    """Build the refusal for a status without a reason. Its 403 is not that of an empty account."""
    known = {400: invalid("Invalid payload"), 401: unauthorised(), 404: unknown_generation(), 429: too_many()}
    return known.get(status) or Refusal(status, [phrase(status)], "err_unknown", "HttpException")


def phrase(status: int) -> str:
    """Return the phrase of a status. A CDN has statuses that HTTP does not define, such as 524."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Error"


def body(refusal: Refusal, style: ErrorStyle, path: str, request_id: str, now: float) -> tuple[dict[str, Any], str]:
    """Return the JSON of a refusal and its content type."""
    if style == "old":
        return _old(refusal, path, request_id, now), JSON
    return _problem(refusal, request_id), PROBLEM


def _old(refusal: Refusal, path: str, request_id: str, now: float) -> dict[str, Any]:
    """Build the old style of a refusal. Its message is a list for a validation, and else a sentence."""
    findings = refusal.kind == "err_validation"
    return {
        "message": list(refusal.messages) if findings else refusal.messages[0],
        "path": path,
        "requestId": request_id,
        "statusCode": str(refusal.status),
        "timestamp": datetime.fromtimestamp(now, UTC).isoformat(),
    }


def _problem(refusal: Refusal, request_id: str) -> dict[str, Any]:
    return {
        "title": phrase(refusal.status),
        "status": refusal.status,
        "message": "; ".join(refusal.messages),
        "requestId": request_id,
        "error": {"name": refusal.name, "data": {"kind": refusal.kind}},
    }


def unknown_address(method: str, path: str) -> str:
    return f"<!DOCTYPE html><html><body><pre>Cannot {method} {escape(path)}</pre></body></html>"
