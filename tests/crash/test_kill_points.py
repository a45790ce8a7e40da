"""kill -9 at every moment between two writes: nothing lost, nothing doubled, nothing frozen.

A voice that has died somewhere meets the next death on its way from there.
"""

import re
import sqlite3
from contextlib import closing

from bot.engine.patience import DOUBT_FOR, MOST_CREATES_IN_DOUBT
from bot.telegram.pacing.line import EACH
from bot.text.layout import Document, lay_out
from storage.apology import Reason
from tests.crash.scene import A_DOCUMENT, THREE_PAGES, waiting
from tests.english import ENGLISH


async def test_a_voice_survives_every_death_on_its_way_to_the_provider(scene):
    voice = scene.voice()
    await scene.live_until(scene.telegram, "getUpdates", "after")  # served, and not accepted
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.live_until(scene.telegram, "getFile", "before")
    await scene.live_until(scene.telegram, "file", "before")
    await scene.live_until(scene.telegram, "file", "after")
    await scene.live_until(scene.speech, "create", "before")
    await scene.start()
    await scene.finish()
    assert scene.uploads(voice) == 1
    # The placeholder is on its way while the file is: a death there can come between its sending and its storing.
    assert waiting(voice.chat) == len(scene.orphans(voice.chat)) <= 3


async def test_a_voice_survives_every_death_on_its_way_back(scene):
    voice = scene.voice()
    await scene.live_until(scene.speech, "fetch", "before")
    await scene.live_until(scene.speech, "fetch", "after")  # known, and not stored
    await scene.live_until(scene.telegram, "editMessageText", "before")
    await scene.live_until(scene.telegram, "editMessageText", "after")  # shown, and not recorded as such
    await scene.start()
    await scene.finish()
    assert scene.uploads(voice) == 1
    assert {fetch.generation_id for fetch in scene.speech.fetches} == {scene.speech.uploads[0].generation_id}
    assert len(voice.chat.bot_messages) == 1


async def test_a_death_while_others_wait_in_line_for_the_pace_loses_nothing_but_the_wait(scene):
    chats = [scene.telegram.private(scene.telegram.user(f"Person {number}")) for number in range(EACH + 10)]
    voices = [scene.voice(chat) for chat in chats]
    await scene.live_until(scene.telegram, "sendMessage", "after", EACH)
    await scene.start()
    await scene.finish()
    paid_again = sum(scene.uploads(voice) - 1 for voice in voices)  # those whose create was cut off
    ((in_doubt,),) = scene.rows("SELECT sum(creates_in_doubt) FROM jobs")
    assert 0 <= paid_again <= in_doubt
    assert [len(chat.bot_messages) - len(scene.orphans(chat)) for chat in chats] == [1] * len(chats)


async def test_recordings_that_went_up_before_their_placeholders_survive_every_death(scene):
    """Those that are at the provider, or have their text, have no placeholder by then: it is sent first of all."""
    chats = [scene.telegram.private(scene.telegram.user(f"Person {number}")) for number in range(2 * EACH)]
    voices = [scene.voice(chat) for chat in chats]
    await scene.live_until(scene.speech, "create", "before", EACH + 10)
    await scene.live_until(scene.speech, "fetch", "before", EACH)
    await scene.live_until(scene.speech, "fetch", "after")  # known, and not stored
    await scene.live_until(scene.telegram, "editMessageText", "before")
    await scene.start()
    await scene.finish()
    paid_again = sum(scene.uploads(voice) - 1 for voice in voices)  # those whose create was cut off
    ((in_doubt,),) = scene.rows("SELECT sum(creates_in_doubt) FROM jobs")
    assert 0 <= paid_again <= in_doubt
    assert [len(chat.bot_messages) - len(scene.orphans(chat)) for chat in chats] == [1] * len(chats)


async def test_a_death_between_an_upload_and_its_record_pays_once_more_and_is_counted(scene):
    voice = scene.voice()
    await scene.live_until(scene.speech, "create", "after")
    await scene.start()
    await scene.finish()
    assert scene.uploads(voice) == 2
    assert scene.rows("SELECT creates_in_doubt FROM jobs") == [(1,)]
    assert len(voice.chat.bot_messages) == 1


