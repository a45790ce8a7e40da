"""What a button carries, written and read here only: `1:`, a kind, and the fields of that kind, in at most 64 bytes.

Clients can send any data, so what is read is checked for its form, and for nothing else: that a job, a page or a value
exists, and that the person may ask for it, is for those to check who act on it. To add a kind, make a class of it and
name it in KINDS. When the fields of a kind get another meaning, it gets another name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

VERSION = "1"
MOST_BYTES = 64
_NUMBER = re.compile(r"-?[0-9]{1,18}")  # fits 64 bits
_WORD = re.compile(r"[A-Za-z0-9_.-]{0,40}")
_CANCEL_BEFORE_VERSIONS = re.compile(r"cancel:([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class CancelJob:
    """End a job. The id in an orphan's button tells whose it is."""

    job_id: int


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Make another job of the recording of one that has ended."""

    job_id: int


@dataclass(frozen=True, slots=True)
class AskVersion:
    """Show the models and the languages in which the recording of a job can be transcribed again."""

    job_id: int


@dataclass(frozen=True, slots=True)
class AskLanguage:
    """Show the languages in which the recording of a job may be."""

    job_id: int


@dataclass(frozen=True, slots=True)
class WithModel:
    """Transcribe the recording of a job again, with a model. No job has the number 0: see `InLanguage`."""

    job_id: int
    model: str


@dataclass(frozen=True, slots=True)
class InLanguage:
    """Transcribe the recording of a job again, in a language.

    Where there is no job any more, it is the recording that the message with the button replies to.
    """

    job_id: int
    language: str


@dataclass(frozen=True, slots=True)
class ShowMore:
    """Show what else can be had of the text of a job, in place of the buttons under it."""

    job_id: int


@dataclass(frozen=True, slots=True)
class ShowLess:
    """Show the buttons again that were under the text of a job at first."""

    job_id: int


@dataclass(frozen=True, slots=True)
class ExportText:
    """Send the text of a job as a file, in a form that the ending of its name tells."""

    job_id: int
    ending: str


@dataclass(frozen=True, slots=True)
class AskDelete:
    """Ask whether to delete the text of a job."""

    job_id: int


@dataclass(frozen=True, slots=True)
class DeleteText:
    """Delete the text of a job."""

    job_id: int


@dataclass(frozen=True, slots=True)
class AskWho:
    """Ask who speaks in the text of a job."""

    job_id: int


@dataclass(frozen=True, slots=True)
class NameSpeaker:
    """Ask for the name of the speaker with this number in the order of the text, from 0 on."""

    job_id: int
    number: int


@dataclass(frozen=True, slots=True)
class UseNames:
    """Let the names of a text hold for later recordings of the chat (1), or let none hold (0)."""

    job_id: int
    wanted: int


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show a page of the settings, or a further one of the same; no name means the first page, with all settings."""

    setting: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Choose:
    """Give a setting a value, on its page. It is the wanted one, so that a second tap changes nothing."""

    setting: str
    value: str


@dataclass(frozen=True, slots=True)
class ChooseHere:
    """Give a setting a value, under a message that is no page of the settings and stays as it is."""

    setting: str
    value: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Let a chat or a person use the bot (1), or no longer (0)."""

    guest: int
    let_in: int


@dataclass(frozen=True, slots=True)
class ShowGuests:
    """Show a page of those who were let in."""

    number: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """Make a person the owner of the bot."""

    user_id: int


@dataclass(frozen=True, slots=True)
class KeepOwner:
    """Leave the owner of the bot as it is."""


@dataclass(frozen=True, slots=True)
class ForgetChat:
    """Erase what is stored of the chat, in private also of its person."""


@dataclass(frozen=True, slots=True)
class KeepChat:
    """Erase nothing."""


Carried = (
    CancelJob
    | TryAgain
    | AskVersion
    | AskLanguage
    | WithModel
    | InLanguage
    | ShowMore
    | ShowLess
    | ExportText
    | AskDelete
    | DeleteText
    | AskWho
    | NameSpeaker
    | UseNames
    | ShowPage
    | Choose
    | ChooseHere
    | Admit
    | ShowGuests
    | HandOver
    | KeepOwner
    | ForgetChat
    | KeepChat
)
KINDS: Mapping[str, type[Carried]] = {
    "cancel": CancelJob,
    "again": TryAgain,
    "versions": AskVersion,
    "tongue": AskLanguage,
    "with": WithModel,
    "in": InLanguage,
    "more": ShowMore,
    "less": ShowLess,
    "file": ExportText,
    "bin": AskDelete,
    "delete": DeleteText,
    "who": AskWho,
    "name": NameSpeaker,
    "names": UseNames,
    "page": ShowPage,
    "set": Choose,
    "here": ChooseHere,
    "admit": Admit,
    "guests": ShowGuests,
    "owner": HandOver,
    "keep": KeepOwner,
    "forget": ForgetChat,
    "spare": KeepChat,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
_FIELDS = {
    kind: tuple((each.name, int if each.type is int else str) for each in fields(kind)) for kind in KINDS.values()
}


def write(carried: Carried) -> str:
    """Return the data of a button; ValueError for what would not come back as it is."""
    kind = type(carried)
    values = [getattr(carried, name) for name, _ in _FIELDS[kind]]
    words = [str(value) for value in values]
    data = ":".join((VERSION, _NAMES[kind], *words))
    are_typed = all(isinstance(value, wanted) for value, (_, wanted) in zip(values, _FIELDS[kind], strict=True))
    if len(data) > MOST_BYTES or not are_typed or not _are_readable(kind, words):
        raise ValueError(f"no button can carry {carried}")
    return data


def read(data: str | None) -> Carried | None:
    """Return what a button carries; None for what is of no form that was ever written here."""
    if match := _CANCEL_BEFORE_VERSIONS.fullmatch(data or ""):
        return CancelJob(int(match[1]))
    version, *words = (data or "")[: MOST_BYTES + 1].split(":")
    kind = KINDS.get(words[0]) if version == VERSION and words else None
    return None if kind is None else _filled(kind, words[1:])


def _filled(kind: type[Carried], words: list[str]) -> Carried | None:
    if len(words) != len(_FIELDS[kind]) or not _are_readable(kind, words):
        return None
    make: Callable[..., Carried] = kind
    return make(*(int(word) if wanted is int else word for word, (_, wanted) in zip(words, _FIELDS[kind], strict=True)))


def _are_readable(kind: type[Carried], words: list[str]) -> bool:
    wanted = zip(words, _FIELDS[kind], strict=True)
    return all((_NUMBER if each is int else _WORD).fullmatch(word) for word, (_, each) in wanted)
