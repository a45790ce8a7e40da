"""The bodies of the requests to /sim, which are validated before anything is done."""

from typing import Annotated, Any, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.playground.sim.refusal import SimError
from bot.playground.telegram.permissions import Shut

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
Caption = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_CAPTION)]


HeaderPart = Annotated[str, StringConstraints(pattern=r"^[^\r\n\x00]*$")]


class Body(BaseModel):
    """The body of a request. An unknown field is refused, as it would have no effect."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewPerson(Body):
    first_name: Name
    last_name: Name | None = None
    username: Annotated[str, StringConstraints(pattern=r"^\w{4,32}$")] | None = None
    language_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]{2,12}$")] | None = "en"


class NewChat(Body):
    type: Literal["private", "group", "supergroup", "channel"]
    user: int | None = None
    title: Name = "Group"
    members: list[int] = []
    admins: list[int] = []
    topics: bool = False
    bot_admin: bool = False
    privacy: bool | None = None


class NewTopic(Body):
    name: Name


class BotChange(Body):
    do: Literal["block", "unblock", "kick", "add", "promote", "demote", "mute"]
    sender: int | None = Field(alias="from", default=None)


class BotMode(Body):
    privacy: bool


class OpenLink(Body):
    sender: int = Field(alias="from")
    url: str
    to: int | None = None


class PermissionsChange(Body):
    """The permissions that change; those that are not named stay."""

    text: bool = True
    documents: bool = True
    other_media: bool = True
    general_closed: bool = False
    slow_mode: Annotated[int, Field(ge=0, le=3600)] = 0
    edits: bool = True
    keeps: bool = True
    shut: Shut | None = None
    closed_topics: list[int] = []


class Around(Body):
    """The sender of a message, and its place in the chat. With `reply_chat` it replies to a message of that chat."""

    sender: int = Field(alias="from")
    reply_to: int | None = None
    reply_chat: int | None = None
    thread: int | None = None


class NewText(Around):
    text: Words


class NewFile(Around):
    kind: Literal["auto", "voice", "audio", "video", "video_note", "document", "photo"] = "auto"
    caption: Caption = ""


class Middle(Body):
    chat: int
    sender: int = Field(alias="from")
    thread: int | None = None


class Edit(Body):
    text: Words | None = None
    caption: Caption | None = None


class Forward(Body):
    sender: int = Field(alias="from")
    to: int
    thread: int | None = None


class Press(Body):
    sender: int = Field(alias="from")
    button: str


class React(Body):
    sender: int = Field(alias="from")
    emoji: Annotated[str, StringConstraints(min_length=1)] | None


class Switch(Body):
    on: bool


class SpeechChange(Body):
    latency: Annotated[float, Field(ge=0, le=3600)] | None = None
    credits: float | None = None
    says: str | None = None


class TelegramFault(Body):
    method: str
    status: Annotated[int, Field(ge=400, le=599)] = 500
    times: Annotated[int, Field(ge=1)] | None = 1
    retry_after: Annotated[int, Field(ge=0)] | None = None
    drop: bool = False
    after_effect: bool = False
    chat_id: int | None = None
    body: dict[str, Any] | str | None = None


class SpeechFault(Body):
    operation: Literal["create", "fetch", "balance", "*"]
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    times: Annotated[int, Field(ge=1)] | None = 1
    drop: bool = False
    half: bool = False
    after_effect: bool = False
    delay: Annotated[float, Field(ge=0, le=3600)] | None = None
    headers: dict[HeaderPart, HeaderPart] = {}
    body: dict[str, Any] | str | None = None


Read = TypeVar("Read", bound=Body)


async def read(request: web.Request, kind: type[Read]) -> Read:
    """Read the JSON body of a request; its Content-Type is ignored."""
    body = await request.read()
    try:
        return kind.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise _refused(error) from None


def read_fields(fields: dict[str, str], kind: type[Read]) -> Read:
    """Read a body from the text fields of a form."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise _refused(error) from None


def _refused(error: ValidationError) -> SimError:
    findings = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()]
    return SimError(400, "; ".join(findings))
