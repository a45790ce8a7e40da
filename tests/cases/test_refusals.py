"""What the bot makes of each refusal: what is seen in the end, and what that cost."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest

from storage.words import FINAL
from tests.cases.places import TROUBLES, Kind, Place, Trouble
from tests.cases.table import Row
from tests.world import other_voice

SHORT = "Buy some bread."
LONG = "The quick brown fox jumps over the lazy dog, and then it does so again. " * 180
BEFORE, MEANWHILE = "", "once the placeholder is there"
NOTHING = ()
TEXT = (SHORT,)
FILE = ("transcript.txt",)
IN_PRIVATE = (f"in private: *{SHORT}",)
PAGES = ("The quick brown fox *",) * 4  # one more than where files are allowed


@dataclass(frozen=True)
class Case:
    """One refusal and what is right; `shows` has a pattern for each message that is left."""

    trouble: str
    kind: Kind
    shows: tuple[str, ...]
    creates: int
    when: str = BEFORE
    text: str = SHORT
    begun: bool = False

    def __str__(self):
        answer = "long, " if self.text == LONG else ""
        begun = "private chat begun" if self.begun else ""
        return ", ".join(filter(None, (f"{self.kind}: {answer}{self.trouble}", self.when, begun)))


def unpaid(trouble, *kinds):
    """Nothing can be said from the beginning."""
    return [Case(trouble, kind, NOTHING, 0) for kind in kinds]


def told(trouble, *kinds, when=MEANWHILE):
    """The answer finds its way in the chat."""
    return [Case(trouble, kind, TEXT, 1, when) for kind in kinds]


CASES = [
    *unpaid("no messages at all", "group", "supergroup", "topic"),
    *unpaid("CHAT_WRITE_FORBIDDEN", "group", "supergroup"),
    *unpaid("CHAT_RESTRICTED", "group", "topic"),
    *unpaid("CHAT_GUEST_SEND_FORBIDDEN", "supergroup"),
    *unpaid("USER_BANNED_IN_CHANNEL", "supergroup"),
    *unpaid("CHANNEL_PRIVATE", "supergroup", "channel"),
    *unpaid("CHAT_ADMIN_REQUIRED", "channel"),
    *unpaid("bot restricted", "supergroup"),
    *unpaid("topic and General closed", "topic"),
    *unpaid("blocked", "private"),
    *unpaid("user is deactivated", "private"),
    *unpaid("kicked", "group"),
    *unpaid("no administrator", "channel"),
    *unpaid("have no rights to send a message", "supergroup"),
    *unpaid("PEER_ID_INVALID", "private", "group"),
    *unpaid("the group chat was deleted", "group"),
    *unpaid("NOBODY_KNOWS_THIS", "private", "group", "channel", "direct messages"),
    *unpaid("a right that was invented yesterday is missing", "private", "supergroup"),
    *told("no edits", "private", "group", "channel", "direct messages"),
    *told("message can't be edited", "private", "supergroup"),
    *told("MESSAGE_ID_INVALID", "private", "topic"),
    *told("message to edit not found", "private", "group"),
    *told("topic closed", "topic", when=BEFORE),
    *told("topic closed", "topic"),
    *told("topic deleted", "topic", when=BEFORE),
    *told("slow mode", "supergroup", when=BEFORE),
    *told("slow mode", "supergroup"),
    *told("no files", "group"),
    Case("no texts", "group", FILE, 1, MEANWHILE),
    Case("CHAT_SEND_PLAIN_FORBIDDEN", "supergroup", FILE, 1, MEANWHILE),
    Case("no messages at all", "group", IN_PRIVATE, 1, MEANWHILE, begun=True),
    Case("CHAT_RESTRICTED", "supergroup", IN_PRIVATE, 1, MEANWHILE, begun=True),
    Case("USER_BANNED_IN_CHANNEL", "topic", ("Transcribing…", *IN_PRIVATE), 1, MEANWHILE, begun=True),
    Case("no files", "group", PAGES, 1, text=LONG),
    Case("CHAT_SEND_DOCS_FORBIDDEN", "supergroup", PAGES, 1, text=LONG, begun=True),
    Case("CHAT_SEND_MEDIA_FORBIDDEN", "topic", PAGES, 1, MEANWHILE, text=LONG),
]


def trouble_of(case: Case) -> Trouble:
    (trouble,) = [each for each in TROUBLES if each.name == case.trouble]
    return trouble


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_refusal_ends_as_it_should(world, record, case):
    place, trouble = Place(world.telegram, case.kind, case.begun), trouble_of(case)
    world.speech.says(case.text)
    if case.when == BEFORE:
        trouble.begin(place)
    else:
        world.telegram.watch("sendMessage", lambda: trouble.begin(place), "after")
    began = world.clock()
    place.speak(other_voice())
    await world.settle()
    creates = len(world.speech.uploads)
    record(Row(str(case), " | ".join(place.shown), creates=creates, calls=place.calls()))
    assert all(job.state in FINAL for job in await world.jobs())
    assert creates == case.creates
    assert len(place.shown) == len(case.shows)
    assert all(map(fnmatchcase, place.shown, case.shows))
    if not case.creates:
        assert place.calls(began, 15) <= 5
