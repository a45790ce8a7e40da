"""Bot API servers that are older or newer than the library: what somebody sends is heard all the same."""

import pytest

from tests.world import audio, texts

OLD_POLL = {"id": "1", "question": "Tea?", "options": [{"text": "Yes", "voter_count": 1}], "is_closed": False}
PARTS = {
    "a reply to a poll of an older server": {"reply_to_message": {"message_id": 1, "date": 1, "poll": OLD_POLL}},
    "a reply to something new": {"external_reply": {"origin": {"type": "thought"}, "giveaway": {}, "paid_media": []}},
    "a sender of whom only the number is known": {"from": {"id": 1001}},
    "another moment": {"date": 10**12},
    "an entity without a place": {"entities": [{"type": "new"}], "text": "x"},
    "a topic by another name": {"message_thread_id": "5", "is_topic_message": True},
    "a document that is none": {"document": {}},
    "a story, a gift and a checklist": {"story": 5, "gift": [], "checklist": {"tasks": None}, "sticker": {"type": 1}},
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
async def test_a_recording_is_heard_whatever_stands_beside_it(world, parts):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.speech.says("heard")
    chat.send_voice(alice, audio())
    (update,) = world.telegram.pending_updates
    update["message"].update(parts)

    await world.settle()

    assert texts(chat) == ["heard"]


async def test_a_recording_of_which_only_the_file_is_known_is_heard(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.speech.says("heard")
    chat.send_voice(alice, audio())
    (update,) = world.telegram.pending_updates
    update["message"]["voice"] = {"file_id": update["message"]["voice"]["file_id"]}

    await world.settle()

    assert texts(chat) == ["heard"]
