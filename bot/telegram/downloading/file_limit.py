"""The largest file that is taken, and whose limit that is."""

from dataclasses import dataclass

from bot.errors import PermanentError
from bot.sizes import MEGABYTE
from storage.apology import Fact, Reason


@dataclass(frozen=True, slots=True)
class FileLimit:
    """The most bytes of a file, and whether that is Telegram's limit, which no operator can change, or the operator's.

    `facts` are those of an apology for a file that is larger.
    """

    bytes: int
    is_telegrams: bool = False

    @property
    def facts(self) -> dict[str, Fact]:
        return {"telegram_limit_mb" if self.is_telegrams else "limit_mb": self.bytes / MEGABYTE}

    def too_big(self) -> PermanentError:
        return PermanentError(Reason.TOO_BIG, "", **self.facts)

    def refused(self) -> PermanentError:
        """Return the error for a file that the server refuses: for another limit than this one, if this is larger."""
        return min(self, TELEGRAMS, key=lambda limit: limit.bytes).too_big()


# What a Bot API server hands out unless it runs with --local (Bot API, getFile).
TELEGRAMS = FileLimit(20 * MEGABYTE, is_telegrams=True)


def file_limit(max_bytes: int, *, is_public: bool, is_local: bool) -> FileLimit:
    """Return the limit that holds with the public server, one that runs with --local, or another one."""
    most = min(max_bytes, TELEGRAMS.bytes) if is_public else max_bytes
    return TELEGRAMS if most == TELEGRAMS.bytes and not is_local else FileLimit(most)
