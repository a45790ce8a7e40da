"""One person sends as much as they can; somebody else sends one voice note, and is answered as if they were alone."""

import asyncio
from collections.abc import Callable

import pytest

from bot.playground.telegram import Chat
from tests.crash.scene import Scene, waiting

LATENCY = 0.2  # seconds until the Bot API answers, as on a slow day
FLOOD = 200
SOON = 15  # answers to the flood, at the most, before somebody else is heard


class Mallory:
    """Somebody who means harm, in a chat with the bot."""

    def __init__(self, scene: Scene) -> None:
        self.telegram = scene.telegram
        self.user = scene.telegram.user("Mallory")
        self.chat = scene.telegram.private(self.user)
        for method in ("sendMessage", "answerCallbackQuery", "getChatMember", "deleteMessage"):
            scene.telegram.watch(method, lambda: asyncio.sleep(LATENCY), times=None)

    def presses(self) -> None:
        """Data under a message that has no button."""
        for number in range(FLOOD):
            self.press(number, {"date": 5, "text": "no button"})

    def old_presses(self) -> None:
        """Data under messages that are too old to be shown."""
        for number in range(FLOOD):
            self.press(number, {"date": 0})

    def press(self, number: int, shown: dict[str, object]) -> None:
        message = {"message_id": 5, "chat": self.chat.as_json(), "from": self.telegram.state.bot.as_json()} | shown
        query = {"id": f"{10**15 + number}", "from": self.user.as_json(), "chat_instance": "1", "message": message}
        self.telegram.queue_update("callback_query", query | {"data": f"cancel:{number + 1}"})

    def commands(self) -> None:
        for _ in range(FLOOD):
            self.chat.say(self.user, "/models")

    def choices(self) -> None:
        for number in range(FLOOD):
            self.chat.say(self.user, f"/model whisper-{('tiny', 'small')[number % 2]}")

    def wrong_choices(self) -> None:
        for number in range(FLOOD):
            self.chat.say(self.user, f"/model {'nova-2-meting' if number % 2 else 'x ' * 500}")

    def files(self) -> None:
        for _ in range(FLOOD):
            self.chat.send_document(self.user, b"no sound")

    def answers(self) -> int:
        """How often the bot has said something to them."""
        said = [call for call in self.telegram.calls_of("sendMessage") if call.params.get("chat_id") == self.chat.id]
        return len(said) + len(self.telegram.calls_of("answerCallbackQuery"))


FLOODS: list[Callable[[Mallory], None]] = [
    Mallory.presses,
    Mallory.old_presses,
    Mallory.commands,
    Mallory.choices,
    Mallory.wrong_choices,
    Mallory.files,
]


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
async def test_a_flood_keeps_nobody_else_waiting(scene: Scene, flood: Callable[[Mallory], None]) -> None:
    mallory = Mallory(scene)
    await scene.start()
    await scene.until(lambda: scene.telegram.calls_of("getUpdates"))
    flood(mallory)
    scene.voice()
    await scene.until(lambda: waiting(scene.chat))
    assert mallory.answers() <= SOON
    await scene.until(lambda: not scene.telegram.pending_updates)
    await scene.finish()


async def test_of_many_commands_the_newest_is_answered(scene: Scene) -> None:
    mallory = Mallory(scene)
    mallory.commands()
    mallory.chat.say(mallory.user, "/model")
    await scene.start()
    await scene.until(lambda: last_text(mallory.chat).startswith("This chat uses"))
    assert mallory.answers() <= FLOOD // 4
    assert await scene.life.stop() == 0


def last_text(chat: Chat) -> str:
    return "".join(message["text"] for message in chat.bot_messages[-1:])


