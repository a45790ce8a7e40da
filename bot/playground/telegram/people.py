"""Users, and the accounts of Telegram that stand for channels and anonymous admins."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class User:
    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    last_name: str | None = None
    is_bot: bool = False
    hides_account: bool = False  # in forwards of what this person wrote

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))

    def as_json(self) -> dict[str, Any]:
        fields = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {name: value for name, value in fields.items() if value is not None}


TELEGRAM = User(777000, "Telegram")  # the sender of channel posts in the linked group
ANONYMOUS_ADMIN = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_MEMBER = User(136817688, "Channel", username="Channel_Bot", is_bot=True)
ACCOUNTS = {account.id: account for account in (TELEGRAM, ANONYMOUS_ADMIN, CHANNEL_MEMBER)}
