"""Every sentence that a user reads."""

from collections.abc import Mapping, Sequence

from bot.links import Flaw
from bot.text.layout import MESSAGE_LIMIT, split, utf16_length
from storage.apology import Fact, Notice, Reason

NO_SPEECH = "I heard no speech in this recording. If there is some, try another model: /models lists them."
CUT_SHORT = "[The speech service gave me more text than can be said in a day. The rest of it is not shown.]"

NO_FILES = "[This is not all of it. The rest would be a file, and this chat takes none from me.]"
NOT_SHOWN = "I could not show the answer in this chat, as Telegram does not let me write here."

CANCEL_BUTTON = "Cancel"
CANCELLED_TOAST = "Cancelled."
NOT_YOURS = "Only the person who sent this recording, or an admin of this chat, can cancel it."
ADMIN_UNKNOWN = "Telegram did not tell me whether you are an admin here. Please press it again in a minute."
TOO_LATE = "It is too late to cancel: this one is already finished."
ORPHAN_REMOVED = "This message was left over, so I have removed it. The answer will come in another one."

NO_ANSWER_REMOVED = "I could not show the answer in this chat, so I have removed this message."

COMMANDS = (
    ("start", "What this bot does"),
    ("help", "How to use it, also in groups"),
    ("model", "Show or change the model of this chat"),
    ("models", "List the models to choose from"),
    ("transcribe", "Transcribe a recording on the web by its link"),
)

_ASKED_LIMIT = 40  # characters of what somebody typed; no name of a model is longer
_FACT_LIMIT = 12  # characters of a fact, so that an apology with two of them keeps to its 300
_HOST_LIMIT = 60  # characters of a host
_MAX_SUGGESTIONS = 5


_PLACEHOLDERS: dict[Notice, str] = {
    Notice.NONE: "Transcribing…",
    Notice.RETRYING: (
        "The speech service is not answering at the moment. "
        "I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.TELEGRAM: (
        "Telegram does not hand this file over at the moment. "
        "I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.MACHINE: (
        "Something on the machine this bot runs on is not working at the moment. "
        "I will keep trying by myself; there is nothing you need to do."
    ),
    Notice.DELAYED: ("This takes longer than usual. I will keep trying by myself; there is nothing you need to do."),
    Notice.PAUSED: (
        "Transcription is paused for a reason the operator of this bot has to fix. "
        "It will continue by itself after that; there is no need to send this again."
    ),
}


def placeholder(notice: Notice, host: str | None = None) -> str:
    """Return what stands in the chat until the answer is there; `host` is where the recording is, if that is told."""
    if host is not None and notice is Notice.NONE:
        return f"Transcribing the recording at {_host_text(host)}…"
    return _PLACEHOLDERS[notice]


def in_private(text: str, link: str | None) -> str:
    """Return what its sender is told of a recording in a chat that takes no messages; `link` leads to it."""
    where = "You sent a recording in a chat where I may not write, so I answer here"
    return f"{where}: {link}\n\n{text}" if link else f"{where}.\n\n{text}"


