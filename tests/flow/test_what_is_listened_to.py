import pytest

from storage.apology import Reason
from tests.english import ENGLISH
from tests.world import audio, other_voice, texts


async def test_every_kind_of_recording_is_transcribed(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_voice(alice, audio("voice.ogg"))
    chat.send_audio(alice, audio("speech.mp3"))
    chat.send_video_note(alice, audio("video_note.mp4"))
    chat.send_video(alice, audio("video.mp4"))
    chat.send_document(alice, audio("speech.wav"), file_name="notes", mime_type="audio/x-wav")
    chat.send_document(alice, audio("speech.amr"), file_name="call.AMR", mime_type="application/octet-stream")
    world.speech.says("hello")

    await world.settle()

    assert texts(chat) == ["hello"] * 6
    jobs = await world.jobs()
    assert [job.kind for job in jobs] == ["voice", "audio", "video_note", "video", "document", "document"]


@pytest.mark.parametrize(
    ("sample", "name", "type_"),
    [
        ("voice.ogg", "audio.ogg", "audio/ogg"),
        ("speech.mp3", "audio.mp3", "audio/mpeg"),
        ("speech.m4a", "audio.m4a", "audio/mp4"),
        ("speech.wav", "audio.wav", "audio/wav"),
        ("speech.flac", "audio.flac", "audio/flac"),
        ("speech.webm", "audio.webm", "audio/webm"),
    ],
)
async def test_what_the_provider_takes_goes_up_byte_for_byte(world, sample, name, type_):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_document(alice, audio(sample), file_name=f"My {sample}", mime_type="audio/whatever")

    await world.settle()

    (upload,) = world.speech.uploads
    assert (upload.data, upload.file_name, upload.content_type) == (audio(sample), name, type_)


@pytest.mark.parametrize("sample", ["video.mp4", "video_note.mp4", "speech.aac"])
async def test_sound_in_aac_is_taken_out_of_what_the_provider_does_not_take(world, sample):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_video(alice, audio(sample), mime_type=None)

    await world.settle()

    (upload,) = world.speech.uploads
    assert upload.data[4:12] == b"ftypM4A "
    assert (upload.file_name, upload.content_type) == ("audio.m4a", "audio/mp4")


@pytest.mark.parametrize("sample", ["speech.amr", "speech.3gp", "speech.wma"])
async def test_everything_else_goes_up_as_ogg_opus(world, sample):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_video(alice, audio(sample), mime_type=None)

    await world.settle()

    (upload,) = world.speech.uploads
    assert upload.data.startswith(b"OggS")
    assert b"OpusHead" in upload.data[:100]
    assert upload.content_type == "audio/ogg"


async def test_a_text_gets_a_hint(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.say(alice, "hello there")

    await world.settle()

    assert texts(chat) == [ENGLISH.hints.text()]


async def test_a_file_that_is_no_recording_is_answered_in_private_and_costs_nothing(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    sent = chat.send_document(alice, b"PNG", file_name="ogg.png", mime_type="image/png")

    await world.settle()

    assert texts(chat) == [ENGLISH.apologies.apology(Reason.NOT_AUDIO, {})]
    assert chat.bot_messages[0]["reply_to_message"]["message_id"] == sent["message_id"]
    assert world.speech.uploads == await world.jobs() == []


async def test_files_that_are_no_recordings_are_left_alone_in_groups(world):
    alice = world.telegram.user("Alice")
    group = world.telegram.group("Team", [alice], privacy=False)
    group.send_document(alice, b"notes", file_name="notes.txt", mime_type="text/plain")

    await world.settle()

    assert group.bot_messages == []


async def test_edited_messages_are_never_transcribed_again(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    voice = chat.send_voice(alice, audio(), caption="listen")
    await world.settle()

    chat.edit_caption(voice, "listen please")
    await world.settle()

    assert len(chat.bot_messages) == 1
    assert len(world.speech.uploads) == 1


async def test_each_item_of_an_album_gets_its_own_answer(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    items = [chat.send_audio(alice, other_voice(), media_group_id="77") for _ in range(3)]

    await world.settle()

    answered = [message["reply_to_message"]["message_id"] for message in chat.bot_messages]
    assert sorted(answered) == [item["message_id"] for item in items]


async def test_a_forwarded_voice_is_transcribed_like_any_other(world):
    alice, bob = world.telegram.user("Alice"), world.telegram.user("Bob")
    chat = world.telegram.private(alice)
    chat.send_voice(alice, audio(), forwarded_from=bob)
    world.speech.says("from Bob")

    await world.settle()

    assert texts(chat) == ["from Bob"]


async def test_a_topic_is_answered_in_the_topic(world):
    alice = world.telegram.user("Alice")
    group = world.telegram.supergroup("Team", [alice], topics=True, privacy=False)
    thread = group.topic("Voices")
    group.send_voice(alice, audio(), thread=thread)
    group.send_voice(alice, other_voice())

    await world.settle()

    in_topic, in_general = group.bot_messages
    assert in_topic["message_thread_id"] == thread
    assert "message_thread_id" not in in_general


async def test_a_topic_deleted_meanwhile_is_answered_in_the_group(world):
    alice = world.telegram.user("Alice")
    group = world.telegram.supergroup("Team", [alice], topics=True, privacy=False)
    thread = group.topic("Voices")
    group.send_voice(alice, audio(), thread=thread)
    await world.app.receiver.turn(0)
    group.delete_topic(thread)
    world.speech.says("still here")

    await world.settle()

    assert texts(group) == ["still here"]


async def test_a_channel_post_is_transcribed_once_and_not_again_in_its_group(world):
    alice = world.telegram.user("Alice")
    group = world.telegram.supergroup("Comments", [alice], privacy=False)
    channel = world.telegram.channel("News", linked_group=group)
    channel.send_voice(None, audio())
    world.speech.says("the news")

    await world.settle()

    assert texts(channel) == ["the news"]
    assert group.bot_messages == []


async def test_the_same_update_delivered_twice_is_answered_once(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    chat.send_voice(alice, audio())
    update = world.telegram.pending_updates[0]
    await world.settle()

    world.telegram.redeliver(update)
    await world.settle()

    assert len(chat.bot_messages) == 1
    assert len(world.speech.uploads) == 1


async def test_strangers_are_told_once_that_the_bot_is_private(stopped_world):
    alice, eve = stopped_world.telegram.user("Alice"), stopped_world.telegram.user("Eve")
    ours, theirs = stopped_world.telegram.private(alice), stopped_world.telegram.private(eve)
    their_group = stopped_world.telegram.group("Theirs", [eve], privacy=False)
    async with stopped_world.running(allowed_chats=str(ours.id)) as world:
        for chat, person in ((ours, alice), (theirs, eve), (their_group, eve)):
            chat.send_voice(person, other_voice())
        world.speech.says("hello")
        await world.settle()

    assert texts(ours) == ["hello"]
    assert [str(eve.id) in text for text in texts(theirs)] == [True]
    assert [str(their_group.id) in text for text in texts(their_group)] == [True]
    assert len(stopped_world.speech.uploads) == 1


async def test_a_flood_of_strangers_leaves_the_pace_to_those_who_may(stopped_world):
    alice = stopped_world.telegram.user("Alice")
    ours = stopped_world.telegram.private(alice)
    stopped_world.telegram.enforce_pace()
    async with stopped_world.running(allowed_chats=str(ours.id)) as world:
        for number in range(60):
            stranger = world.telegram.user(f"Stranger {number}")
            world.telegram.private(stranger).say(stranger, "/help")
            world.telegram.private(stranger).say(stranger, "/start")
        ours.send_voice(alice, other_voice())
        world.speech.says("ours")
        started = world.clock()
        await world.settle()
    assert texts(ours) == ["ours"]
    assert world.clock() - started < 10
    told = [chat for chat in stopped_world.telegram.chats if chat is not ours and chat.bot_messages]
    assert len(told) == 60
    assert [call for call in stopped_world.telegram.calls if call.status == 429] == []
    assert all(len(chat.bot_messages) == 1 for chat in told)