async def test_a_link_survives_every_death_on_its_way_and_is_sent_again_only_where_an_answer_was_lost(scene):
    link = scene.link()
    await scene.live_until(scene.telegram, "getUpdates", "after")  # served, and not accepted
    await scene.live_until(scene.telegram, "sendMessage", "before")
    await scene.live_until(scene.speech, "create", "before")
    await scene.live_until(scene.speech, "create", "after")  # made, and not stored
    await scene.live_until(scene.speech, "fetch", "after")  # known, and not stored
    await scene.start()
    await scene.finish()
    assert scene.uploads(link) == 2
    assert scene.rows("SELECT kind FROM jobs") == [("link",)]
    assert scene.telegram.calls_of("getFile") == []
    assert len(link.chat.bot_messages) == 1


async def test_a_process_that_dies_of_every_upload_stops_paying_and_says_so(scene):
    voice = scene.voice()
    await scene.live_until(scene.speech, "create", "after")
    with (
        closing(sqlite3.connect(scene.database)) as connection,
        connection,
    ):  # it has gone on like this
        connection.execute(
            "UPDATE jobs SET created_at = created_at - $1, creates_in_doubt = $2",
            (DOUBT_FOR, MOST_CREATES_IN_DOUBT - 1),
        )
    await scene.start()
    await scene.see(voice.chat, ENGLISH.apologies.apology(Reason.INTERRUPTED, {}))
    assert scene.uploads(voice) == 1
    assert len(voice.chat.bot_messages) == 1


async def test_a_placeholder_that_was_sent_and_not_stored_can_be_removed_by_its_button(scene):
    voice = scene.voice()
    await scene.live_until(scene.telegram, "sendMessage", "after")
    await scene.start()
    await scene.see(voice.chat, voice.text)
    [orphan] = scene.orphans(voice.chat)
    voice.chat.press(scene.alice, orphan, ENGLISH.cancelling.button())
    await scene.until(lambda: scene.telegram.callback_answers)
    assert scene.telegram.callback_answers[0].text == ENGLISH.cancelling.orphan_removed()
    await scene.finish()
    assert scene.uploads(voice) == 1
    assert len(voice.chat.bot_messages) == 1


async def test_the_pages_of_a_long_text_come_once_and_in_order_whatever_dies_between_them(scene):
    voice = scene.voice(text=THREE_PAGES)
    await scene.live_until(scene.telegram, "sendMessage", "before", nth=2)  # the first one is the placeholder
    await scene.live_until(scene.telegram, "sendMessage", "after")  # of the second page, and not stored
    await scene.live_until(scene.telegram, "editMessageText", "before", nth=2)
    await scene.live_until(scene.telegram, "editMessageText", "after")  # the last one, not recorded as such
    await scene.start()
    await scene.finish()
    [orphan] = scene.orphans(voice.chat)
    shown = [message["text"] for message in voice.chat.bot_messages if message != orphan]
    assert shown == [page.text for page in lay_out(THREE_PAGES)]
    assert len(shown) == 3
    assert scene.uploads(voice) == 1


async def test_pages_with_times_are_laid_out_the_same_after_a_death_between_them(scene):
    scene.environment["TIMES_FROM_MINUTES"] = "0.001"
    voice = scene.voice(text=THREE_PAGES)
    await scene.live_until(scene.telegram, "sendMessage", "before", nth=2)  # the first page is shown
    await scene.start()
    await scene.until_stored(1, "state = 'delivered'")
    shown = [message["text"] for message in voice.chat.bot_messages]
    paragraphs = "\n\n".join(shown).split("\n\n")
    timed = [re.match(r"\d:\d\d (?=confidential)", paragraph) for paragraph in paragraphs]
    assert sum(map(bool, timed)) > 3, paragraphs
    assert " ".join(re.sub(r"^\d+:\d\d ", "", each) for each in paragraphs) == THREE_PAGES
    assert scene.uploads(voice) == 1


async def test_a_document_comes_once_whatever_dies_around_it(scene):
    assert isinstance(lay_out(A_DOCUMENT), Document)
    voice = scene.voice(text=A_DOCUMENT)
    await scene.live_until(scene.telegram, "editMessageMedia", "before")
    await scene.live_until(scene.telegram, "editMessageMedia", "after")
    await scene.start()
    await scene.finish()
    assert len(voice.chat.bot_messages) == 1
    assert scene.uploads(voice) == 1


async def test_a_dead_process_leaves_no_recording_behind_and_its_folder_goes_at_the_next_start(scene):
    scene.voice()
    await scene.live_until(scene.speech, "create", "before")
    assert scene.files_left() == []
    (folder,) = scene.temporary.iterdir()
    found = []
    scene.telegram.watch("getMe", lambda: found.append(folder.exists()))
    await scene.start()
    await scene.until(lambda: found)
    assert found == [False]