# For each reason: why there is no transcript, whether it is tried again, what the user can do.
_APOLOGIES: dict[Reason, tuple[str, str, str]] = {
    Reason.TOO_BIG: (
        "This file is too big for me.",
        "I will not try it again.",
        "Please send a smaller file, or the recording in several parts.",
    ),
    Reason.EMPTY: (
        "This file is empty, so there is nothing to transcribe.",
        "I will not try it again.",
        "Please record it once more and send the new recording.",
    ),
    Reason.NOT_AUDIO: (
        "I could not read this file as audio or video.",
        "I will not try it again.",
        "Please send it as a voice note or in a common format, such as MP3, M4A, OGG, WAV or MP4.",
    ),
    Reason.NO_SOUND: (
        "This video has no sound track, so there is nothing to transcribe.",
        "I will not try it again.",
        "If it should have sound, please check the original and send it once more.",
    ),
    Reason.TOO_LONG: (
        "This recording is too long for me.",
        "I will not try it again.",
        "Please cut it into shorter parts and send them one by one.",
    ),
    Reason.TOO_DEMANDING: (
        "Reading this file takes more time or memory than I may spend on one.",
        "I will not try it again.",
        "Please convert it to a common format, such as MP3, M4A or OGG, or cut it into shorter parts.",
    ),
    Reason.FILE_GONE: (
        "Telegram no longer has this file for me, or does not hand it over.",
        "I have stopped trying.",
        "Please upload the recording once more; forwarding the old message may not be enough.",
    ),
    Reason.LINK_UNREACHABLE: (
        "The speech service could not get a recording from this link.",
        "I will not try it again.",
        "Please check that it leads to the audio or video file itself and opens without a login, or send me the file.",
    ),
    Reason.REFUSED: (
        "The speech service did not accept this recording.",
        "I will not try it again as it is.",
        "Please choose another model with /model and send it once more, or send it in another format.",
    ),
    Reason.PROVIDER_FAILED: (
        "The speech service could not transcribe this recording.",
        "I will not try it again by myself.",
        "Please send it once more, or choose another model with /model first.",
    ),
    Reason.UNREADABLE: (
        "The speech service finished this recording, but its answer had nothing in it that I could read.",
        "I asked for it twice and will not try it again by myself.",
        "Please send it once more later, or choose another model with /model first.",
    ),
    Reason.PROVIDER_DOWN: (
        "The speech service did not answer, although I tried for a long time.",
        "I have stopped trying.",
        "Please send the recording again later.",
    ),
    Reason.TELEGRAM_DOWN: (
        "Telegram did not hand this file over to me, although I tried for a long time.",
        "I have stopped trying.",
        "Please send the recording again later.",
    ),
    Reason.TOO_SLOW: (
        "The speech service took this recording but did not finish it in time.",
        "I have stopped waiting and will not try it again by myself.",
        "Please send it again later, or choose another model with /model first.",
    ),
    Reason.PAUSED: (
        "Transcription was paused for too long, for a reason only the operator of this bot can fix.",
        "I have stopped trying.",
        "Please let the operator know, and send the recording again later.",
    ),
    Reason.MACHINE: (
        "Something on the machine this bot runs on kept me from transcribing this.",
        "I have stopped trying.",
        "Please send the recording again later; if it fails again, please tell the operator of this bot.",
    ),
    Reason.DEADLY: (
        "I stopped working each time I opened this recording, so I have put it aside.",
        "I will not try it again.",
        "Please send it in another format, and tell the operator of this bot.",
    ),
    Reason.INTERRUPTED: (
        "I was stopped again and again while I worked on this recording.",
        "I have stopped trying.",
        "Please send it again later.",
    ),
    Reason.INTERNAL: (
        "Something in this bot went wrong, several times in a row.",
        "I have stopped trying.",
        "Please send the recording once more; if it fails again, please tell the operator of this bot.",
    ),
    Reason.CANCELLED: (
        "This transcription was cancelled.",
        "I will not go on with it.",
        "To have the text after all, please send the recording again.",
    ),
}

# First sentences with facts in them, the most detailed first; the first one whose facts are all known is used.
_DETAILED: dict[Reason, tuple[str, ...]] = {
    Reason.TOO_BIG: (
        "This file is too big for me: Telegram gives bots files of up to {telegram_limit_mb} MB.",
        "This file is too big for me: the operator of this bot lets me take up to {limit_mb} MB.",
    ),
    Reason.TOO_LONG: (
        "This recording is too long for me: it runs {minutes} min, and I can take up to {limit_minutes} min.",
        "This recording is too long for me: I can take up to {limit_minutes} min.",
    ),
    Reason.LINK_UNREACHABLE: ("The speech service could not get a recording from this link to {host}.",),
}


LINKS_OFF = "The operator of this bot has switched links off, so please send me the recording itself."

_FLAWS: dict[Flaw, str] = {
    Flaw.NO_LINK: (
        "Send /transcribe and behind it one link to an audio or video file, which begins with https:// or http://."
    ),
    Flaw.TOO_LONG: "This link is too long for me: I take links of up to 2,048 characters.",
    Flaw.CHARACTERS: "I do not take this link, as it has a backslash or an invisible character in it.",
    Flaw.CREDENTIALS: "I do not take links with a user name or a password in them, or with an @ in their place.",
    Flaw.PORT: "I do not take this link, as it names another port than 80 or 443.",
    Flaw.IP_ADDRESS: "I take links to public websites by their names only, and this one has an IP address instead.",
    Flaw.NO_NAME: "I do not take this link, as there is no website with such a name.",
    Flaw.NOT_PUBLIC: "I take links to public websites only, and this one leads into a private network.",
}


def bad_link(flaw: Flaw) -> str:
    """Return in one sentence why a text is no link that is passed on, or how to send one."""
    return _FLAWS[flaw]