async def test_a_question_that_telegram_does_not_answer_keeps_nobody_waiting(scene: Scene) -> None:
    """A press in a group needs to know who is an admin."""
    mallory = scene.telegram.user("Mallory")
    group = scene.telegram.group("Team", [scene.alice, mallory], privacy=False)
    voice = scene.voice(group)
    await scene.start()
    await scene.until(lambda: waiting(group))
    asked = scene.hold_at(scene.telegram, "getChatMember", asyncio.Event())
    for _ in range(50):
        group.press(mallory, group.bot_messages[0], "Cancel")
    await scene.until(asked.is_set)
    other = scene.voice()
    await scene.see(other.chat, other.text)
    assert [call.status for call in scene.telegram.calls_of("getChatMember")] == [None]
    await scene.see(group, voice.text)
    assert not scene.telegram.pending_updates
    await scene.finish()


async def test_what_was_chosen_and_cancelled_is_stored_before_telegram_is_told(scene: Scene) -> None:
    scene.speech.latency = 60
    scene.voice()
    await scene.start()
    await scene.until(lambda: waiting(scene.chat))
    mallory = Mallory(scene)
    mallory.old_presses()
    scene.chat.press(scene.alice, scene.chat.bot_messages[0], "Cancel")
    scene.chat.say(scene.alice, "/model whisper-tiny")
    (*_, last) = scene.telegram.pending_updates
    await scene.until(lambda: scene.telegram.confirmed_offset > last["update_id"])
    await scene.life.kill()
    assert scene.rows("SELECT model FROM chats") == [("whisper-tiny",)]
    assert scene.rows("SELECT apology IS NOT NULL FROM jobs") == [(1,)]
    await scene.start()
    await scene.until(lambda: not waiting(scene.chat))
    assert await scene.life.stop() == 0


async def test_a_stop_in_the_middle_of_a_flood_is_as_quick_as_any(scene: Scene) -> None:
    mallory = Mallory(scene)
    await scene.start()
    await scene.until(lambda: scene.telegram.calls_of("getUpdates"))
    mallory.commands()
    await scene.until(lambda: mallory.answers() > 3 and not scene.telegram.pending_updates)
    assert mallory.answers() < FLOOD
    assert await scene.life.stop() == 0


def odd_updates(chat: Chat) -> list[object]:
    """What no Bot API sends, and what a broken one might."""
    message = {"message_id": 5, "date": 5, "chat": chat.as_json(), "text": "odd"}
    query = {"id": "5", "from": {"id": 5, "is_bot": False, "first_name": "Eve"}, "chat_instance": "1", "data": "x"}
    voice = {"file_id": "f", "file_unique_id": "u", "duration": 1}
    return [
        {"message": message},
        {"update_id": 2**63, "message": message},
        {"update_id": -5, "message": message},
        {"update_id": [7], "message": message},
        {"update_id": 50, "message": message | {"chat": {"id": [1], "type": "private"}}},
        {"update_id": 51, "message": message | {"chat": {"id": {"a": 1}, "type": ["private"]}, "voice": voice}},
        {"update_id": 52, "message": message | {"voice": voice | {"file_id": {}, "file_size": "big"}}},
        {"update_id": 53, "message": message | {"message_id": [5], "voice": voice}},
        {"update_id": 54, "callback_query": query | {"message": message | {"chat": {"id": [1], "type": "private"}}}},
        {"update_id": 55, "callback_query": query | {"from": {"id": [5], "is_bot": False, "first_name": "E"}}},
        {"update_id": 56, "message": message | {"text": ["/start"], "entities": [{"type": "bot_command"}]}},
        {"update_id": 57, "message": message | {"migrate_to_chat_id": "far away"}},
        *(None, 5, "text", [], {}),
    ]


async def test_updates_that_no_bot_api_sends_stop_nobody(scene: Scene) -> None:
    for update in odd_updates(scene.chat):
        scene.telegram.queue_raw(update)
        scene.voice()
    await scene.start()
    await scene.finish()
    assert len(scene.lives) == 1
    assert "Traceback" not in scene.life.output
    assert not scene.telegram.pending_updates
