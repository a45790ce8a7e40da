"""The refusals of the Bot API: a status, a sentence, and sometimes parameters for programs."""

from typing import Any

PREFIXES = {400: "Bad Request", 403: "Forbidden"}


class RefusedError(Exception):
    """A call is answered with `ok: false`."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(sentence: str, **parameters: int) -> RefusedError:
    return RefusedError(400, f"{PREFIXES[400]}: {sentence}", **parameters)


def unauthorized() -> RefusedError:
    return RefusedError(401, "Unauthorized")


def forbidden(sentence: str) -> RefusedError:
    return RefusedError(403, f"{PREFIXES[403]}: {sentence}")


def not_found() -> RefusedError:
    return RefusedError(404, "Not Found")


def conflict(sentence: str) -> RefusedError:
    return RefusedError(409, f"Conflict: {sentence}")


def too_large() -> RefusedError:
    return RefusedError(413, "Request Entity Too Large")


def too_many_requests(seconds: int) -> RefusedError:
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
