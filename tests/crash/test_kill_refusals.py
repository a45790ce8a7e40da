"""kill -9 while an answer looks for a form that its chat takes: one visible answer, and nothing promised in vain."""

from bot.text.layout import in_pages
from tests.crash.scene import A_DOCUMENT, waiting
from tests.english import ENGLISH


def team(scene):
    return scene.telegram.supergroup("Choir of the silent", [scene.alice], privacy=False)


async def answered(scene):
    """Wait for the end of every job, and stop."""
    await scene.until_stored(len(scene.voices), "state = 'delivered'")
    assert await scene.life.stop() == 0
    assert [scene.uploads(voice) for voice in scene.voices] == [1] * len(scene.voices)


async def test_a_file_that_is_refused_becomes_pages_that_come_once(scene):
    group = team(scene)
    group.permit(documents=False)
    scene.voice(group, A_DOCUMENT)
    await scene.live_until(scene.telegram, "editMessageMedia", "after")  # refused, and the form is not stored
    await scene.live_until(scene.telegram, "editMessageText", "after")  # the first page, not recorded as shown
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.live_until(scene.telegram, "editMessageText", "after", nth=2)
    group.permit(documents=True)  # pages are out, so pages it stays
    await scene.start()
    await answered(scene)
    pages = [page.text for page in in_pages(A_DOCUMENT, ENGLISH.answers.no_files())]
    assert [message.get("text") for message in group.bot_messages] == pages
    assert len(pages) > 3


async def test_an_answer_that_has_to_be_a_file_survives_every_death(scene):
    group = team(scene)
    voice = scene.voice(group)
    await scene.live_until(scene.telegram, "editMessageText", "before")
    group.permit(text=False)
    await scene.live_until(scene.telegram, "editMessageText", "after")  # refused
    await scene.live_until(scene.telegram, "editMessageMedia", "before")
    await scene.live_until(scene.telegram, "editMessageMedia", "after")  # shown, and not recorded as such
    await scene.start()
    await answered(scene)
    (message,) = group.bot_messages
    assert message["caption"] == voice.text


async def test_an_answer_on_its_way_to_the_sender_survives_every_death(scene):
    group = team(scene)
    voice = scene.voice(group)
    await scene.live_until(scene.telegram, "editMessageText", "before")
    assert waiting(group) == 1
    group.silence_bot()
    await scene.live_until(scene.telegram, "editMessageText", "after")  # refused
    await scene.live_until(scene.telegram, "editMessageMedia", "after")  # refused too
    await scene.live_until(scene.telegram, "sendMessage", "before")  # to the sender
    await scene.start()
    await in_private_only(scene, group, voice)


async def test_an_answer_that_has_come_to_the_sender_leaves_nothing_in_the_group_whatever_dies_behind_it(scene):
    group = team(scene)
    voice = scene.voice(group)
    await scene.live_until(scene.telegram, "editMessageText", "before")
    group.silence_bot()
    await scene.live_until(scene.telegram, "editMessageText", "after", nth=2)  # shown, and not recorded as such
    await scene.live_until(scene.telegram, "deleteMessage", "before")  # of the one in the group
    await scene.live_until(scene.telegram, "deleteMessage", "after")
    await scene.start()
    await in_private_only(scene, group, voice)


async def in_private_only(scene, group, voice):
    await answered(scene)
    assert group.bot_messages == []
    (message,) = scene.chat.bot_messages
    assert message["text"].endswith(voice.text)


async def test_where_nothing_can_be_edited_the_answer_comes_once_and_no_promise_stays(scene):
    group = team(scene)
    group.permit(edits=False)
    voice = scene.voice(group)
    await scene.live_until(scene.telegram, "editMessageText", "after", nth=2)  # refused twice
    await scene.live_until(scene.telegram, "sendMessage", "before")  # the answer itself
    await scene.live_until(scene.telegram, "deleteMessage", "before")
    await scene.live_until(scene.telegram, "deleteMessage", "after", nth=2)
    await scene.start()
    await answered(scene)
    assert [message["text"] for message in group.bot_messages] == [voice.text]


async def test_an_answer_in_a_new_message_is_doubled_at_the_most_by_a_death_before_it_is_stored(scene):
    group = team(scene)
    group.permit(edits=False)
    voice = scene.voice(group)
    await scene.live_until(scene.telegram, "sendMessage", "after", nth=3)  # two placeholders come before it
    await scene.start()
    await answered(scene)
    assert [message["text"] for message in group.bot_messages] == [voice.text] * 2
