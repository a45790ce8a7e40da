"""People see a text a moment before the database knows that they do, and what they tap by then counts."""

from tests.english import ENGLISH
from tests.world import texts

MORE = ENGLISH.more


def once_seen(scene, act):
    """Act when the text is there, and Telegram has not told the bot yet."""
    scene.at_the_nth(scene.telegram, "editMessageText", "after", 1, act)


def files(chat):
    return [message["document"]["file_name"] for message in chat.bot_messages if "document" in message]


async def answered(scene):
    """What is shown for the first tap."""
    await scene.until(lambda: scene.telegram.callback_answers)
    return scene.telegram.callback_answers[0].text


async def test_a_file_that_is_asked_for_at_once_comes(scene):
    said = []

    async def tap():
        scene.chat.press(scene.alice, scene.chat.bot_messages[-1], ".srt")
        said.append(await answered(scene))

    scene.voice()
    once_seen(scene, tap)
    await scene.start()
    await scene.until(lambda: files(scene.chat))
    await scene.finish()
    assert said == [MORE.sending("srt")]
    assert files(scene.chat) == ["transcript.srt"]


async def test_a_command_that_replies_to_it_at_once_counts(scene):
    async def ask():
        scene.chat.say(scene.alice, "/export txt", reply_to=scene.chat.bot_messages[-1])
        await scene.until(lambda: files(scene.chat))

    scene.voice()
    once_seen(scene, ask)
    await scene.start()
    await scene.until(lambda: files(scene.chat))
    await scene.finish()
    assert files(scene.chat) == ["transcript.txt"]


async def test_the_button_of_a_group_opens_the_others_at_once(scene):
    group = scene.telegram.supergroup("Team", [scene.alice], privacy=False)

    async def tap():
        group.press(scene.alice, group.bot_messages[-1], "⋯")
        await scene.until(lambda: ".srt" in group.button_texts(group.bot_messages[-1]))

    scene.voice(group)
    once_seen(scene, tap)
    await scene.start()
    await scene.finish()
    assert ".srt" in group.button_texts(group.bot_messages[-1])


def deleting(scene, said):
    """Delete the text that is seen, and note what is said of that."""

    async def tap():
        scene.chat.press(scene.alice, scene.chat.bot_messages[-1], MORE.delete())
        await scene.until(lambda: MORE.delete_it() in scene.chat.button_texts(scene.chat.bot_messages[-1]))
        scene.chat.press(scene.alice, scene.chat.bot_messages[-1], MORE.delete_it())
        await scene.until(lambda: len(scene.telegram.callback_answers) == 2)
        said.append(scene.telegram.callback_answers[-1].text)

    return tap


async def is_gone(scene):
    """Wait until nothing of the text is left, neither in the chat nor in the database."""
    await scene.until(lambda: not texts(scene.chat))
    assert scene.rows("SELECT id FROM transcripts") == []


async def test_a_text_that_is_to_be_deleted_at_once_is_deleted_when_all_of_it_is_there(scene):
    said = []
    scene.voice()
    once_seen(scene, deleting(scene, said))
    await scene.start()
    await scene.until(lambda: said)
    await is_gone(scene)
    assert await scene.life.stop() == 0
    assert said == [MORE.deleting()]


async def test_that_it_is_to_be_deleted_survives_a_death_before_all_of_it_is_there(scene):
    said = []

    async def tap_and_die():
        await deleting(scene, said)()
        await scene.life.kill()

    scene.voice()
    once_seen(scene, tap_and_die)
    await scene.start()
    await scene.death()
    await scene.start()
    await is_gone(scene)
    assert said == [MORE.deleting()]