def apology(reason: Reason, facts: Mapping[str, Fact]) -> str:
    """Return why there is no transcript, whether it is tried again, and what to do, in at most 300 characters."""
    why, again, advice = _APOLOGIES[reason]
    known = {name: _host_text(str(value)) if name == "host" else _fact_text(value) for name, value in facts.items()}
    for template in _DETAILED.get(reason, ()):
        try:
            why = template.format_map(known)
        except KeyError:
            continue
        break
    return f"{why} {again} {advice}"


def start(model_name: str) -> str:
    return (
        "Send or forward me a voice note, an audio file or a video, and I will reply with what is said in it.\n\n"
        f"This chat uses the model {model_name}. /help tells you more."
    )


def help_text(limit_mb: int, limit_minutes: int, *, links: bool) -> str:
    by_link = (
        "A recording on the web is transcribed too: send me the link to its file, "
        "or in any chat /transcribe and the link.\n\n"
    )
    return (
        "Send or forward me a voice note, an audio file, a video or a video message, "
        "and I will reply with what is said in it. A long text arrives folded, a very long one as a text file.\n\n"
        f"A file can be up to {limit_mb} MB in size and {limit_minutes} minutes long.\n\n"
        f"{by_link if links else ''}"
        "/model shows the model this chat uses; /model and a name changes it.\n"
        "/models lists the models and the languages they know.\n\n"
        "In a group I see voice notes only if I am an admin there, or if my privacy mode is turned off "
        "(the operator of this bot does that with @BotFather, and then adds me to the group again)."
    )


def model_shown(model_name: str, about: str, language_note: str) -> str:
    current = _lines(f"This chat uses the model {_with_note(model_name, language_note)}.", about)
    return f"{current}\n\nTo change it, send /model and a name; /models lists them."


def model_set(model_name: str, about: str) -> str:
    return _lines(f"From now on this chat uses the model {model_name}.", about)


def model_unknown(asked: str, suggestions: Sequence[str]) -> str:
    """Return the answer to `asked`, any text that somebody typed; it is shown on one line and cut short."""
    name = _one_line(asked, _ASKED_LIMIT)
    unknown = f"I do not know a model called “{name}”" if name else "I do not know that model"
    meant = f"Did you mean {' or '.join(suggestions[:_MAX_SUGGESTIONS])}?" if suggestions else ""
    return _lines(f"{unknown}, so nothing was changed.", meant, "/models lists the ones I know.")


def models(lines: Sequence[tuple[str, str, str]]) -> str:
    """Return the list of (name, about, language note) in one message: without the abouts or cut, if it must be."""
    head = "Send /model and one of these names to change the model of this chat:\n"
    full = _lines(head, *(f"• {_with_note(name, note)}: {about}" for name, about, note in lines))
    if utf16_length(full) <= MESSAGE_LIMIT:
        return full
    names = _lines(head, *(f"• {name}" for name, _, _ in lines))
    if utf16_length(names) <= MESSAGE_LIMIT:
        return names
    return split(names, MESSAGE_LIMIT - 2)[0] + "\n…"


def model_replaced(old: str, new: str) -> str:
    return (
        f"The model this chat had chosen, {old}, no longer exists. I use {new} now. "
        "To choose another one, send /model and a name; /models lists them."
    )


def too_many(most_open: int) -> str:
    """Return what a chat is told that sends more recordings than it may have without an answer."""
    working = "one recording" if most_open == 1 else f"{most_open} recordings"
    return (
        f"I am still working on {working} of this chat and take no more at once, so I left this one out, and any that "
        "follow it now. Please send those again later, when I have answered some."
    )


def not_allowed(chat_id: int) -> str:
    return (
        "This is a private bot, and this chat is not on its list. "
        f"To use it here, please ask the operator of this bot to allow the chat id {chat_id}."
    )


def _with_note(name: str, note: str) -> str:
    return f"{name} ({note})" if note else name


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _fact_text(value: Fact) -> str:
    text = f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
    return _one_line(text, _FACT_LIMIT)


def _host_text(host: str) -> str:
    """Cut a long host short at its beginning: whose it is, its end says."""
    return host if len(host) <= _HOST_LIMIT else "…" + host[1 - _HOST_LIMIT :]


def _one_line(text: str, limit: int) -> str:
    """Make any text fit for use inside a sentence: printable, on one line, at most `limit` characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(printable.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
